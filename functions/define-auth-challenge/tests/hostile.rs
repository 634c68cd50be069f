//! Events from elsewhere and of any shape.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use define_auth_challenge::handle;
use define_auth_challenge::settings::Settings;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket, ask_for_method};
use lifeguard_testkit::fixtures::{NOW, POLICY, settings};
use proptest::prelude::{
    Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde_json::{Value, json};

#[test]
fn t29_define_takes_no_event_from_somewhere_else() {
    for event in
        lifeguard_testkit::hostile::from_somewhere_else("DefineAuthChallenge_Authentication")
    {
        assert!(handle(&settings(POLICY, Settings::load), event.clone()).is_err(), "{event}");
    }
}

/// Histories that are close to accepted ones, in the words of the wire.
fn history() -> impl Strategy<Value = Value> {
    let ask = ask_for_method(&[2; 16]);
    let metadata = prop::sample::select(vec![Some(ask), ticket(1), ticket(2), None]);
    let round = (metadata, any::<bool>()).prop_map(|(metadata, right)| {
        json!({
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeResult": right,
            "challengeMetadata": metadata,
        })
    });
    prop::collection::vec(round, 0..5).prop_map(Value::from)
}

fn ticket(number: u32) -> Option<String> {
    let challenge = Challenge { id: [1; 16], number, issued: NOW, life: 600, key_version: 1 };
    let asked = Method::EmailOtp;
    Ticket { challenge, nonce: [2; 16], origin: Origin::Caused, asked }.encode()
}

fn metadata() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "signInMethod",
        "alreadyHaveMagicLink",
        "redirectUri",
        "issueTokens",
        "answerCorrect",
        "anything",
    ]);
    let values = prop_oneof![
        prop::sample::select(vec!["yes", "no", "true", "EMAIL_OTP", "MAGIC_LINK", "FIDO2"])
            .prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(Value::Null),
    ];
    prop::collection::btree_map(names, values, 0..5).prop_map(|members| {
        Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    })
}

fn response_to(history: &Value, metadata: Value) -> Value {
    let event = lifeguard_testkit::event("DefineAuthChallenge_Authentication");
    let event = lifeguard_testkit::with(event, "/request/session", history.clone());
    let event = lifeguard_testkit::with(event, "/request/clientMetadata", metadata);
    handle(&settings(POLICY, Settings::load), event).unwrap().into_payload()["response"].clone()
}

proptest! {
    #[test]
    fn no_metadata_turns_a_challenge_or_a_failure_into_tokens(
        history in history(), metadata in metadata(),
    ) {
        let plain = response_to(&history, Value::Null);
        let steered = response_to(&history, metadata);
        prop_assert_eq!(&steered["issueTokens"], &plain["issueTokens"]);
        if plain["failAuthentication"] == true {
            prop_assert_eq!(steered, plain);
        }
    }

    #[test]
    fn t30_no_shape_of_an_event_makes_define_issue_tokens(
        event in lifeguard_testkit::hostile::misshapen("DefineAuthChallenge_Authentication"),
    ) {
        if let Ok(reply) = handle(&settings(POLICY, Settings::load), event) {
            let response = reply.into_payload()["response"].clone();
            prop_assert!(response["issueTokens"] == false, "{}", response);
        }
    }
}
