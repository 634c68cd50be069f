//! Several logins, one identity: linking and merging by proved logins.

use std::time::Duration;

use local_cognito::identity_pool::{SOCIAL_PROVIDER, Survivor};
use local_cognito_testing::fixtures::{DEVELOPER_PROVIDER, DONT_MATCH, GOOGLE, USERS};
use local_cognito_testing::{TestCognito, error, forbidden, text};
use serde_json::json;

#[tokio::test]
async fn logins_proved_together_become_one_identity() {
    let cognito = TestCognito::with_identity_pool();
    let (user, google) = (cognito.id_token().await, cognito.google("g-1").await);
    let id = cognito.get_id(json!({USERS: user})).await.unwrap();
    assert_eq!(cognito.get_id(json!({USERS: user, GOOGLE: google})).await.unwrap(), id);
    assert_eq!(cognito.get_id(json!({GOOGLE: google})).await.unwrap(), id);
    let logins = json!({DEVELOPER_PROVIDER: "u-1", USERS: user});
    assert_eq!(cognito.developer(logins).await.unwrap()["IdentityId"], id);
    assert_eq!(cognito.token("u-1").await.0, id);
}

#[tokio::test]
async fn second_user_of_one_provider_is_not_linked() {
    let cognito = TestCognito::with_identity_pool();
    let (first, second) = (cognito.google("g-1").await, cognito.google("g-2").await);
    cognito.developer(json!({DEVELOPER_PROVIDER: "u-1", GOOGLE: first})).await.unwrap();
    let outcome =
        error(cognito.developer(json!({DEVELOPER_PROVIDER: "u-1", GOOGLE: second})).await);
    assert!(outcome.starts_with("ResourceConflictException"), "{outcome}");
    assert_ne!(
        cognito.get_id(json!({GOOGLE: second})).await.unwrap(),
        cognito.token("u-1").await.0
    );
}

#[tokio::test]
async fn logins_of_two_identities_merge_them_into_the_survivor_option() {
    for (survivor, requested_stays) in [(Survivor::Other, false), (Survivor::Requested, true)] {
        let cognito = TestCognito::with_identity_pool_and(|setup| {
            setup.identity_settings.uncertain.survivor = survivor
        });
        let (user, google) = (cognito.id_token().await, cognito.google("g-1").await);
        let mine = cognito.get_id(json!({USERS: user})).await.unwrap();
        cognito.clock.advance(Duration::from_secs(1));
        let other = cognito.get_id(json!({GOOGLE: google})).await.unwrap();
        let answer =
            cognito.get_credentials(&mine, json!({USERS: user, GOOGLE: google})).await.unwrap();
        let (stays, goes) = if requested_stays { (&mine, &other) } else { (&other, &mine) };
        assert_eq!(&text(&answer["IdentityId"]), stays);
        assert_eq!(&cognito.session(&answer).holder.identity, stays);
        assert_eq!(&cognito.get_id(json!({USERS: user})).await.unwrap(), stays);
        let outcome = error(cognito.get_credentials(goes, json!({USERS: user})).await);
        assert_eq!(outcome, forbidden(goes));
    }
}

#[tokio::test]
async fn older_identity_survives_a_merge_without_request() {
    let cognito = TestCognito::with_identity_pool();
    let (user, google) = (cognito.id_token().await, cognito.google("g-1").await);
    let older = cognito.get_id(json!({GOOGLE: google})).await.unwrap();
    cognito.clock.advance(Duration::from_secs(1));
    cognito.get_id(json!({USERS: user})).await.unwrap();
    assert_eq!(cognito.get_id(json!({USERS: user, GOOGLE: google})).await.unwrap(), older);
}

#[tokio::test]
async fn identity_of_another_user_is_not_reached_by_own_login() {
    let cognito = TestCognito::with_identity_pool();
    let (mine, theirs) = (cognito.google("g-1").await, cognito.google("g-2").await);
    let id = cognito.get_id(json!({GOOGLE: theirs})).await.unwrap();
    let known = cognito.get_id(json!({GOOGLE: mine})).await.unwrap();
    assert_eq!(error(cognito.get_credentials(&id, json!({GOOGLE: mine})).await), DONT_MATCH);
    assert_eq!(cognito.get_id(json!({GOOGLE: mine})).await.unwrap(), known);
}

#[tokio::test]
async fn guest_who_signs_in_keeps_the_identity_unless_login_has_one() {
    let cognito = TestCognito::with_identity_pool();
    let google = cognito.google("g-1").await;
    let guest = cognito.get_id(json!({})).await.unwrap();
    let answer = cognito.get_credentials(&guest, json!({GOOGLE: google})).await.unwrap();
    assert_eq!(answer["IdentityId"], guest);
    let second = cognito.get_id(json!({})).await.unwrap();
    let answer = cognito.get_credentials(&second, json!({GOOGLE: google})).await.unwrap();
    assert_eq!(answer["IdentityId"], guest);
    assert_eq!(error(cognito.get_credentials(&second, json!({})).await), forbidden(&second));
}

#[tokio::test]
async fn social_stand_in_is_an_openid_provider() {
    let provider = format!("arn:aws:iam::000000000000:oidc-provider/{SOCIAL_PROVIDER}");
    let cognito = TestCognito::with_identity_pool_and(|setup| {
        setup.identity_pool["OpenIdConnectProviderARNs"] = json!([provider])
    });
    let token =
        cognito.identity_pools.social_token(json!({"sub": "s-1", "nonce": "n"})).await.unwrap();
    let id = cognito.get_id(json!({SOCIAL_PROVIDER: token})).await.unwrap();
    let answer = cognito.get_credentials(&id, json!({SOCIAL_PROVIDER: token})).await.unwrap();
    let amr = cognito.session(&answer).holder.amr;
    assert_eq!(amr, ["authenticated", SOCIAL_PROVIDER, "localhost/social:OIDC:s-1"]);
    assert_eq!(local_cognito_testing::claims(&token)["nonce"], "n");
}
