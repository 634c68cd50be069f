//! Cases 37, 65 and 66: a password that is proved and not sent, alone and before a challenge.

use local_cognito::user_pool::Uncertain;
use local_cognito_testing::input::answer;
use local_cognito_testing::{
    GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, POOL_NAME, RIGHT, Run, TestCognito,
};
use serde_json::{Value, json};

use crate::srp::{proof, public_value};

const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
const DONE: [&str; 2] = ["PostAuthentication_Authentication", "TokenGeneration_Authentication"];

#[tokio::test]
async fn case_037_a_proved_password_calls_pre_authentication_once() {
    for (shown, password, right) in
        [(false, OTHER_PASSWORD, false), (false, PASSWORD, true), (true, PASSWORD, true)]
    {
        let cognito = TestCognito::with_triggers_and(|setup| {
            assert!(!setup.settings.uncertain.session_beside_secret_block);
            setup.settings.uncertain.session_beside_secret_block = shown;
        });
        cognito.join(NOOR).await;
        let input = json!({
            "AuthFlow": "USER_SRP_AUTH",
            "AuthParameters": {"USERNAME": NOOR, "SRP_A": public_value()},
        });
        let open = cognito
            .run("InitiateAuth", input)
            .await
            .fired(&["PreAuthentication_Authentication"])
            .ok();
        assert_eq!(open["ChallengeName"], "PASSWORD_VERIFIER");
        assert_eq!(open.get("Session").is_some(), shown, "{open}");
        let run = cognito.run("RespondToAuthChallenge", proof(POOL_NAME, &open, password)).await;
        if right {
            run.fired(&DONE).tokens();
        } else {
            run.fired(&[]).fails_with("NotAuthorizedException", GENERIC);
        }
    }
}

#[tokio::test]
async fn case_065_a_proof_can_come_before_the_challenge() {
    let cognito = password_first().await;
    let run = start(&cognito).await.fired(&[DEFINE]);
    assert_eq!(run.request(0)["session"], json!([entry("SRP_A", true)]));
    let open = run.ok();
    assert_eq!(open["ChallengeName"], "PASSWORD_VERIFIER");
    let run = cognito
        .run("RespondToAuthChallenge", proof(POOL_NAME, &open, PASSWORD))
        .await
        .fired(&[DEFINE, CREATE]);
    let history = json!([entry("SRP_A", true), entry("PASSWORD_VERIFIER", true)]);
    assert_eq!(run.request(0)["session"], history);
    assert_eq!(run.request(1)["session"], history);
    assert_eq!(run.request(1)["challengeName"], "CUSTOM_CHALLENGE");
    let open = run.ok();
    assert_eq!(open["ChallengeName"], "CUSTOM_CHALLENGE");
    cognito.respond(&open, RIGHT).await.fired(&[VERIFY, DEFINE, DONE[0], DONE[1]]).tokens();
}

#[tokio::test]
async fn case_065_proof_of_a_custom_sign_in_names_its_session() {
    for demanded in [true, false] {
        let cognito = password_first_with(|open| {
            assert!(open.custom_proof_needs_session);
            open.custom_proof_needs_session = demanded;
        })
        .await;
        let open = start(&cognito).await.ok();
        let mut input = proof(POOL_NAME, &open, PASSWORD);
        input.as_object_mut().unwrap().remove("Session");
        let run = cognito.run("RespondToAuthChallenge", input).await;
        if demanded {
            run.fired(&[])
                .fails_with("InvalidParameterException", "Missing required parameter Session");
        } else {
            run.fired(&[DEFINE, CREATE]).ok();
        }
    }
}

#[tokio::test]
async fn case_066_a_wrong_password_never_reaches_the_challenge() {
    for asked in [true, false] {
        let cognito = password_first_with(|open| {
            assert!(open.define_after_wrong_password);
            open.define_after_wrong_password = asked;
        })
        .await;
        let open = start(&cognito).await.ok();
        let fired = if asked { &[DEFINE][..] } else { &[] };
        let run = cognito
            .run("RespondToAuthChallenge", proof(POOL_NAME, &open, OTHER_PASSWORD))
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

async fn password_first() -> TestCognito {
    password_first_with(|_| {}).await
}

/// A pool with sign-ins of a password and a challenge after it.
async fn password_first_with(change: impl FnOnce(&mut Uncertain)) -> TestCognito {
    let cognito = TestCognito::with_triggers_and(|setup| change(&mut setup.settings.uncertain));
    cognito.join(NOOR).await;
    cognito.functions.script("define-auth-challenge", |event| {
        let session = event["request"]["session"].as_array().unwrap();
        let last = session.last().unwrap();
        let response = match (last["challengeName"].as_str().unwrap(), &last["challengeResult"]) {
            ("SRP_A", Value::Bool(true)) => json!({"challengeName": "PASSWORD_VERIFIER"}),
            ("CUSTOM_CHALLENGE", Value::Bool(true)) => json!({"issueTokens": true}),
            _ => json!({"challengeName": "CUSTOM_CHALLENGE"}),
        };
        answer(event, &response)
    });
    cognito
}

async fn start(cognito: &TestCognito) -> Run {
    let input = json!({
        "AuthFlow": "CUSTOM_AUTH",
        "AuthParameters": {
            "USERNAME": NOOR,
            "SRP_A": public_value(),
            "CHALLENGE_NAME": "SRP_A",
        },
    });
    cognito.run("InitiateAuth", input).await
}

fn entry(name: &str, right: bool) -> Value {
    json!({"challengeName": name, "challengeResult": right, "challengeMetadata": null})
}
