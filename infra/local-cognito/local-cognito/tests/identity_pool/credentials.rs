//! Tokens exchanged for credentials: cases 109 to 114, 122 and 123.

use std::collections::BTreeMap;
use std::time::Duration;

use local_cognito_testing::fixtures::{
    COGNITO, DEVELOPER_PROVIDER, DONT_MATCH, GOOGLE, GUEST_ROLE, NO_ROLE, ROLE, USERS,
};
use local_cognito_testing::{IDENTITY_POOL, TestCognito, claims, error, forbidden, text, trust};
use serde_json::json;

#[tokio::test]
async fn case_109_developer_token_yields_credentials_for_an_hour() {
    let cognito = TestCognito::with_identity_pool();
    let (id, token) = cognito.token("u-1").await;
    let answer = cognito.get_credentials(&id, json!({COGNITO: token})).await.unwrap();
    assert_eq!(answer["IdentityId"], id);
    let credentials = answer["Credentials"].as_object().unwrap();
    let names: Vec<&String> = credentials.keys().collect();
    assert_eq!(names, ["AccessKeyId", "Expiration", "SecretKey", "SessionToken"]);
    let key = credentials["AccessKeyId"].as_str().unwrap();
    assert!(key.starts_with("ASIA") && key.len() == 20, "{key}");
    assert_eq!(credentials["SecretKey"].as_str().unwrap().len(), 40);
    let life = credentials["Expiration"].as_u64().unwrap() - cognito.clock.now();
    assert!((3599..=3600).contains(&life), "{life}");
    let session = cognito.session(&answer);
    assert_eq!(session.secret_key, credentials["SecretKey"]);
    assert_eq!(session.session_token, credentials["SessionToken"]);
    assert_eq!((session.holder.role.as_str(), &session.holder.identity), (ROLE, &id));
    assert_eq!(session.holder.amr, claims(&token)["amr"].as_array().unwrap().clone());
}

#[tokio::test]
async fn life_of_credentials_follows_the_settings() {
    let cognito = TestCognito::with_identity_pool_and(|setup| {
        setup.identity_settings.credential_life = Duration::from_secs(5)
    });
    let (id, token) = cognito.token("u-1").await;
    let answer = cognito.get_credentials(&id, json!({COGNITO: token})).await.unwrap();
    let life = answer["Credentials"]["Expiration"].as_u64().unwrap() - cognito.clock.now();
    assert!((4..=5).contains(&life), "{life}");
}

#[tokio::test]
async fn case_110_expired_token_yields_no_credentials() {
    let cognito = TestCognito::with_identity_pool();
    let (id, token) = cognito.token("u-1").await;
    let expires = claims(&token)["exp"].as_u64().unwrap();
    cognito.clock.advance(Duration::from_secs(899));
    cognito.get_credentials(&id, json!({COGNITO: token})).await.unwrap();
    cognito.clock.advance(Duration::from_secs(2));
    let outcome = error(cognito.get_credentials(&id, json!({COGNITO: token})).await);
    let start = "NotAuthorizedException: Invalid login token. Token expired: ";
    let rest = outcome.strip_prefix(start).unwrap_or_else(|| panic!("{outcome}"));
    let (now, then) = rest.split_once(" >= ").unwrap();
    assert_eq!(then, expires.to_string());
    assert!(now.parse::<u64>().unwrap() > expires, "{outcome}");
}

#[tokio::test]
async fn case_111_token_of_another_identity_is_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let (_, token) = cognito.token("u-1").await;
    let (other, _) = cognito.token("u-2").await;
    let outcome = error(cognito.get_credentials(&other, json!({COGNITO: token})).await);
    assert_eq!(outcome, DONT_MATCH);
    let google = cognito.google("g-1").await;
    let outcome = error(cognito.get_credentials(&other, json!({GOOGLE: google})).await);
    assert_eq!(outcome, DONT_MATCH);
    // A second login beside it does not help.
    let both = json!({COGNITO: token, GOOGLE: google});
    assert_eq!(error(cognito.get_credentials(&other, both).await), DONT_MATCH);
    assert_eq!(error(cognito.get_credentials(&other, json!({})).await), forbidden(&other));
}

