//! Every sample event goes back as it came, `response` aside.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use create_auth_challenge::handle;
use create_auth_challenge::settings::Settings;
use lifeguard_runtime::Reply;
use lifeguard_testkit::fixtures::{POLICY, settings};
use lifeguard_testkit::{MemoryChallenges, golden};

use support::FRESH;

#[test]
fn the_event_goes_back_as_it_came() {
    let settings = settings(POLICY, Settings::load);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    golden::check_every_event(&["CreateAuthChallenge_Authentication"], &[], |event| {
        let challenges = MemoryChallenges::default();
        let answer = runtime.block_on(handle(&settings, &challenges, event, FRESH));
        answer.ok().map(Reply::into_payload)
    });
}

#[tokio::test]
async fn the_first_of_two_rounds_asks_for_the_method() {
    let event = lifeguard_testkit::event("CreateAuthChallenge_Authentication");
    let reply =
        handle(&settings(POLICY, Settings::load), &MemoryChallenges::default(), event, FRESH)
            .await
            .unwrap();
    golden::check("create-auth-challenge/first_of_two_rounds", &reply.into_payload()["response"]);
}
