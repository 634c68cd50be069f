//! Events from elsewhere and of any shape.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use create_auth_challenge::handle;
use lifeguard_testkit::MemoryChallenges;
use lifeguard_testkit::events::{CLIENT, POLICY, POOL};
use proptest::prelude::{prop_assert, proptest};

use lifeguard_sign_in::row::{Factor, RowKey};

use support::{FRESH, settings};

#[tokio::test]
async fn t29_create_takes_no_event_from_somewhere_else_and_calls_nothing() {
    let store = MemoryChallenges::default();
    for event in
        lifeguard_testkit::hostile::from_somewhere_else("CreateAuthChallenge_Authentication")
    {
        assert!(handle(&settings(POLICY), &store, event.clone(), FRESH).await.is_err(), "{event}");
    }
    let row = RowKey::new(POOL, Factor::Email, CLIENT, "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55");
    assert_eq!(store.issued(&row), 0);
}

proptest! {
    #[test]
    fn t30_no_shape_of_an_event_stops_create(
        event in lifeguard_testkit::hostile::misshapen("CreateAuthChallenge_Authentication"),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let store = MemoryChallenges::default();
        if let Ok(reply) = runtime.block_on(handle(&settings(POLICY), &store, event, FRESH)) {
            let response = reply.into_payload()["response"].clone();
            prop_assert!(response["challengeMetadata"].is_string(), "{}", response);
        }
    }
}
