//! Every sample event goes back as it came, `response` aside.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use define_auth_challenge::handle;
use define_auth_challenge::settings::Settings;
use lifeguard_runtime::Reply;
use lifeguard_testkit::fixtures::{POLICY, settings};
use serde_json::{Value, json};

#[test]
fn the_event_goes_back_as_it_came() {
    let settings = settings(POLICY, Settings::load);
    lifeguard_testkit::golden::check(&["DefineAuthChallenge_Authentication"], &[], |event| {
        handle(&settings, event).ok().map(Reply::into_payload)
    });
}

#[track_caller]
fn check(event: Value, response: Value) {
    let reply = handle(&settings(POLICY, Settings::load), event).unwrap().into_payload();
    assert_eq!(reply["response"], response);
}

#[test]
fn the_three_answers_have_the_documented_shape() {
    let start = lifeguard_testkit::event("DefineAuthChallenge_Authentication");
    let challenge = json!({"challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false});
    let failed = json!({"challengeName": null, "issueTokens": false, "failAuthentication": true});
    check(start, challenge.clone());
    check(
        lifeguard_testkit::event("variants/DefineAuthChallenge_Authentication.user-not-found"),
        challenge,
    );
    check(
        lifeguard_testkit::event("variants/DefineAuthChallenge_Authentication.srp-a"),
        failed.clone(),
    );
    // The samples' metadata was not written by our create function.
    check(
        lifeguard_testkit::event("variants/DefineAuthChallenge_Authentication.after-right-answer"),
        failed,
    );
}
