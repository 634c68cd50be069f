//! The log line of a failed sign-in says why, and its reply does not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use define_auth_challenge::handle;
use define_auth_challenge::settings::Settings;
use lifeguard_sign_in::automaton::Reason;
use lifeguard_sign_in::ticket::ask_for_method;
use lifeguard_testkit::fixtures::{POLICY, settings};
use lifeguard_testkit::golden;
use serde_json::{Value, json};

fn round(name: &str, right: bool, metadata: Option<&str>) -> Value {
    json!({"challengeName": name, "challengeResult": right, "challengeMetadata": metadata})
}

#[test]
fn failed_sign_in_is_logged_with_its_reason() {
    let event = lifeguard_testkit::event("DefineAuthChallenge_Authentication");
    let ask = ask_for_method(&[2; 16]);
    for (session, metadata, code) in [
        (json!([round("SRP_A", true, None)]), json!({}), Reason::PasswordNotConfigured),
        (
            json!([round("SRP_A", true, None), round("PASSWORD_VERIFIER", true, None)]),
            json!({}),
            Reason::PasswordNotConfigured,
        ),
        (json!([round("SMS_MFA", true, None)]), json!({}), Reason::MfaNotConfigured),
        (json!([round("noor@example.net", true, None)]), json!({}), Reason::UnknownRound),
        (json!([round("CUSTOM_CHALLENGE", true, Some("secret"))]), json!({}), Reason::UnknownRound),
        (json!([null]), json!({}), Reason::UnknownRound),
        (
            json!([round("CUSTOM_CHALLENGE", false, Some(&ask)), round("SRP_A", true, None)]),
            json!({}),
            Reason::UnexpectedRound,
        ),
        (json!([]), json!({"alreadyHaveMagicLink": "yes"}), Reason::NoFurtherAnswer),
    ] {
        let event = lifeguard_testkit::with(event.clone(), "/request/session", session.clone());
        let event = lifeguard_testkit::with(event, "/request/clientMetadata", metadata);
        let reply = handle(&settings(POLICY, Settings::load), event).unwrap();
        assert_eq!((reply.outcome(), reply.code()), ("failed", code.code()), "after {session}");
        golden::check("define-auth-challenge/failed", &reply.into_payload()["response"]);
    }
}

#[test]
fn sign_in_that_goes_on_has_no_code() {
    let event = lifeguard_testkit::event("DefineAuthChallenge_Authentication");
    let reply = handle(&settings(POLICY, Settings::load), event).unwrap();
    assert_eq!((reply.outcome(), reply.code()), ("challenge", ""));
}

#[test]
fn every_reason_is_explained_to_operators() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
    let page = std::fs::read_to_string(page).unwrap();
    for reason in Reason::ALL {
        let row = format!("| `{}` | ", reason.code());
        assert!(page.lines().any(|line| line.starts_with(&row)), "{row}");
    }
}
