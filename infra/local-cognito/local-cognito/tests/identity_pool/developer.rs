//! Tokens for the developer's own users: cases 100 to 108.

use std::collections::BTreeMap;
use std::time::Duration;

use local_cognito_testing::fixtures::{DEVELOPER_PROVIDER, DONT_MATCH, GOOGLE};
use local_cognito_testing::{IDENTITY_POOL, TestCognito, claims, error, text};
use serde_json::{Value, json};

async fn with_duration(cognito: &TestCognito, seconds: Value) -> Result<u64, String> {
    let input = json!({"Logins": {DEVELOPER_PROVIDER: "u-1"}, "TokenDuration": seconds});
    let answer = cognito.identity_signed("GetOpenIdTokenForDeveloperIdentity", input).await;
    let claims = answer.map(|answer| claims(answer["Token"].as_str().unwrap()));
    claims
        .map(|claims| claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap())
        .map_err(|error| error.kind)
}

#[tokio::test]
async fn case_100_new_developer_user_gets_identity_and_token() {
    let cognito = TestCognito::with_identity_pool();
    let (id, token) = cognito.token("u-1").await;
    let (region, uuid) = id.split_once(':').unwrap();
    assert_eq!((region, uuid.len()), ("eu-west-1", 36));
    let claims = claims(&token);
    let expected = json!({
        "iss": "https://cognito-identity.amazonaws.com",
        "aud": IDENTITY_POOL,
        "sub": id,
        "amr": ["authenticated", "lifeguard", format!("lifeguard:{IDENTITY_POOL}:u-1")],
        "https://cognito-identity.amazonaws.com/identity-pool-arn":
            format!("arn:aws:cognito-identity:eu-west-1:000000000000:identitypool/{IDENTITY_POOL}"),
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&claims[name], value, "{name}");
    }
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 900);
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.alg, jsonwebtoken::Algorithm::RS512);
    assert_eq!((header.typ.as_deref(), header.kid.as_deref()), (Some("JWS"), Some("eu-west-1-1")));
}

#[tokio::test]
async fn case_101_known_developer_user_keeps_the_identity() {
    let cognito = TestCognito::with_identity_pool();
    let (first, second) = (cognito.token("u-1").await, cognito.token("u-1").await);
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
    assert_ne!(cognito.token("u-2").await.0, first.0);
}

#[tokio::test]
async fn case_102_life_of_a_token_is_a_second_to_a_day() {
    let cognito = TestCognito::with_identity_pool();
    assert_eq!(with_duration(&cognito, json!(1)).await, Ok(1));
    assert_eq!(with_duration(&cognito, json!(86_400)).await, Ok(86_400));
    for refused in [0, 86_401, -1] {
        let outcome = with_duration(&cognito, json!(refused)).await;
        assert_eq!(outcome, Err("InvalidParameterException".to_owned()), "{refused}");
    }
}

#[tokio::test]
async fn case_103_token_without_one_developer_login_is_refused() {
    let text = "This identity pool does not support the specified developer provider.";
    let kinds = ["NotAuthorizedException", "InvalidParameterException"];
    for kind in kinds {
        let cognito = TestCognito::with_identity_pool_and(|setup| {
            setup.identity_settings.uncertain.unknown_developer_provider_kind = kind.to_owned();
        });
        for logins in
            [json!({DEVELOPER_PROVIDER: "u-1", "other": "u-1"}), json!({"other": "u-1"}), json!({})]
        {
            let outcome = error(cognito.developer(logins.clone()).await);
            assert_eq!(outcome, format!("{kind}: {text}"), "{logins}");
        }
        let outcome = error(cognito.developer(json!({DEVELOPER_PROVIDER: ""})).await);
        assert!(outcome.starts_with("InvalidParameterException"), "{outcome}");
    }
}

#[tokio::test]
async fn case_104_identity_of_another_developer_user_is_refused() {
    let cognito = TestCognito::with_identity_pool();
    let (first, _) = cognito.token("u-1").await;
    cognito.token("u-2").await;
    let outcome =
        error(cognito.developer_for(Some(&first), json!({DEVELOPER_PROVIDER: "u-2"})).await);
    assert!(outcome.starts_with("DeveloperUserAlreadyRegisteredException: "), "{outcome}");
    // An unknown developer user does not get it either.
    let outcome =
        error(cognito.developer_for(Some(&first), json!({DEVELOPER_PROVIDER: "u-3"})).await);
    assert_eq!(outcome, DONT_MATCH);
}

