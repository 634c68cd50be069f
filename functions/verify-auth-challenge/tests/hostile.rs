//! Events from elsewhere and of any shape, and methods that change on the way.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_testkit::MemoryChallenges;
use lifeguard_testkit::answers::{SAMPLE, long_code, short_code};
use lifeguard_testkit::fixtures::NOW;
use proptest::prelude::{prop_assert, proptest};
use serde_json::json;
use verify_auth_challenge::handle;

use support::{event, issue, keys, row, settings};

const NAME: &str = "VerifyAuthChallengeResponse_Authentication";

#[tokio::test]
async fn t29_verify_takes_no_event_from_somewhere_else_and_counts_nothing() {
    let store = MemoryChallenges::default();
    let ticket = issue(&store, NOW, 1).await;
    for event in lifeguard_testkit::hostile::from_somewhere_else(NAME) {
        let kept = json!({"challenge": ticket.encode().unwrap()});
        let event = lifeguard_testkit::with(event, "/request/privateChallengeParameters", kept);
        assert!(handle(&settings(), &store, &keys(), event.clone(), NOW).await.is_err(), "{event}");
    }
    assert_eq!(store.wrong_in_a_row(&row()), 0);
}

/// The client names a method with every answer; the method that counts is the one that the session
/// asked for, as create kept it.
#[tokio::test]
async fn t27_method_of_the_session_counts_and_must_be_on() {
    for method in Method::ALL {
        for named in ["EMAIL_OTP", "MAGIC_LINK", "FIDO2", "none"] {
            let store = MemoryChallenges::default();
            let mut ticket = issue(&store, NOW, 1).await;
            ticket.asked = method;
            let event = event(&ticket, &short_code(&ticket.challenge, SAMPLE));
            let event = lifeguard_testkit::with(
                event,
                "/request/clientMetadata",
                json!({"signInMethod": named}),
            );
            let reply = handle(&settings(), &store, &keys(), event, NOW).await.unwrap();
            let right = reply.into_payload()["response"]["answerCorrect"] == true;
            // The sample policy offers codes by mail and no links.
            assert_eq!(right, method == Method::EmailOtp, "{method:?} named {named}");
        }
    }
}

/// The right codes, in a session that has a ticket with another layout number.
#[tokio::test]
async fn answer_to_a_ticket_of_an_unknown_layout_is_wrong() {
    let store = MemoryChallenges::default();
    let ticket = issue(&store, NOW, 1).await;
    let bytes = URL_SAFE_NO_PAD.decode(ticket.encode().unwrap()).unwrap();
    let own = bytes[0];
    // The ticket of this layout comes last: its code is spent then.
    for layout in (0..=u8::MAX).filter(|layout| *layout != own).chain([own]) {
        let mut bytes = bytes.clone();
        bytes[0] = layout;
        let kept = json!({"challenge": URL_SAFE_NO_PAD.encode(bytes)});
        let codes = [short_code(&ticket.challenge, SAMPLE), long_code(&ticket.challenge, SAMPLE)];
        for (code, is_first) in codes.into_iter().zip([true, false]) {
            let event = event(&ticket, &code);
            let event =
                lifeguard_testkit::with(event, "/request/privateChallengeParameters", kept.clone());
            let answer = handle(&settings(), &store, &keys(), event, NOW).await;
            let right =
                answer.is_ok_and(|reply| reply.into_payload()["response"]["answerCorrect"] == true);
            assert_eq!(right, layout == own && is_first, "layout {layout}");
        }
        assert_eq!(store.wrong_in_a_row(&row()), 0, "layout {layout}");
    }
}

proptest! {
    #[test]
    fn t30_no_shape_of_an_event_makes_an_answer_right(
        event in lifeguard_testkit::hostile::misshapen(NAME),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let store = MemoryChallenges::default();
        let answer = runtime.block_on(handle(&settings(), &store, &keys(), event, NOW));
        if let Ok(reply) = answer {
            let response = reply.into_payload()["response"].clone();
            prop_assert!(response["answerCorrect"] == false, "{}", response);
        }
    }
}
