//! Cases 37, 65 and 66: a password that is proved and not sent, alone and before a challenge.

use serde_json::{Value, json};

use crate::input::answer;
use crate::run::Run;
use crate::srp::{proof, public_value};
use crate::stage::{GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, RIGHT, Stage};

const NAME: &str = "Conform";
const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
const DONE: [&str; 2] = ["PostAuthentication_Authentication", "TokenGeneration_Authentication"];

#[tokio::test]
async fn case_037_a_proved_password_calls_pre_authentication_once() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    for (password, right) in [(OTHER_PASSWORD, false), (PASSWORD, true)] {
        let input = json!({
            "AuthFlow": "USER_SRP_AUTH",
            "AuthParameters": {"USERNAME": NOOR, "SRP_A": public_value()},
        });
        let open = stage
            .public("InitiateAuth", input)
            .await
            .fired(&["PreAuthentication_Authentication"])
            .ok();
        assert_eq!(open["ChallengeName"], "PASSWORD_VERIFIER");
        let run = stage.public("RespondToAuthChallenge", proof(NAME, &open, password)).await;
        if right {
            run.fired(&DONE).tokens();
        } else {
            run.fired(&[]).fails_with("NotAuthorizedException", GENERIC);
        }
    }
}

#[tokio::test]
async fn case_065_a_proof_can_come_before_the_challenge() {
    let stage = password_first().await;
    let run = start(&stage).await.fired(&[DEFINE]);
    assert_eq!(run.request(0)["session"], json!([entry("SRP_A", true)]));
    let open = run.ok();
    assert_eq!(open["ChallengeName"], "PASSWORD_VERIFIER");
    let run = stage
        .public("RespondToAuthChallenge", proof(NAME, &open, PASSWORD))
        .await
        .fired(&[DEFINE, CREATE]);
    let history = json!([entry("SRP_A", true), entry("PASSWORD_VERIFIER", true)]);
    assert_eq!(run.request(0)["session"], history);
    assert_eq!(run.request(1)["session"], history);
    assert_eq!(run.request(1)["challengeName"], "CUSTOM_CHALLENGE");
    let open = run.ok();
    assert_eq!(open["ChallengeName"], "CUSTOM_CHALLENGE");
    stage.respond(&open, RIGHT).await.fired(&[VERIFY, DEFINE, DONE[0], DONE[1]]).tokens();
}

#[tokio::test]
async fn case_066_a_wrong_password_never_reaches_the_challenge() {
    for asked in [true, false] {
        let stage = password_first_with(asked).await;
        let open = start(&stage).await.ok();
        let fired = if asked { &[DEFINE][..] } else { &[] };
        let run = stage
            .public("RespondToAuthChallenge", proof(NAME, &open, OTHER_PASSWORD))
            .await
            .fired(fired);
        for event in &run.events {
            assert_eq!(
                event["request"]["session"],
                json!([entry("SRP_A", true), entry("PASSWORD_VERIFIER", false)])
            );
        }
        run.fails_with("NotAuthorizedException", GENERIC);
    }
}

async fn password_first() -> Stage {
    password_first_with(true).await
}

/// A pool whose sign-in is password, then challenge.
async fn password_first_with(define_after_wrong_password: bool) -> Stage {
    let stage = Stage::with(|plan| {
        assert!(plan.settings.uncertain.define_after_wrong_password);
        plan.settings.uncertain.define_after_wrong_password = define_after_wrong_password;
    });
    stage.join(NOOR).await;
    stage.functions.script("define-auth-challenge", |event| {
        let session = event["request"]["session"].as_array().unwrap();
        let last = session.last().unwrap();
        let response = match (last["challengeName"].as_str().unwrap(), &last["challengeResult"]) {
            ("SRP_A", Value::Bool(true)) => json!({"challengeName": "PASSWORD_VERIFIER"}),
            ("CUSTOM_CHALLENGE", Value::Bool(true)) => json!({"issueTokens": true}),
            _ => json!({"challengeName": "CUSTOM_CHALLENGE"}),
        };
        answer(event, &response)
    });
    stage
}

async fn start(stage: &Stage) -> Run {
    let input = json!({
        "AuthFlow": "CUSTOM_AUTH",
        "AuthParameters": {
            "USERNAME": NOOR,
            "SRP_A": public_value(),
            "CHALLENGE_NAME": "SRP_A",
        },
    });
    stage.public("InitiateAuth", input).await
}

fn entry(name: &str, right: bool) -> Value {
    json!({"challengeName": name, "challengeResult": right, "challengeMetadata": null})
}
