//! Every sample event goes back as it came, `response` aside.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use define_auth_challenge::handle;
use define_auth_challenge::settings::Settings;
use lifeguard_runtime::Reply;
use lifeguard_testkit::fixtures::{POLICY, settings};
use lifeguard_testkit::golden;

#[test]
fn the_event_goes_back_as_it_came() {
    let settings = settings(POLICY, Settings::load);
    golden::check_every_event(&["DefineAuthChallenge_Authentication"], &[], |event| {
        handle(&settings, event).ok().map(Reply::into_payload)
    });
}

#[track_caller]
fn check(event: &str, golden: &str) {
    let event = lifeguard_testkit::event(event);
    let reply = handle(&settings(POLICY, Settings::load), event).unwrap().into_payload();
    golden::check(golden, &reply["response"]);
}

#[test]
fn the_three_answers_have_the_documented_shape() {
    let (challenge, failed) = ("define-auth-challenge/challenge", "define-auth-challenge/failed");
    check("DefineAuthChallenge_Authentication", challenge);
    check("variants/DefineAuthChallenge_Authentication.user-not-found", challenge);
    check("variants/DefineAuthChallenge_Authentication.srp-a", failed);
    // The samples' metadata was not written by our create function.
    check("variants/DefineAuthChallenge_Authentication.after-right-answer", failed);
}
