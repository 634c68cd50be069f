//! Calls of the two pools, and the parts of their answers that are kept.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::thread::{JoinHandle, spawn};

use operator::identities::{Identities, IdentitiesFault, PoolIdentities};
use operator::users::{PoolUsers, Users, UsersFault};
use serde_json::{Value, json};

const POOL: &str = "eu-west-1_Pool";

/// Answers one request after another; the thread returns the operations and bodies.
fn pool(answers: Vec<(&'static str, Value)>) -> (String, JoinHandle<Vec<(String, Value)>>) {
    let (url, answered) = lifeguard_testkit::json_service::serve(answers);
    let operation = |target: String| target.rsplit('.').next().unwrap().to_owned();
    let requests = move || {
        let requests = answered.join().unwrap().into_iter();
        requests.map(|(target, body)| (operation(target), body)).collect()
    };
    (url, spawn(requests))
}

fn error(name: &str) -> (&'static str, Value) {
    ("400 Bad Request", json!({"__type": name, "message": "noor@example.net is wrong"}))
}

fn attributes() -> Value {
    json!([
        {"Name": "sub", "Value": "c2a5d4e4"},
        {"Name": "email", "Value": "noor@example.net"},
        {"Name": "locale", "Value": "nl"},
    ])
}

#[tokio::test]
async fn user_is_as_the_pool_says_and_unknown_user_is_no_error() {
    let found = json!({"Username": "noor", "Enabled": true, "UserStatus": "CONFIRMED", "UserAttributes": attributes()});
    let (url, answered) = pool(vec![("200 OK", found), error("UserNotFoundException")]);
    let users = PoolUsers::new(&lifeguard_aws::stand_in(&url));
    let noor = users.find(POOL, "noor@example.net").await.unwrap().unwrap();
    assert_eq!((noor.user_name.as_str(), noor.sub.as_str()), ("noor", "c2a5d4e4"));
    assert!(noor.may_sign_in);
    assert_eq!(noor.claims, [("locale", "nl".to_owned())].into());
    assert!(users.find(POOL, "unknown").await.unwrap().is_none());
    let asked = |name: &str| json!({"UserPoolId": POOL, "Username": name});
    let [first, second]: [(String, Value); 2] = answered.join().unwrap().try_into().unwrap();
    assert_eq!(first, ("AdminGetUser".to_owned(), asked("noor@example.net")));
    assert_eq!(second, ("AdminGetUser".to_owned(), asked("unknown")));
}

#[tokio::test]
async fn users_are_listed_by_page_and_by_sub() {
    let listed = json!({
        "Users": [
            {"Username": "noor", "Enabled": true, "UserStatus": "EXTERNAL_PROVIDER", "Attributes": attributes()},
            {"Username": "eve", "Enabled": true, "UserStatus": "UNCONFIRMED", "Attributes": attributes()},
            {"Username": "ada", "Enabled": false, "UserStatus": "CONFIRMED", "Attributes": attributes()},
        ],
        "PaginationToken": "more",
    });
    let (url, answered) = pool(vec![("200 OK", listed), ("200 OK", json!({"Users": []}))]);
    let users = PoolUsers::new(&lifeguard_aws::stand_in(&url));
    let page = users.page(POOL, Some("here".to_owned()), 20).await.unwrap();
    let may: Vec<bool> = page.users.iter().map(|user| user.may_sign_in).collect();
    assert_eq!((may, page.next.as_deref()), (vec![true, false, false], Some("more")));
    assert_eq!(users.is_known(POOL, "c2a5d4e4").await, Ok(false));
    assert!(users.is_known(POOL, "\" or sub ^= \"").await.is_err(), "it is never asked");
    let asked = answered.join().unwrap();
    let page = json!({"UserPoolId": POOL, "Limit": 20, "PaginationToken": "here"});
    let by_sub = json!({"UserPoolId": POOL, "Limit": 1, "Filter": "sub = \"c2a5d4e4\""});
    let name = || "ListUsers".to_owned();
    assert_eq!(asked, [(name(), page), (name(), by_sub)]);
}

#[tokio::test]
async fn user_joins_the_group_by_the_name_the_pool_has() {
    let gone = error("UserNotFoundException");
    let answers = vec![("200 OK", json!({})), gone, error("ResourceNotFoundException")];
    let (url, answered) = pool(answers);
    let users = PoolUsers::new(&lifeguard_aws::stand_in(&url));
    assert_eq!(users.join(POOL, "noor", "members").await, Ok(true));
    assert_eq!(users.join(POOL, "noor", "members").await, Ok(false));
    let missing = users.join(POOL, "noor", "members").await;
    assert_eq!(missing, Err(UsersFault("ResourceNotFoundException".to_owned())));
    let asked = answered.join().unwrap();
    let noor = json!({"UserPoolId": POOL, "Username": "noor", "GroupName": "members"});
    let join = ("AdminAddUserToGroup".to_owned(), noor);
    assert_eq!(asked, [join.clone(), join.clone(), join]);
}

#[tokio::test]
async fn change_of_a_user_who_is_gone_counts_as_made() {
    let gone = || error("UserNotFoundException");
    let (url, answered) = pool(vec![gone(), gone(), gone(), error("NotAuthorizedException")]);
    let users = PoolUsers::new(&lifeguard_aws::stand_in(&url));
    assert_eq!(users.disable(POOL, "noor").await, Ok(()));
    assert_eq!(users.sign_out(POOL, "noor").await, Ok(()));
    assert_eq!(users.delete(POOL, "noor").await, Ok(()));
    let refused = users.delete(POOL, "noor").await;
    assert_eq!(refused, Err(UsersFault("NotAuthorizedException".to_owned())));
    let asked = answered.join().unwrap();
    let operations: Vec<&str> = asked.iter().map(|(operation, _)| operation.as_str()).collect();
    assert_eq!(
        operations,
        ["AdminDisableUser", "AdminUserGlobalSignOut", "AdminDeleteUser", "AdminDeleteUser"]
    );
    let noor = json!({"UserPoolId": POOL, "Username": "noor"});
    assert!(asked.iter().all(|(_, body)| *body == noor));
}

#[tokio::test]
async fn identity_that_is_neither_deleted_nor_gone_is_a_fault() {
    let left = || {
        let left = json!([{"IdentityId": "eu-west-1:1", "ErrorCode": "AccessDenied"}]);
        ("200 OK", json!({"UnprocessedIdentityIds": left}))
    };
    let there = json!({"IdentityId": "eu-west-1:1", "Logins": []});
    let (url, answered) = pool(vec![
        ("200 OK", json!({"UnprocessedIdentityIds": []})),
        left(),
        error("ResourceNotFoundException"),
        left(),
        ("200 OK", there),
        error("NotAuthorizedException"),
    ]);
    let identities = PoolIdentities::new(&lifeguard_aws::stand_in(&url));
    let delete = async || identities.delete("eu-west-1:1").await;
    let fault = |code: &str| Err(IdentitiesFault(code.to_owned()));
    assert_eq!(delete().await, Ok(()), "deleted");
    assert_eq!(delete().await, Ok(()), "gone already");
    assert_eq!(delete().await, fault("AccessDenied"));
    assert_eq!(delete().await, fault("NotAuthorizedException"));
    let asked = answered.join().unwrap();
    let first = json!({"IdentityIdsToDelete": ["eu-west-1:1"]});
    assert_eq!(asked.first(), Some(&("DeleteIdentities".to_owned(), first)));
    let describes = asked.iter().filter(|(operation, _)| operation == "DescribeIdentity");
    assert_eq!(describes.count(), 2);
}
