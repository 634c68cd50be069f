//! Every sample event goes back as it came, `response` aside.
#![allow(clippy::unwrap_used, reason = "tests")]

use create_auth_challenge::settings::Settings;
use create_auth_challenge::{Chance, handle};
use policy::Variables;
use runtime::Reply;
use serde_json::json;
use testkit::MemoryChallenges;
use testkit::events::POLICY;

const CHANCE: Chance = Chance { now: 1_800_000_000, id: [1; 16], nonce: [2; 16] };

fn settings() -> Settings {
    let look_up = |name: &str| match name {
        "POLICY" => Some(POLICY.to_owned()),
        "CHALLENGES_TABLE" => Some("challenges".to_owned()),
        _ => None,
    };
    let mut variables = Variables::new(&look_up);
    let settings = Settings::read(&mut variables);
    variables.finish(settings).unwrap()
}

#[test]
fn the_event_goes_back_as_it_came() {
    let settings = settings();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    testkit::golden::check(&["CreateAuthChallenge_Authentication"], &[], |event| {
        let challenges = MemoryChallenges::default();
        let answer = runtime.block_on(handle(&settings, &challenges, event, CHANCE));
        answer.ok().map(Reply::into_payload)
    });
}

#[tokio::test]
async fn the_first_of_two_rounds_asks_for_the_method() {
    let event = testkit::event("CreateAuthChallenge_Authentication");
    let reply = handle(&settings(), &MemoryChallenges::default(), event, CHANCE).await.unwrap();
    assert_eq!(
        reply.into_payload()["response"],
        json!({
            "publicChallengeParameters": {"challenge": "PROVIDE_AUTH_PARAMETERS"},
            "privateChallengeParameters": {
                "challenge": "PROVIDE_AUTH_PARAMETERS.AgICAgICAgICAgICAgICAg",
            },
            "challengeMetadata": "PROVIDE_AUTH_PARAMETERS.AgICAgICAgICAgICAgICAg",
        })
    );
}
