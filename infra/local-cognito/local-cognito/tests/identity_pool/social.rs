//! Several logins, one identity: linking and merging by proved logins.

use std::time::Duration;

use local_cognito::identity_pool::{SOCIAL_PROVIDER, Survivor};
use serde_json::json;

use crate::stage::{DONT_MATCH, GOOGLE, OWN, Stage, USERS, error, forbidden, text};

#[tokio::test]
async fn logins_proved_together_become_one_identity() {
    let stage = Stage::new();
    let (user, google) = (stage.id_token().await, stage.google("g-1").await);
    let id = stage.get_id(json!({USERS: user})).await.unwrap();
    assert_eq!(stage.get_id(json!({USERS: user, GOOGLE: google})).await.unwrap(), id);
    assert_eq!(stage.get_id(json!({GOOGLE: google})).await.unwrap(), id);
    let logins = json!({OWN: "u-1", USERS: user});
    assert_eq!(stage.developer(logins).await.unwrap()["IdentityId"], id);
    assert_eq!(stage.token("u-1").await.0, id);
}

#[tokio::test]
async fn second_user_of_one_provider_is_not_linked() {
    let stage = Stage::new();
    let (first, second) = (stage.google("g-1").await, stage.google("g-2").await);
    stage.developer(json!({OWN: "u-1", GOOGLE: first})).await.unwrap();
    let outcome = error(stage.developer(json!({OWN: "u-1", GOOGLE: second})).await);
    assert!(outcome.starts_with("ResourceConflictException"), "{outcome}");
    assert_ne!(stage.get_id(json!({GOOGLE: second})).await.unwrap(), stage.token("u-1").await.0);
}

#[tokio::test]
async fn logins_of_two_identities_merge_them_into_the_survivor_option() {
    for (survivor, requested_stays) in [(Survivor::Other, false), (Survivor::Requested, true)] {
        let stage = Stage::with(|plan| plan.settings.uncertain.survivor = survivor);
        let (user, google) = (stage.id_token().await, stage.google("g-1").await);
        let mine = stage.get_id(json!({USERS: user})).await.unwrap();
        stage.clock.advance(Duration::from_secs(1));
        let other = stage.get_id(json!({GOOGLE: google})).await.unwrap();
        let answer =
            stage.get_credentials(&mine, json!({USERS: user, GOOGLE: google})).await.unwrap();
        let (stays, goes) = if requested_stays { (&mine, &other) } else { (&other, &mine) };
        assert_eq!(&text(&answer["IdentityId"]), stays);
        assert_eq!(&stage.session(&answer).holder.identity, stays);
        assert_eq!(&stage.get_id(json!({USERS: user})).await.unwrap(), stays);
        let outcome = error(stage.get_credentials(goes, json!({USERS: user})).await);
        assert_eq!(outcome, forbidden(goes));
    }
}

#[tokio::test]
async fn older_identity_survives_a_merge_without_request() {
    let stage = Stage::new();
    let (user, google) = (stage.id_token().await, stage.google("g-1").await);
    let older = stage.get_id(json!({GOOGLE: google})).await.unwrap();
    stage.clock.advance(Duration::from_secs(1));
    stage.get_id(json!({USERS: user})).await.unwrap();
    assert_eq!(stage.get_id(json!({USERS: user, GOOGLE: google})).await.unwrap(), older);
}

#[tokio::test]
async fn identity_of_another_user_is_not_reached_by_own_login() {
    let stage = Stage::new();
    let (mine, theirs) = (stage.google("g-1").await, stage.google("g-2").await);
    let id = stage.get_id(json!({GOOGLE: theirs})).await.unwrap();
    let known = stage.get_id(json!({GOOGLE: mine})).await.unwrap();
    assert_eq!(error(stage.get_credentials(&id, json!({GOOGLE: mine})).await), DONT_MATCH);
    assert_eq!(stage.get_id(json!({GOOGLE: mine})).await.unwrap(), known);
}

#[tokio::test]
async fn guest_who_signs_in_keeps_the_identity_unless_login_has_one() {
    let stage = Stage::new();
    let google = stage.google("g-1").await;
    let guest = stage.get_id(json!({})).await.unwrap();
    let answer = stage.get_credentials(&guest, json!({GOOGLE: google})).await.unwrap();
    assert_eq!(answer["IdentityId"], guest);
    let second = stage.get_id(json!({})).await.unwrap();
    let answer = stage.get_credentials(&second, json!({GOOGLE: google})).await.unwrap();
    assert_eq!(answer["IdentityId"], guest);
    assert_eq!(error(stage.get_credentials(&second, json!({})).await), forbidden(&second));
}

#[tokio::test]
async fn social_stand_in_is_an_openid_provider() {
    let provider = format!("arn:aws:iam::000000000000:oidc-provider/{SOCIAL_PROVIDER}");
    let stage = Stage::with(|plan| plan.pool["OpenIdConnectProviderARNs"] = json!([provider]));
    let token = stage.identities.social_token(json!({"sub": "s-1", "nonce": "n"})).await.unwrap();
    let id = stage.get_id(json!({SOCIAL_PROVIDER: token})).await.unwrap();
    let answer = stage.get_credentials(&id, json!({SOCIAL_PROVIDER: token})).await.unwrap();
    let amr = stage.session(&answer).holder.amr;
    assert_eq!(amr, ["authenticated", SOCIAL_PROVIDER, "localhost/social:OIDC:s-1"]);
    assert_eq!(crate::stage::claims(&token)["nonce"], "n");
}
