//! Looking up, merging, unlinking, describing, deleting: cases 115 to 121.

use local_cognito_testing::fixtures::{COGNITO, DEVELOPER_PROVIDER, DONT_MATCH, GOOGLE, USERS};
use local_cognito_testing::{IDENTITY_POOL, TestCognito, claims, error, forbidden, text};
use serde_json::{Value, json};

async fn look_up(cognito: &TestCognito, input: Value) -> Result<Value, String> {
    let answer = cognito.identity_signed("LookupDeveloperIdentity", input).await;
    answer.map_err(|error| error.kind)
}

async fn merge(cognito: &TestCognito, source: &str, destination: &str) -> Result<String, String> {
    let input = json!({
        "SourceUserIdentifier": source,
        "DestinationUserIdentifier": destination,
        "DeveloperProviderName": DEVELOPER_PROVIDER,
    });
    let answer = cognito.identity_signed("MergeDeveloperIdentities", input).await;
    answer.map(|answer| text(&answer["IdentityId"])).map_err(|error| error.kind)
}

async fn unlink(cognito: &TestCognito, id: &str, user: &str) -> Result<Value, String> {
    let input = json!({
        "IdentityId": id, "DeveloperProviderName": DEVELOPER_PROVIDER, "DeveloperUserIdentifier": user,
    });
    cognito.identity_signed("UnlinkDeveloperIdentity", input).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn case_115_look_up_works_from_either_side() {
    let cognito = TestCognito::with_identity_pool();
    let (id, _) = cognito.token("u-1").await;
    let (other, _) = cognito.token("u-2").await;
    let found = look_up(&cognito, json!({"DeveloperUserIdentifier": "u-1"})).await.unwrap();
    assert_eq!(found, json!({"IdentityId": id, "DeveloperUserIdentifierList": ["u-1"]}));
    let found = look_up(&cognito, json!({"IdentityId": id})).await.unwrap();
    assert_eq!(found["DeveloperUserIdentifierList"], json!(["u-1"]));
    let both = json!({"IdentityId": id, "DeveloperUserIdentifier": "u-1"});
    assert_eq!(look_up(&cognito, both).await.unwrap()["IdentityId"], id);
    let refused = |kind: &str| Err(kind.to_owned());
    let apart = json!({"IdentityId": other, "DeveloperUserIdentifier": "u-1"});
    assert_eq!(look_up(&cognito, apart).await, refused("ResourceConflictException"));
    assert_eq!(look_up(&cognito, json!({})).await, refused("InvalidParameterException"));
    let unknown = json!({"DeveloperUserIdentifier": "u-3"});
    assert_eq!(look_up(&cognito, unknown).await, refused("ResourceNotFoundException"));
}

#[tokio::test]
async fn long_list_of_developer_users_comes_in_pages() {
    let cognito = TestCognito::with_identity_pool();
    for user in ["u-1", "u-2", "u-3"] {
        cognito.token(user).await;
    }
    let id = merge(&cognito, "u-1", "u-3").await.unwrap();
    merge(&cognito, "u-2", "u-3").await.unwrap();
    let first = look_up(&cognito, json!({"IdentityId": id, "MaxResults": 2})).await.unwrap();
    assert_eq!(first["DeveloperUserIdentifierList"], json!(["u-1", "u-2"]));
    let next = json!({"IdentityId": id, "MaxResults": 2, "NextToken": first["NextToken"]});
    let second = look_up(&cognito, next).await.unwrap();
    assert_eq!(second["DeveloperUserIdentifierList"], json!(["u-3"]));
    assert_eq!(second.get("NextToken"), None);
}

#[tokio::test]
async fn case_116_merge_leaves_the_identity_of_the_destination() {
    let cognito = TestCognito::with_identity_pool();
    let (a, old_token) = cognito.token("a").await;
    let (b, _) = cognito.token("b").await;
    assert_eq!(merge(&cognito, "a", "b").await, Ok(b.clone()));
    assert_eq!((cognito.token("a").await.0, cognito.token("b").await.0), (b.clone(), b.clone()));
    // The token for the old identity yields no credentials any more.
    let outcome = error(cognito.get_credentials(&a, json!({COGNITO: old_token})).await);
    assert_eq!(outcome, forbidden(&a));
    let outcome = error(cognito.developer_for(Some(&a), json!({DEVELOPER_PROVIDER: "a"})).await);
    assert!(outcome.starts_with("DeveloperUserAlreadyRegisteredException"), "{outcome}");
    let outcome = error(cognito.developer_for(Some(&a), json!({DEVELOPER_PROVIDER: "c"})).await);
    assert_eq!(outcome, forbidden(&a));
    let list = async |hide: bool| {
        let input = json!({"MaxResults": 60, "HideDisabled": hide});
        let answer = cognito.identity_signed("ListIdentities", input).await.unwrap();
        assert_eq!(answer["IdentityPoolId"], IDENTITY_POOL);
        answer["Identities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| text(&each["IdentityId"]))
            .collect()
    };
    let shown: Vec<String> = list(true).await;
    assert_eq!(shown.as_slice(), std::slice::from_ref(&b));
    let all: Vec<String> = list(false).await;
    assert!(all.len() == 2 && all.contains(&a));
    // Merging again changes nothing.
    assert_eq!(merge(&cognito, "a", "b").await, Ok(b));
    assert_eq!(merge(&cognito, "unknown", "b").await, Err("ResourceNotFoundException".to_owned()));
}

#[tokio::test]
async fn two_users_of_one_public_provider_are_not_merged() {
    let cognito = TestCognito::with_identity_pool();
    for (user, google) in [("a", "g-1"), ("b", "g-2")] {
        let logins = json!({DEVELOPER_PROVIDER: user, GOOGLE: cognito.google(google).await});
        cognito.developer(logins).await.unwrap();
    }
    assert_eq!(merge(&cognito, "a", "b").await, Err("ResourceConflictException".to_owned()));
}

#[tokio::test]
async fn case_117_more_than_twenty_logins_are_refused() {
    for kind in ["LimitExceededException", "ResourceConflictException"] {
        let cognito = TestCognito::with_identity_pool_and(|setup| {
            setup.identity_settings.uncertain.too_many_logins_kind = kind.to_owned();
        });
        cognito.token("u-0").await;
        for number in 1..20 {
            let user = format!("u-{number}");
            cognito.token(&user).await;
            merge(&cognito, &user, "u-0").await.unwrap();
        }
        let (lone, _) = cognito.token("u-20").await;
        assert_eq!(merge(&cognito, "u-20", "u-0").await, Err(kind.to_owned()));
        assert_eq!(cognito.token("u-20").await.0, lone, "nothing was merged");
        // A further login beside the twenty is refused as well.
        let logins = json!({DEVELOPER_PROVIDER: "u-0", GOOGLE: cognito.google("g-1").await});
        let outcome = error(cognito.developer(logins).await);
        assert!(outcome.starts_with(kind), "{outcome}");
    }
}

#[tokio::test]
async fn case_118_unlinked_user_gets_a_new_identity() {
    let cognito = TestCognito::with_identity_pool();
    let (id, _) = cognito.token("u-1").await;
    assert_eq!(unlink(&cognito, &id, "u-1").await, Ok(json!({})));
    let (new, _) = cognito.token("u-1").await;
    assert_ne!(new, id);
    assert!(unlink(&cognito, &id, "u-1").await.is_err(), "it is another identity's now");
}

#[tokio::test]
async fn case_119_identity_without_logins_is_forbidden() {
    let cognito = TestCognito::with_identity_pool();
    let (id, token) = cognito.token("u-1").await;
    unlink(&cognito, &id, "u-1").await.unwrap();
    let reach = async |logins: Value| error(cognito.get_credentials(&id, logins).await);
    assert_eq!(reach(json!({})).await, forbidden(&id));
    assert_eq!(reach(json!({COGNITO: token})).await, forbidden(&id));
    let google = cognito.google("g-1").await;
    assert_eq!(reach(json!({GOOGLE: google})).await, forbidden(&id));
    let outcome = error(cognito.developer_for(Some(&id), json!({DEVELOPER_PROVIDER: "u-2"})).await);
    assert_eq!(outcome, forbidden(&id));
}

#[tokio::test]
async fn client_unlinks_only_logins_of_a_proved_identity() {
    let cognito = TestCognito::with_identity_pool();
    let (google, user) = (cognito.google("g-1").await, cognito.id_token().await);
    let id = cognito.get_id(json!({GOOGLE: google, USERS: user})).await.unwrap();
    let unlink = async |logins: Value, removed: Value| {
        let input = json!({"IdentityId": id, "Logins": logins, "LoginsToRemove": removed});
        cognito.identity_public("UnlinkIdentity", input).await
    };
    let other = cognito.google("g-2").await;
    assert_eq!(error(unlink(json!({GOOGLE: other}), json!([GOOGLE])).await), DONT_MATCH);
    assert_eq!(error(unlink(json!({}), json!([GOOGLE])).await), forbidden(&id));
    assert_eq!(unlink(json!({USERS: user}), json!([GOOGLE])).await, Ok(json!({})));
    assert_ne!(cognito.get_id(json!({GOOGLE: google})).await.unwrap(), id);
    assert_eq!(unlink(json!({USERS: user}), json!([USERS])).await, Ok(json!({})));
    assert_eq!(error(cognito.get_credentials(&id, json!({USERS: user})).await), forbidden(&id));
}

#[tokio::test]
async fn case_120_description_names_providers_and_no_users() {
    let cognito = TestCognito::with_identity_pool();
    let google = cognito.google("g-1").await;
    let logins = json!({DEVELOPER_PROVIDER: "u-1", GOOGLE: google});
    let id = cognito.developer(logins).await.unwrap()["IdentityId"].clone();
    cognito.token("u-2").await;
    merge(&cognito, "u-2", "u-1").await.unwrap();
    let seen =
        cognito.identity_signed("DescribeIdentity", json!({"IdentityId": id})).await.unwrap();
    let names: Vec<&String> = seen.as_object().unwrap().keys().collect();
    assert_eq!(names, ["CreationDate", "IdentityId", "LastModifiedDate", "Logins"]);
    assert_eq!(seen["Logins"], json!([GOOGLE, DEVELOPER_PROVIDER]));
    let unknown = json!({"IdentityId": "eu-west-1:00"});
    let outcome = error(cognito.identity_signed("DescribeIdentity", unknown).await);
    assert_eq!(outcome, "ResourceNotFoundException: Identity 'eu-west-1:00' not found.");
}

#[tokio::test]
async fn case_121_deletion_of_sixty_identities_lists_unknown_by_option() {
    for unprocessed in [true, false] {
        let cognito = TestCognito::with_identity_pool_and(|setup| {
            setup.identity_settings.uncertain.unknown_identities_unprocessed = unprocessed;
        });
        let delete = async |ids: Vec<String>| {
            let input = json!({"IdentityIdsToDelete": ids});
            cognito.identity_signed("DeleteIdentities", input).await
        };
        let (id, token) = cognito.token("u-1").await;
        let unknown = |count: usize| (0..count).map(|n| format!("eu-west-1:{n}")).collect();
        for count in [0, 61] {
            let outcome = error(delete(unknown(count)).await);
            assert!(outcome.starts_with("InvalidParameterException"), "{outcome}");
        }
        let answer = delete(vec![id.clone(), "eu-west-1:0".to_owned()]).await.unwrap();
        let left = json!([{"IdentityId": "eu-west-1:0", "ErrorCode": "AccessDenied"}]);
        let expected = if unprocessed { left } else { json!([]) };
        assert_eq!(answer["UnprocessedIdentityIds"], expected);
        let outcome = error(cognito.get_credentials(&id, json!({COGNITO: token})).await);
        assert_eq!(outcome, format!("ResourceNotFoundException: Identity '{id}' not found."));
        assert_ne!(cognito.token("u-1").await.0, id);
        assert_eq!(delete(unknown(60)).await.map(drop), Ok(()));
    }
}

#[tokio::test]
async fn claims_of_an_identity_follow_its_merges() {
    let cognito = TestCognito::with_identity_pool();
    cognito.token("a").await;
    cognito.token("b").await;
    let id = merge(&cognito, "a", "b").await.unwrap();
    let (_, token) = cognito.token("a").await;
    assert_eq!(claims(&token)["sub"], id);
    assert_eq!(claims(&token)["amr"][2], format!("{DEVELOPER_PROVIDER}:{IDENTITY_POOL}:a"));
}
