//! Events from elsewhere and of any shape.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use create_auth_challenge::handle;
use create_auth_challenge::settings::Settings;
use lifeguard_testkit::fixtures::{POLICY, code_policy, settings};
use lifeguard_testkit::{MemoryChallenges, User, with};
use proptest::prelude::{prop_assert, proptest};
use serde_json::json;

use support::FRESH;

#[tokio::test]
async fn t29_create_takes_no_event_from_somewhere_else_and_calls_nothing() {
    let store = MemoryChallenges::default();
    for event in
        lifeguard_testkit::hostile::from_somewhere_else("CreateAuthChallenge_Authentication")
    {
        assert!(
            handle(&settings(POLICY, Settings::load), &store, event.clone(), FRESH).await.is_err(),
            "{event}"
        );
    }
    assert_eq!(store.issued(&User::sample().row()), 0);
}

/// Whatever attributes a user has, and whether there is a user: the same write and the same words.
#[tokio::test]
async fn t15_owner_of_a_factor_is_asked_like_any_other_user() {
    let event = lifeguard_testkit::event("CreateAuthChallenge_Authentication");
    let event = with(event, "/request/session", json!([]));
    let verified = json!({"sub": "s", "email": "noor@example.net", "email_verified": "true"});
    let with_phone = json!({
        "sub": "s", "email": "noor@example.net", "email_verified": "true",
        "phone_number": "+31612345678", "phone_number_verified": "true",
    });
    let unverified = json!({"sub": "s", "email": "noor@example.net", "email_verified": "false"});
    let phone_only = json!({"sub": "s", "phone_number": "+31612345678"});
    let owner = json!({"sub": "s", "custom:passkey": "yes", "custom:mfa": "totp"});
    let mut shapes = BTreeSet::new();
    for attributes in
        [verified, with_phone, unverified, phone_only, owner, json!({}), serde_json::Value::Null]
    {
        for unknown in [false, true] {
            let store = MemoryChallenges::default();
            let event = with(event.clone(), "/request/userAttributes", attributes.clone());
            let event = with(event, "/request/userNotFound", unknown);
            let row = User::known(event["userName"].as_str().unwrap()).row();
            let settings = settings(&code_policy(), Settings::load);
            let reply = handle(&settings, &store, event, FRESH).await.unwrap();
            assert_eq!(store.issued(&row), 1, "{attributes}");
            let response = reply.into_payload()["response"].clone();
            let kept = response["privateChallengeParameters"]["challenge"].as_str().unwrap().len();
            let shown = response["publicChallengeParameters"].to_string();
            shapes.insert((shown, kept, response["challengeMetadata"].as_str().unwrap().len()));
        }
    }
    assert_eq!(shapes.len(), 1, "{shapes:?}");
}

proptest! {
    #[test]
    fn t30_no_shape_of_an_event_stops_create(
        event in lifeguard_testkit::hostile::misshapen("CreateAuthChallenge_Authentication"),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let store = MemoryChallenges::default();
        if let Ok(reply) = runtime.block_on(handle(&settings(POLICY, Settings::load), &store, event, FRESH)) {
            let response = reply.into_payload()["response"].clone();
            prop_assert!(response["challengeMetadata"].is_string(), "{}", response);
        }
    }
}