#[tokio::test]
async fn case_105_guest_with_developer_login_keeps_the_identity() {
    let cognito = TestCognito::with_identity_pool();
    let guest = cognito.get_id(json!({})).await.unwrap();
    cognito.get_credentials(&guest, json!({})).await.unwrap();
    let answer =
        cognito.developer_for(Some(&guest), json!({DEVELOPER_PROVIDER: "u-1"})).await.unwrap();
    assert_eq!(answer["IdentityId"], guest);
    assert_eq!(cognito.token("u-1").await.0, guest);
    let outcome = error(cognito.get_credentials(&guest, json!({})).await);
    assert_eq!(outcome, local_cognito_testing::forbidden(&guest));
}

#[tokio::test]
async fn case_106_developer_login_alone_takes_no_identity_over() {
    let cognito = TestCognito::with_identity_pool();
    let google = cognito.google("g-1").await;
    let id = cognito.get_id(json!({GOOGLE: google})).await.unwrap();
    let outcome = error(cognito.developer_for(Some(&id), json!({DEVELOPER_PROVIDER: "u-1"})).await);
    assert_eq!(outcome, DONT_MATCH);
    // A token of another user of that provider proves nothing.
    let other = cognito.google("g-2").await;
    let logins = json!({DEVELOPER_PROVIDER: "u-1", GOOGLE: other});
    assert_eq!(error(cognito.developer_for(Some(&id), logins).await), DONT_MATCH);
    assert_ne!(cognito.token("u-1").await.0, id);
}

#[tokio::test]
async fn case_107_developer_login_with_a_valid_token_is_linked() {
    let cognito = TestCognito::with_identity_pool();
    let google = cognito.google("g-1").await;
    let id = cognito.get_id(json!({GOOGLE: google})).await.unwrap();
    let logins = json!({DEVELOPER_PROVIDER: "u-1", GOOGLE: google});
    let answer = cognito.developer_for(Some(&id), logins).await.unwrap();
    assert_eq!(answer["IdentityId"], id);
    assert_eq!(cognito.token("u-1").await.0, id);
    assert_eq!(cognito.get_id(json!({GOOGLE: google})).await.unwrap(), id);
    let amr = &claims(&text(&answer["Token"]))["amr"];
    assert_eq!(amr[1], DEVELOPER_PROVIDER);
    assert_eq!(amr[4], format!("{GOOGLE}:OIDC:g-1"));
}

#[tokio::test]
async fn case_108_more_than_50_tags_or_long_tags_are_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let outcome = async |tags: BTreeMap<String, String>| {
        let input = json!({"Logins": {DEVELOPER_PROVIDER: "u-1"}, "PrincipalTags": tags});
        let answer = cognito.identity_signed("GetOpenIdTokenForDeveloperIdentity", input).await;
        answer.map(drop).map_err(|error| error.kind)
    };
    let tags = |count: usize, key: usize, value: usize| -> BTreeMap<String, String> {
        (0..count).map(|n| (format!("{n:0key$}"), "v".repeat(value))).collect()
    };
    let refused = Err("InvalidParameterException".to_owned());
    assert_eq!(outcome(tags(50, 128, 256)).await, Ok(()));
    assert_eq!(outcome(tags(51, 2, 1)).await, refused);
    assert_eq!(outcome(tags(1, 129, 1)).await, refused);
    assert_eq!(outcome(tags(1, 1, 257)).await, refused);
    assert_eq!(outcome(tags(1, 1, 0)).await, refused);
}

#[tokio::test]
async fn key_is_kept_when_the_first_caller_stops_waiting() {
    let cognito = TestCognito::with_identity_pool();
    let mut without_key = cognito.identity_pools.snapshot();
    without_key["key"] = Value::Null;
    cognito.identity_pools.restore(without_key).unwrap();
    let key = || cognito.identity_pools.snapshot()["key"].clone();
    let first = cognito.token("u-1");
    assert!(tokio::time::timeout(Duration::from_millis(1), first).await.is_err(), "it gave up");
    let made = async {
        while key().is_null() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), made).await.expect("the key is kept");
    let kept = key();
    cognito.token("u-1").await;
    assert_eq!(key(), kept);
}