#[tokio::test]
async fn case_112_developer_provider_of_a_client_is_refused() {
    for kind in ["InvalidParameterException", "NotAuthorizedException"] {
        let cognito = TestCognito::with_identity_pool_and(|setup| {
            setup.identity_settings.uncertain.developer_login_of_client_kind = kind.to_owned();
        });
        let (id, token) = cognito.token("u-1").await;
        for value in ["u-1", &token] {
            let logins = json!({DEVELOPER_PROVIDER: value});
            let expected = format!("{kind}: Please provide a valid public provider.");
            assert_eq!(error(cognito.get_id(logins.clone()).await), expected);
            assert_eq!(error(cognito.get_credentials(&id, logins.clone()).await), expected);
            let input = json!({"IdentityId": id, "Logins": logins});
            assert_eq!(error(cognito.identity_public("GetOpenIdToken", input).await), expected);
        }
    }
}

#[tokio::test]
async fn case_113_pool_without_a_role_issues_no_credentials() {
    let cognito = TestCognito::with_identity_pool_and(|setup| setup.roles = json!({"Roles": {}}));
    let (id, token) = cognito.token("u-1").await;
    assert_eq!(error(cognito.get_credentials(&id, json!({COGNITO: token})).await), NO_ROLE);
    let guest = cognito.get_id(json!({})).await.unwrap();
    assert_eq!(error(cognito.get_credentials(&guest, json!({})).await), NO_ROLE);
    // A role that does not exist counts as none.
    let cognito = TestCognito::with_identity_pool_and(|setup| setup.trust.clear());
    let (id, token) = cognito.token("u-1").await;
    assert_eq!(error(cognito.get_credentials(&id, json!({COGNITO: token})).await), NO_ROLE);
}

#[tokio::test]
async fn case_114_role_without_trust_is_refused() {
    let attempt = async |amr: &[&str]| {
        let trust = trust(amr, &[]);
        let cognito =
            TestCognito::with_identity_pool_and(|setup| setup.trust = vec![(ROLE, trust)]);
        let (id, token) = cognito.token("u-1").await;
        let own = cognito.get_credentials(&id, json!({COGNITO: token})).await.map(drop);
        let google = cognito.google("g-1").await;
        let id = cognito.get_id(json!({GOOGLE: google})).await.unwrap();
        let social = cognito.get_credentials(&id, json!({GOOGLE: google})).await.map(drop);
        [own, social].map(|outcome| outcome.map_err(|error| error.to_string()))
    };
    let refused = || Err(NO_ROLE.to_owned());
    assert_eq!(attempt(&["authenticated"]).await, [Ok(()), Ok(())]);
    assert_eq!(attempt(&["lifeguard"]).await, [Ok(()), refused()]);
    assert_eq!(attempt(&[GOOGLE]).await, [refused(), Ok(())]);
    assert_eq!(attempt(&["lifeguard:*:u-1"]).await, [Ok(()), refused()]);
    assert_eq!(attempt(&["lifeguard:*:u-2"]).await, [refused(), refused()]);
    assert_eq!(attempt(&["unauthenticated"]).await, [refused(), refused()]);
    // A role of another pool.
    let elsewhere =
        trust(&["authenticated"], &[]).to_string().replace(IDENTITY_POOL, "eu-west-1:22");
    let elsewhere = serde_json::from_str(&elsewhere).unwrap();
    let cognito =
        TestCognito::with_identity_pool_and(|setup| setup.trust = vec![(ROLE, elsewhere)]);
    let (id, token) = cognito.token("u-1").await;
    assert_eq!(error(cognito.get_credentials(&id, json!({COGNITO: token})).await), NO_ROLE);
}

#[tokio::test]
async fn case_122_token_without_basic_flow_is_refused() {
    let cognito = TestCognito::with_identity_pool_and(|setup| {
        setup.identity_pool["AllowClassicFlow"] = json!(false)
    });
    let google = cognito.google("g-1").await;
    let id = cognito.get_id(json!({GOOGLE: google})).await.unwrap();
    let input = json!({"IdentityId": id, "Logins": {GOOGLE: google}});
    let outcome = error(cognito.identity_public("GetOpenIdToken", input).await);
    let expected = "InvalidParameterException: Basic (classic) flow is not enabled, please use \
                    enhanced flow.";
    assert_eq!(outcome, expected);
}

