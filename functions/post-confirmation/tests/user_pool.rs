//! Calls of the user pool, and the parts of its answer that are kept.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::thread::JoinHandle;

use post_confirmation::random_password::{RANDOM_BYTES, RandomPassword};
use post_confirmation::user_pool::{Access, Groups, UserPool, UserPoolFault};
use serde_json::{Value, json};

/// Answers one request; the thread returns its target and its body.
fn pool(status: &'static str, body: Value) -> (String, JoinHandle<Vec<(String, Value)>>) {
    lifeguard_testkit::json_service::serve(vec![(status, body)])
}

#[tokio::test]
async fn user_is_added_by_the_name_of_the_event() {
    let (url, answered) = pool("200 OK", json!({}));
    let user_pool = UserPool::new(&lifeguard_aws::stand_in(&url));
    assert_eq!(user_pool.add("eu-west-1_Pool", "noor", "members").await, Ok(()));
    let requests = answered.join().unwrap();
    let [(target, body)] = <[(String, Value); 1]>::try_from(requests).unwrap();
    assert_eq!(target, "AWSCognitoIdentityProviderService.AdminAddUserToGroup");
    let asked = json!({"UserPoolId": "eu-west-1_Pool", "Username": "noor", "GroupName": "members"});
    assert_eq!(body, asked);
}

#[tokio::test]
async fn error_that_repeats_the_name_keeps_its_code_only() {
    let error = json!({
        "__type": "InvalidParameterException",
        "message": "Value 'noor@example.net' at 'username' failed to satisfy constraint",
    });
    let (url, answered) = pool("400 Bad Request", error);
    let user_pool = UserPool::new(&lifeguard_aws::stand_in(&url));
    let fault = user_pool.add("eu-west-1_Pool", "noor@example.net", "members").await;
    assert_eq!(fault, Err(UserPoolFault::Group("InvalidParameterException".to_owned())));
    answered.join().unwrap();
}

#[tokio::test]
async fn password_is_set_for_good_and_all_sessions_end() {
    let (url, answered) =
        lifeguard_testkit::json_service::serve(vec![("200 OK", json!({})), ("200 OK", json!({}))]);
    let user_pool = UserPool::new(&lifeguard_aws::stand_in(&url));
    let password = RandomPassword::new(&[7; RANDOM_BYTES]);
    assert_eq!(user_pool.set_password("eu-west-1_Pool", "noor", &password).await, Ok(()));
    assert_eq!(user_pool.sign_out("eu-west-1_Pool", "noor").await, Ok(()));
    let requests = answered.join().unwrap();
    let [(set, with_password), (sign_out, user)] =
        <[(String, Value); 2]>::try_from(requests).unwrap();
    assert_eq!(set, "AWSCognitoIdentityProviderService.AdminSetUserPassword");
    let asked = json!({
        "UserPoolId": "eu-west-1_Pool", "Username": "noor", "Password": password.expose(),
        "Permanent": true,
    });
    assert_eq!(with_password, asked);
    assert_eq!(sign_out, "AWSCognitoIdentityProviderService.AdminUserGlobalSignOut");
    assert_eq!(user, json!({"UserPoolId": "eu-west-1_Pool", "Username": "noor"}));
}

#[tokio::test]
async fn failed_call_of_access_keeps_its_code_only() {
    let error = |kind| json!({"__type": kind, "message": "Value 'noor@example.net' failed"});
    let password = RandomPassword::new(&[7; RANDOM_BYTES]);
    let (url, answered) = pool("400 Bad Request", error("InvalidPasswordException"));
    let user_pool = UserPool::new(&lifeguard_aws::stand_in(&url));
    let fault = user_pool.set_password("eu-west-1_Pool", "noor", &password).await.unwrap_err();
    assert_eq!(fault.to_string(), "failed to set a random password: InvalidPasswordException");
    answered.join().unwrap();
    let (url, answered) = pool("400 Bad Request", error("UserNotFoundException"));
    let user_pool = UserPool::new(&lifeguard_aws::stand_in(&url));
    let fault = user_pool.sign_out("eu-west-1_Pool", "noor").await.unwrap_err();
    assert_eq!(fault.to_string(), "failed to sign the user out: UserNotFoundException");
    answered.join().unwrap();
}
