//! Every sample event goes back as it came, `response` aside.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use lifeguard_runtime::Reply;
use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{MemoryChallenges, golden};
use verify_auth_challenge::handle;

use support::{keys, settings};

#[test]
fn the_event_goes_back_as_it_came() {
    let settings = settings();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    golden::check_every_event(&["VerifyAuthChallengeResponse_Authentication"], &[], |event| {
        let challenges = MemoryChallenges::default();
        let answer = runtime.block_on(handle(&settings, &challenges, &keys(), event, NOW));
        answer.ok().map(Reply::into_payload)
    });
}

#[tokio::test]
async fn a_challenge_that_is_not_ours_is_answered_wrong() {
    let event = lifeguard_testkit::event("VerifyAuthChallengeResponse_Authentication");
    let reply = handle(&settings(), &MemoryChallenges::default(), &keys(), event, NOW).await;
    let reply = reply.unwrap();
    assert_eq!(reply.outcome(), "fault");
    golden::check("verify-auth-challenge/wrong", &reply.into_payload()["response"]);
}
