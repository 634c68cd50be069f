//! Events from elsewhere and of any shape.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use create_auth_challenge::handle;
use create_auth_challenge::settings::Settings;
use lifeguard_testkit::fixtures::{POLICY, settings};
use lifeguard_testkit::{MemoryChallenges, User};
use proptest::prelude::{prop_assert, proptest};

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
