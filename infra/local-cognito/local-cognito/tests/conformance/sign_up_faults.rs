//! Cases 7 to 15: what a pre sign-up function can do wrong.

use std::sync::Arc;
use std::time::Duration;

use local_cognito::functions::{Invocation, Invoke, Outcome};
use serde_json::json;

use crate::stage::{NOOR, Stage};

const UNRECOGNIZABLE: &str = "Unrecognizable lambda output";

#[tokio::test]
async fn case_007_an_error_refuses_the_sign_up_with_its_text() {
    let stage = Stage::new();
    stage.fails("pre-sign-up", "Domain not allowed");
    stage.sign_up(NOOR).await.fired(&["PreSignUp_SignUp"]).fails_with(
        "UserLambdaValidationException",
        "PreSignUp failed with error Domain not allowed.",
    );
    stage.is_unknown(NOOR).await;
}

#[tokio::test]
async fn case_008_a_full_stop_is_added_even_to_one() {
    let stage = Stage::new();
    stage.fails("pre-sign-up", "No entry.");
    stage
        .sign_up(NOOR)
        .await
        .fails_with("UserLambdaValidationException", "PreSignUp failed with error No entry..");
}

#[tokio::test]
async fn case_009_null_or_no_json_is_invalid_json() {
    for output in ["null", "", "no JSON"] {
        let stage = Stage::new();
        stage.returns("pre-sign-up", output);
        stage.sign_up(NOOR).await.fired(&["PreSignUp_SignUp"]).fails_with(
            "InvalidLambdaResponseException",
            "Invalid lambda function output : Invalid JSON",
        );
        stage.is_unknown(NOOR).await;
    }
}

#[tokio::test]
async fn case_010_json_that_is_no_event_is_unrecognizable() {
    let outputs = [
        r#""ok""#,
        "{}",
        "[]",
        "7",
        r#"{"response":{"autoConfirmUser":true,"autoVerifyEmail":false,"autoVerifyPhone":false}}"#,
    ];
    for output in outputs {
        let stage = Stage::new();
        stage.returns("pre-sign-up", output);
        stage.sign_up(NOOR).await.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
        stage.is_unknown(NOOR).await;
    }
}

#[tokio::test]
async fn case_011_an_event_without_its_caller_context_is_unrecognizable() {
    let stage = Stage::new();
    stage.functions.script("pre-sign-up", |mut event| {
        event.as_object_mut().unwrap().remove("callerContext");
        Outcome::json(&event)
    });
    stage.sign_up(NOOR).await.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
    stage.is_unknown(NOOR).await;
}

#[tokio::test]
async fn case_012_a_flag_that_is_no_boolean_is_unrecognizable() {
    let stage = Stage::new();
    stage.answers("pre-sign-up", json!({"autoConfirmUser": "yes"}));
    stage.sign_up(NOOR).await.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
    stage.is_unknown(NOOR).await;
}

#[tokio::test]
async fn case_013_an_unknown_key_in_the_response_is_an_option() {
    for accepted in [false, true] {
        let stage = Stage::with(|plan| {
            let default = plan.settings.uncertain.unknown_response_keys_accepted;
            assert!(!default, "the default is the harder one");
            plan.settings.uncertain.unknown_response_keys_accepted = accepted;
        });
        stage.answers("pre-sign-up", json!({"extra": 1}));
        let run = stage.sign_up(NOOR).await;
        if accepted {
            run.ok();
        } else {
            run.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
        }
    }
}

/// A function that is still busy when the caller gives up.
struct Slow;

impl Invoke for Slow {
    fn invoke(&self, _payload: Vec<u8>, limit: Duration) -> Invocation {
        Box::pin(async move {
            tokio::time::sleep(limit).await;
            Outcome::CallerTimedOut
        })
    }
}

#[tokio::test]
async fn case_014_a_slow_function_is_called_again_and_then_given_up() {
    for (attempts, kind) in [(3, "UnexpectedLambdaException"), (1, "UserLambdaValidationException")]
    {
        let stage = Stage::with(|plan| {
            if attempts != plan.settings.uncertain.attempts {
                plan.settings.uncertain.attempts = attempts;
                plan.settings.uncertain.time_out_kind = kind.to_owned();
            }
        });
        stage.functions.put("pre-sign-up", Arc::new(Slow));
        let fired = vec!["PreSignUp_SignUp"; usize::try_from(attempts).unwrap()];
        let text = stage.sign_up(NOOR).await.fired(&fired).fails(kind);
        assert!(text.contains("Socket timeout while invoking Lambda function"), "{text}");
        stage.is_unknown(NOOR).await;
    }
}

#[tokio::test]
async fn case_015_a_function_that_may_not_be_invoked_refuses() {
    let stage = Stage::with(|plan| plan.trigger("PreSignUp", "nobody-deployed-this"));
    stage.sign_up(NOOR).await.fails_with(
        "UnexpectedLambdaException",
        "PreSignUp invocation failed due to error AccessDeniedException.",
    );
    stage.is_unknown(NOOR).await;
}
