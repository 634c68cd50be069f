//! Looking up, merging, unlinking, describing, deleting: cases 115 to 121.

use serde_json::{Value, json};

use crate::stage::{
    COGNITO, DONT_MATCH, GOOGLE, OWN, POOL, Stage, USERS, claims, error, forbidden, text,
};

async fn look_up(stage: &Stage, input: Value) -> Result<Value, String> {
    let answer = stage.signed("LookupDeveloperIdentity", input).await;
    answer.map_err(|error| error.kind)
}

async fn merge(stage: &Stage, source: &str, destination: &str) -> Result<String, String> {
    let input = json!({
        "SourceUserIdentifier": source,
        "DestinationUserIdentifier": destination,
        "DeveloperProviderName": OWN,
    });
    let answer = stage.signed("MergeDeveloperIdentities", input).await;
    answer.map(|answer| text(&answer["IdentityId"])).map_err(|error| error.kind)
}

async fn unlink(stage: &Stage, id: &str, user: &str) -> Result<Value, String> {
    let input = json!({
        "IdentityId": id, "DeveloperProviderName": OWN, "DeveloperUserIdentifier": user,
    });
    stage.signed("UnlinkDeveloperIdentity", input).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn case_115_look_up_works_from_either_side() {
    let stage = Stage::new();
    let (id, _) = stage.token("u-1").await;
    let (other, _) = stage.token("u-2").await;
    let found = look_up(&stage, json!({"DeveloperUserIdentifier": "u-1"})).await.unwrap();
    assert_eq!(found, json!({"IdentityId": id, "DeveloperUserIdentifierList": ["u-1"]}));
    let found = look_up(&stage, json!({"IdentityId": id})).await.unwrap();
    assert_eq!(found["DeveloperUserIdentifierList"], json!(["u-1"]));
    let both = json!({"IdentityId": id, "DeveloperUserIdentifier": "u-1"});
    assert_eq!(look_up(&stage, both).await.unwrap()["IdentityId"], id);
    let refused = |kind: &str| Err(kind.to_owned());
    let apart = json!({"IdentityId": other, "DeveloperUserIdentifier": "u-1"});
    assert_eq!(look_up(&stage, apart).await, refused("ResourceConflictException"));
    assert_eq!(look_up(&stage, json!({})).await, refused("InvalidParameterException"));
    let unknown = json!({"DeveloperUserIdentifier": "u-3"});
    assert_eq!(look_up(&stage, unknown).await, refused("ResourceNotFoundException"));
}

#[tokio::test]
async fn long_list_of_developer_users_comes_in_pages() {
    let stage = Stage::new();
    for user in ["u-1", "u-2", "u-3"] {
        stage.token(user).await;
    }
    let id = merge(&stage, "u-1", "u-3").await.unwrap();
    merge(&stage, "u-2", "u-3").await.unwrap();
    let first = look_up(&stage, json!({"IdentityId": id, "MaxResults": 2})).await.unwrap();
    assert_eq!(first["DeveloperUserIdentifierList"], json!(["u-1", "u-2"]));
    let next = json!({"IdentityId": id, "MaxResults": 2, "NextToken": first["NextToken"]});
    let second = look_up(&stage, next).await.unwrap();
    assert_eq!(second["DeveloperUserIdentifierList"], json!(["u-3"]));
    assert_eq!(second.get("NextToken"), None);
}

#[tokio::test]
async fn case_116_merge_leaves_the_identity_of_the_destination() {
    let stage = Stage::new();
    let (a, old_token) = stage.token("a").await;
    let (b, _) = stage.token("b").await;
    assert_eq!(merge(&stage, "a", "b").await, Ok(b.clone()));
    assert_eq!((stage.token("a").await.0, stage.token("b").await.0), (b.clone(), b.clone()));
    // The token for the old identity yields no credentials any more.
    let outcome = error(stage.get_credentials(&a, json!({COGNITO: old_token})).await);
    assert_eq!(outcome, forbidden(&a));
    let outcome = error(stage.developer_for(Some(&a), json!({OWN: "a"})).await);
    assert!(outcome.starts_with("DeveloperUserAlreadyRegisteredException"), "{outcome}");
    let outcome = error(stage.developer_for(Some(&a), json!({OWN: "c"})).await);
    assert_eq!(outcome, forbidden(&a));
    let list = async |hide: bool| {
        let input = json!({"MaxResults": 60, "HideDisabled": hide});
        let answer = stage.signed("ListIdentities", input).await.unwrap();
        assert_eq!(answer["IdentityPoolId"], POOL);
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
    assert_eq!(merge(&stage, "a", "b").await, Ok(b));
    assert_eq!(merge(&stage, "unknown", "b").await, Err("ResourceNotFoundException".to_owned()));
}

#[tokio::test]
async fn two_users_of_one_public_provider_are_not_merged() {
    let stage = Stage::new();
    for (user, google) in [("a", "g-1"), ("b", "g-2")] {
        let logins = json!({OWN: user, GOOGLE: stage.google(google).await});
        stage.developer(logins).await.unwrap();
    }
    assert_eq!(merge(&stage, "a", "b").await, Err("ResourceConflictException".to_owned()));
}

#[tokio::test]
async fn case_117_more_than_twenty_logins_are_refused() {
    for kind in ["LimitExceededException", "ResourceConflictException"] {
        let stage = Stage::with(|plan| {
            plan.settings.uncertain.too_many_logins_kind = kind.to_owned();
        });
        stage.token("u-0").await;
        for number in 1..20 {
            let user = format!("u-{number}");
            stage.token(&user).await;
            merge(&stage, &user, "u-0").await.unwrap();
        }
        let (lone, _) = stage.token("u-20").await;
        assert_eq!(merge(&stage, "u-20", "u-0").await, Err(kind.to_owned()));
        assert_eq!(stage.token("u-20").await.0, lone, "nothing was merged");
        // A further login beside the twenty is refused as well.
        let logins = json!({OWN: "u-0", GOOGLE: stage.google("g-1").await});
        let outcome = error(stage.developer(logins).await);
        assert!(outcome.starts_with(kind), "{outcome}");
    }
}

#[tokio::test]
async fn case_118_unlinked_user_gets_a_new_identity() {
    let stage = Stage::new();
    let (id, _) = stage.token("u-1").await;
    assert_eq!(unlink(&stage, &id, "u-1").await, Ok(json!({})));
    let (new, _) = stage.token("u-1").await;
    assert_ne!(new, id);
    assert!(unlink(&stage, &id, "u-1").await.is_err(), "it is another identity's now");
}

#[tokio::test]
async fn case_119_identity_without_logins_is_forbidden() {
    let stage = Stage::new();
    let (id, token) = stage.token("u-1").await;
    unlink(&stage, &id, "u-1").await.unwrap();
    let reach = async |logins: Value| error(stage.get_credentials(&id, logins).await);
    assert_eq!(reach(json!({})).await, forbidden(&id));
    assert_eq!(reach(json!({COGNITO: token})).await, forbidden(&id));
    let google = stage.google("g-1").await;
    assert_eq!(reach(json!({GOOGLE: google})).await, forbidden(&id));
    let outcome = error(stage.developer_for(Some(&id), json!({OWN: "u-2"})).await);
    assert_eq!(outcome, forbidden(&id));
}

#[tokio::test]
async fn client_unlinks_only_logins_of_a_proved_identity() {
    let stage = Stage::new();
    let (google, user) = (stage.google("g-1").await, stage.id_token().await);
    let id = stage.get_id(json!({GOOGLE: google, USERS: user})).await.unwrap();
    let unlink = async |logins: Value, removed: Value| {
        let input = json!({"IdentityId": id, "Logins": logins, "LoginsToRemove": removed});
        stage.public("UnlinkIdentity", input).await
    };
    let other = stage.google("g-2").await;
    assert_eq!(error(unlink(json!({GOOGLE: other}), json!([GOOGLE])).await), DONT_MATCH);
    assert_eq!(error(unlink(json!({}), json!([GOOGLE])).await), forbidden(&id));
    assert_eq!(unlink(json!({USERS: user}), json!([GOOGLE])).await, Ok(json!({})));
    assert_ne!(stage.get_id(json!({GOOGLE: google})).await.unwrap(), id);
    assert_eq!(unlink(json!({USERS: user}), json!([USERS])).await, Ok(json!({})));
    assert_eq!(error(stage.get_credentials(&id, json!({USERS: user})).await), forbidden(&id));
}

#[tokio::test]
async fn case_120_description_names_providers_and_no_users() {
    let stage = Stage::new();
    let google = stage.google("g-1").await;
    let logins = json!({OWN: "u-1", GOOGLE: google});
    let id = stage.developer(logins).await.unwrap()["IdentityId"].clone();
    stage.token("u-2").await;
    merge(&stage, "u-2", "u-1").await.unwrap();
    let seen = stage.signed("DescribeIdentity", json!({"IdentityId": id})).await.unwrap();
    let names: Vec<&String> = seen.as_object().unwrap().keys().collect();
    assert_eq!(names, ["CreationDate", "IdentityId", "LastModifiedDate", "Logins"]);
    assert_eq!(seen["Logins"], json!([GOOGLE, OWN]));
    let unknown = json!({"IdentityId": "eu-west-1:00"});
    let outcome = error(stage.signed("DescribeIdentity", unknown).await);
    assert_eq!(outcome, "ResourceNotFoundException: Identity 'eu-west-1:00' not found.");
}

#[tokio::test]
async fn case_121_deletion_of_sixty_identities_lists_unknown_by_option() {
    for unprocessed in [true, false] {
        let stage = Stage::with(|plan| {
            plan.settings.uncertain.unknown_identities_unprocessed = unprocessed;
        });
        let delete = async |ids: Vec<String>| {
            let input = json!({"IdentityIdsToDelete": ids});
            stage.signed("DeleteIdentities", input).await
        };
        let (id, token) = stage.token("u-1").await;
        let unknown = |count: usize| (0..count).map(|n| format!("eu-west-1:{n}")).collect();
        for count in [0, 61] {
            let outcome = error(delete(unknown(count)).await);
            assert!(outcome.starts_with("InvalidParameterException"), "{outcome}");
        }
        let answer = delete(vec![id.clone(), "eu-west-1:0".to_owned()]).await.unwrap();
        let left = json!([{"IdentityId": "eu-west-1:0", "ErrorCode": "AccessDenied"}]);
        let expected = if unprocessed { left } else { json!([]) };
        assert_eq!(answer["UnprocessedIdentityIds"], expected);
        let outcome = error(stage.get_credentials(&id, json!({COGNITO: token})).await);
        assert_eq!(outcome, format!("ResourceNotFoundException: Identity '{id}' not found."));
        assert_ne!(stage.token("u-1").await.0, id);
        assert_eq!(delete(unknown(60)).await.map(drop), Ok(()));
    }
}

#[tokio::test]
async fn claims_of_an_identity_follow_its_merges() {
    let stage = Stage::new();
    stage.token("a").await;
    stage.token("b").await;
    let id = merge(&stage, "a", "b").await.unwrap();
    let (_, token) = stage.token("a").await;
    assert_eq!(claims(&token)["sub"], id);
    assert_eq!(claims(&token)["amr"][2], format!("{OWN}:{POOL}:a"));
}