#[tokio::test]
async fn basic_flow_token_is_valid_for_10_min_without_a_mapping() {
    let cognito = TestCognito::with_identity_pool();
    let google = cognito.google("g-1").await;
    let id = cognito.get_id(json!({GOOGLE: google})).await.unwrap();
    let input = json!({"IdentityId": id, "Logins": {GOOGLE: google}});
    let answer = cognito.identity_public("GetOpenIdToken", input.clone()).await.unwrap();
    let claims = claims(&text(&answer["Token"]));
    assert_eq!(claims["sub"], id);
    assert_eq!(claims["amr"], json!(["authenticated", GOOGLE, format!("{GOOGLE}:OIDC:g-1")]));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 600);
    let mapping = json!({"Type": "Token", "AmbiguousRoleResolution": "Deny"});
    let roles = json!({"Roles": {"authenticated": ROLE}, "RoleMappings": {GOOGLE: mapping}});
    cognito.identity_signed("SetIdentityPoolRoles", roles).await.unwrap();
    let expected = "InvalidParameterException: Basic (classic) flow is not supported with \
                    RoleMappings, please use enhanced flow.";
    assert_eq!(error(cognito.identity_public("GetOpenIdToken", input).await), expected);
}

#[tokio::test]
async fn case_123_tags_are_in_the_token_and_need_the_trust_policy() {
    let attempt = async |actions: &[&str]| {
        let trust = trust(&["authenticated"], actions);
        let cognito =
            TestCognito::with_identity_pool_and(|setup| setup.trust = vec![(ROLE, trust)]);
        let input =
            json!({"Logins": {DEVELOPER_PROVIDER: "u-1"}, "PrincipalTags": {"team": "red"}});
        let answer =
            cognito.identity_signed("GetOpenIdTokenForDeveloperIdentity", input).await.unwrap();
        let token = text(&answer["Token"]);
        let tags = &claims(&token)["https://aws.amazon.com/tags"];
        assert_eq!(tags, &json!({"principal_tags": {"team": ["red"]}}));
        let id = text(&answer["IdentityId"]);
        let outcome = cognito.get_credentials(&id, json!({COGNITO: token})).await;
        outcome
            .map(|answer| cognito.session(&answer).holder.tags)
            .map_err(|error| error.to_string())
    };
    let tags = BTreeMap::from([("team".to_owned(), "red".to_owned())]);
    assert_eq!(attempt(&["sts:TagSession"]).await, Ok(tags));
    assert_eq!(attempt(&[]).await, Err(NO_ROLE.to_owned()));
}

#[tokio::test]
async fn token_without_tags_has_no_tags_claim() {
    let cognito = TestCognito::with_identity_pool();
    let (_, token) = cognito.token("u-1").await;
    assert!(claims(&token).get("https://aws.amazon.com/tags").is_none());
}

#[tokio::test]
async fn user_of_the_user_pool_gets_credentials() {
    let cognito = TestCognito::with_identity_pool();
    let token = cognito.id_token().await;
    let id = cognito.get_id(json!({USERS: token})).await.unwrap();
    assert_eq!(cognito.get_id(json!({USERS: token})).await.unwrap(), id);
    let answer = cognito.get_credentials(&id, json!({USERS: token})).await.unwrap();
    let sub = text(&claims(&token)["sub"]);
    let expected = ["authenticated", USERS, &format!("{USERS}:CognitoSignIn:{sub}")];
    assert_eq!(cognito.session(&answer).holder.amr, expected);
}

#[tokio::test]
async fn guest_gets_the_guest_role_only_where_guests_are_allowed() {
    let cognito = TestCognito::with_identity_pool();
    let guest = cognito.get_id(json!({})).await.unwrap();
    let answer = cognito.get_credentials(&guest, json!({})).await.unwrap();
    let holder = cognito.session(&answer).holder;
    assert_eq!((holder.role.as_str(), holder.amr), (GUEST_ROLE, vec!["unauthenticated".into()]));
    let cognito = TestCognito::with_identity_pool_and(|setup| {
        setup.identity_pool["AllowUnauthenticatedIdentities"] = json!(false)
    });
    let expected = "NotAuthorizedException: Unauthenticated access is not supported for this \
                    identity pool.";
    assert_eq!(error(cognito.get_id(json!({})).await), expected);
}
