//! Cases 56 to 64 and 80: a custom sign-in as it should go.

use local_cognito_testing::input::{is_uuid, response, start};
use local_cognito_testing::{GENERIC, NOOR, RIGHT, Run, TestCognito};
use serde_json::{Value, json};

const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
const STARTED: [&str; 2] = [DEFINE, CREATE];
const RETRIED: [&str; 3] = [VERIFY, DEFINE, CREATE];
const SIGNED_IN: [&str; 4] =
    [VERIFY, DEFINE, "PostAuthentication_Authentication", "TokenGeneration_Authentication"];
const ONCE: &str = "Invalid session for the user, session can only be used once.";
const EXPIRED: &str = "Invalid session for the user, session is expired.";

#[tokio::test]
async fn case_056_a_start_defines_and_creates_with_an_empty_history() {
    let cognito = joined().await;
    let name = cognito.user(NOOR).await.ok()["Username"].clone();
    let run = cognito.start(NOOR).await.fired(&STARTED);
    for event in &run.events {
        assert_eq!(event["userName"], name);
        assert_eq!(event["request"]["session"], json!([]));
        assert_eq!(event["request"]["userAttributes"]["email"], NOOR);
        assert_ne!(event["request"].get("userNotFound"), Some(&json!(true)));
    }
    assert_eq!(
        run.events[0]["response"],
        json!({"challengeName": null, "issueTokens": null, "failAuthentication": null})
    );
    assert_eq!(run.request(1)["challengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(
        run.events[1]["response"],
        json!({
            "publicChallengeParameters": null,
            "privateChallengeParameters": null,
            "challengeMetadata": null,
        })
    );
    let open = run.ok();
    assert_eq!(open["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(open["ChallengeParameters"], json!({"hint": "the question", "USERNAME": name}));
    let length = open["Session"].as_str().unwrap().len();
    assert!((20..=4096).contains(&length), "{length}");
    assert!(open.get("AuthenticationResult").is_none());
}

/// A session of a length that AWS takes is looked up; no error repeats it.
#[tokio::test]
async fn case_056_session_has_20_to_4096_characters() {
    let cognito = joined().await;
    let open = cognito.start(NOOR).await.ok();
    for (length, is_looked_up) in [
        (1, false),
        (19, false),
        (20, true),
        (2048, true),
        (2049, true),
        (4096, true),
        (4097, false),
    ] {
        let session = "s".repeat(length);
        let mut input = response(&open, RIGHT);
        input["Session"] = json!(session);
        let run = cognito.run("RespondToAuthChallenge", input).await.fired(&[]);
        let error = run.result.unwrap_err().to_string();
        let looked_up = error == "NotAuthorizedException: Invalid session for the user.";
        assert_eq!(looked_up, is_looked_up, "{length}: {error}");
        let refused = error.starts_with("InvalidParameterException: 1 validation error detected: ");
        assert_eq!(refused, !is_looked_up, "{length}: {error}");
        assert!(!looked_up || !error.contains(&session), "{length}: {error}");
    }
}

#[tokio::test]
async fn case_057_a_right_answer_ends_in_tokens() {
    let cognito = joined().await;
    let open = cognito.start(NOOR).await.ok();
    let run = cognito.respond(&open, RIGHT).await.fired(&SIGNED_IN);
    let verify = run.request(0);
    assert_eq!(verify["privateChallengeParameters"], json!({"answer": RIGHT}));
    assert_eq!(verify["challengeAnswer"], RIGHT);
    for key in ["session", "publicChallengeParameters", "challengeMetadata"] {
        assert!(verify.get(key).is_none(), "{key}");
    }
    assert_eq!(run.events[0]["response"], json!({"answerCorrect": null}));
    assert_eq!(run.request(1)["session"], json!([entry(true)]));
    assert!(run.tokens()["RefreshToken"].is_string());
}

#[tokio::test]
async fn case_058_a_wrong_answer_goes_on_in_a_new_session() {
    let cognito = joined().await;
    let first = cognito.start(NOOR).await.ok();
    let run = cognito.respond(&first, "41").await.fired(&RETRIED);
    assert_eq!(run.request(1)["session"], json!([entry(false)]));
    assert_eq!(run.request(2)["session"], json!([entry(false)]));
    let second = run.ok();
    assert_eq!(second["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_ne!(first["Session"], second["Session"]);
    let run = cognito.respond(&second, RIGHT).await.fired(&SIGNED_IN);
    assert_eq!(run.request(1)["session"], json!([entry(false), entry(true)]));
    run.tokens();
}

#[tokio::test]
async fn case_059_define_ends_the_sign_in_after_three_wrong_answers() {
    let cognito = joined().await;
    let mut open = cognito.start(NOOR).await.ok();
    for _ in 0..2 {
        open = cognito.respond(&open, "41").await.fired(&RETRIED).ok();
    }
    cognito
        .respond(&open, "41")
        .await
        .fired(&[VERIFY, DEFINE])
        .fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_060_a_session_is_used_once() {
    let cognito = joined().await;
    let first = cognito.start(NOOR).await.ok();
    let second = cognito.respond(&first, "41").await.ok();
    cognito.respond(&first, RIGHT).await.fired(&[]).fails_with("NotAuthorizedException", ONCE);
    cognito.respond(&second, RIGHT).await.tokens();
    cognito.respond(&second, RIGHT).await.fired(&[]).fails_with("NotAuthorizedException", ONCE);
}

#[tokio::test]
async fn case_061_session_expires_three_minutes_after_each_round() {
    let cognito = joined().await;
    let open = cognito.start(NOOR).await.ok();
    cognito.wait(170);
    let open = cognito.respond(&open, "41").await.ok();
    cognito.wait(170);
    let open = cognito.respond(&open, "41").await.ok();
    cognito.wait(181);
    cognito.respond(&open, RIGHT).await.fired(&[]).fails_with("NotAuthorizedException", EXPIRED);
}

#[tokio::test]
async fn case_062_client_sets_the_lifetime_of_a_session() {
    let cognito =
        TestCognito::with_triggers_and(|setup| setup.client["AuthSessionValidity"] = json!(15));
    cognito.join(NOOR).await;
    let open = cognito.start(NOOR).await.ok();
    cognito.wait(14 * 60);
    cognito.respond(&open, RIGHT).await.tokens();
    let open = cognito.start(NOOR).await.ok();
    cognito.wait(15 * 60 + 1);
    cognito.respond(&open, RIGHT).await.fails_with("NotAuthorizedException", EXPIRED);
    for (minutes, accepted) in [(2, false), (3, true), (15, true), (16, false)] {
        let run = cognito
            .run_signed("UpdateUserPoolClient", json!({"AuthSessionValidity": minutes}))
            .await;
        if accepted {
            let client = run.ok()["UserPoolClient"].clone();
            assert_eq!(client["AuthSessionValidity"], minutes);
        } else {
            run.fails("InvalidParameterException");
        }
    }
}

#[tokio::test]
async fn case_063_metadata_of_an_answer_reaches_every_trigger_of_that_call() {
    let cognito = joined().await;
    let open = cognito.start(NOOR).await.ok();
    let run = respond_with_metadata(&cognito, &open, "41").await;
    let open = run.fired(&RETRIED).ok();
    let run = respond_with_metadata(&cognito, &open, RIGHT).await;
    run.fired(&SIGNED_IN).tokens();
    let open = cognito.start(NOOR).await.ok();
    let run = cognito.respond(&open, "41").await;
    for event in &run.events {
        assert!(event["request"].get("clientMetadata").is_none());
    }
}

#[tokio::test]
async fn case_064_metadata_of_the_start_reaches_no_challenge_trigger() {
    let cognito = joined().await;
    let mut input = start(NOOR);
    input["ClientMetadata"] = json!({"m": "1"});
    let run = cognito.run("InitiateAuth", input).await.fired(&STARTED);
    for event in &run.events {
        assert!(event["request"].get("clientMetadata").is_none());
    }
    run.ok();
}

#[tokio::test]
async fn case_080_an_administrator_causes_the_same_events() {
    let cognito = joined().await;
    let mut public = Vec::new();
    let run = cognito.start(NOOR).await;
    public.extend(requests(&run.events));
    let mut open = run.ok();
    for text in ["41", RIGHT] {
        let run = cognito.respond(&open, text).await;
        public.extend(requests(&run.events));
        open = run.ok();
    }
    let mut signed = Vec::new();
    let run = cognito.run_signed("AdminInitiateAuth", start(NOOR)).await.fired(&STARTED);
    signed.extend(requests(&run.events));
    let open = run.ok();
    assert!(is_uuid(&open["ChallengeParameters"]["USERNAME"]));
    let run = cognito
        .run_signed("AdminRespondToAuthChallenge", response(&open, "41"))
        .await
        .fired(&RETRIED);
    signed.extend(requests(&run.events));
    let open = run.ok();
    let run = cognito
        .run_signed("AdminRespondToAuthChallenge", response(&open, RIGHT))
        .await
        .fired(&SIGNED_IN);
    signed.extend(requests(&run.events));
    run.tokens();
    assert_eq!(public, signed);
}

pub(crate) async fn joined() -> TestCognito {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    cognito
}

async fn respond_with_metadata(cognito: &TestCognito, open: &Value, text: &str) -> Run {
    let mut input = response(open, text);
    input["ClientMetadata"] = json!({"m": "1"});
    let run = cognito.run("RespondToAuthChallenge", input).await;
    for event in &run.events {
        assert_eq!(event["request"]["clientMetadata"], json!({"m": "1"}));
    }
    run
}

fn entry(right: bool) -> Value {
    json!({
        "challengeName": "CUSTOM_CHALLENGE",
        "challengeResult": right,
        "challengeMetadata": "ROUND",
    })
}

fn requests(events: &[Value]) -> Vec<(Value, Value)> {
    events.iter().map(|event| (event["triggerSource"].clone(), event["request"].clone())).collect()
}
