//! No claim of an event issues tokens without a reason.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use define_auth_challenge::handle;
use define_auth_challenge::settings::Settings;
use lifeguard_testkit::fixtures::{POLICY, settings};
use serde_json::{Value, json};

/// True if an event that already carries tokens ends in tokens.
fn issues(event: &Value) -> bool {
    let claimed = json!({
        "challengeName": null, "issueTokens": true, "failAuthentication": false,
        "answerCorrect": true,
    });
    let event = lifeguard_testkit::with(event.clone(), "/response", claimed);
    match handle(&settings(POLICY, Settings::load), event) {
        Ok(reply) => reply.into_payload()["response"]["issueTokens"] != false,
        Err(_) => false,
    }
}

#[test]
fn t33_an_event_that_already_issues_tokens_does_not() {
    let event = lifeguard_testkit::event("DefineAuthChallenge_Authentication");
    let round = |name: Value, right: Value, metadata: Value| json!({"challengeName": name, "challengeResult": right, "challengeMetadata": metadata});
    let custom = || json!("CUSTOM_CHALLENGE");
    for session in [
        json!([]),
        json!(null),
        json!([null]),
        json!("tokens"),
        json!([round(custom(), json!(true), json!("made up"))]),
        json!([round(custom(), json!(true), Value::Null)]),
        json!([round(custom(), json!(true), json!("PROVIDE_AUTH_PARAMETERS"))]),
        json!([round(json!("SRP_A"), json!(true), Value::Null)]),
        json!([round(json!("PASSWORD_VERIFIER"), json!(true), Value::Null)]),
    ] {
        let event = lifeguard_testkit::with(event.clone(), "/request/session", session.clone());
        assert!(!issues(&event), "after {session}");
    }
}

#[test]
fn t33_an_event_that_cannot_be_read_is_no_answer() {
    let event = lifeguard_testkit::event("DefineAuthChallenge_Authentication");
    for (pointer, value) in [
        ("/request", Value::Null),
        ("/request", json!("tokens")),
        ("/triggerSource", json!("CreateAuthChallenge_Authentication")),
        ("/userPoolId", json!("eu-west-1_Other")),
        ("/callerContext/clientId", Value::Null),
    ] {
        let event = lifeguard_testkit::with(event.clone(), pointer, value);
        assert!(handle(&settings(POLICY, Settings::load), event).is_err(), "{pointer}");
    }
}
