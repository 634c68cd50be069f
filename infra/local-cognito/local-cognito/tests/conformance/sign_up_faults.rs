//! Cases 7 to 15: what a pre sign-up function can do wrong.

use std::sync::Arc;
use std::time::Duration;

use local_cognito::functions::{Invocation, Invoke, Outcome};
use local_cognito_testing::{NOOR, TestCognito};
use serde_json::json;

const UNRECOGNIZABLE: &str = "Unrecognizable lambda output";

#[tokio::test]
async fn case_007_an_error_refuses_the_sign_up_with_its_text() {
    let cognito = TestCognito::with_triggers();
    cognito.fails("pre-sign-up", "Domain not allowed");
    cognito.sign_up(NOOR).await.fired(&["PreSignUp_SignUp"]).fails_with(
        "UserLambdaValidationException",
        "PreSignUp failed with error Domain not allowed.",
    );
    cognito.is_unknown(NOOR).await;
}

#[tokio::test]
async fn case_008_a_full_stop_is_added_even_to_one() {
    let cognito = TestCognito::with_triggers();
    cognito.fails("pre-sign-up", "No entry.");
    cognito
        .sign_up(NOOR)
        .await
        .fails_with("UserLambdaValidationException", "PreSignUp failed with error No entry..");
}

#[tokio::test]
async fn case_009_null_or_no_json_is_invalid_json() {
    for output in ["null", "", "no JSON"] {
        let cognito = TestCognito::with_triggers();
        cognito.returns("pre-sign-up", output);
        cognito.sign_up(NOOR).await.fired(&["PreSignUp_SignUp"]).fails_with(
            "InvalidLambdaResponseException",
            "Invalid lambda function output : Invalid JSON",
        );
        cognito.is_unknown(NOOR).await;
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
        let cognito = TestCognito::with_triggers();
        cognito.returns("pre-sign-up", output);
        cognito.sign_up(NOOR).await.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
        cognito.is_unknown(NOOR).await;
    }
}

#[tokio::test]
async fn case_011_an_event_without_its_caller_context_is_unrecognizable() {
    let cognito = TestCognito::with_triggers();
    cognito.functions.script("pre-sign-up", |mut event| {
        event.as_object_mut().unwrap().remove("callerContext");
        Outcome::json(&event)
    });
    cognito.sign_up(NOOR).await.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
    cognito.is_unknown(NOOR).await;
}

#[tokio::test]
async fn case_012_a_flag_that_is_no_boolean_is_unrecognizable() {
    let cognito = TestCognito::with_triggers();
    cognito.answers("pre-sign-up", json!({"autoConfirmUser": "yes"}));
    cognito.sign_up(NOOR).await.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
    cognito.is_unknown(NOOR).await;
}

#[tokio::test]
async fn case_013_an_unknown_key_in_the_response_is_an_option() {
    for accepted in [false, true] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let default = setup.settings.uncertain.unknown_response_keys_accepted;
            assert!(!default, "the default is the harder one");
            setup.settings.uncertain.unknown_response_keys_accepted = accepted;
        });
        cognito.answers("pre-sign-up", json!({"extra": 1}));
        let run = cognito.sign_up(NOOR).await;
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
        let cognito = TestCognito::with_triggers_and(|setup| {
            if attempts != setup.settings.uncertain.attempts {
                setup.settings.uncertain.attempts = attempts;
                setup.settings.uncertain.time_out_kind = kind.to_owned();
            }
        });
        cognito.functions.put("pre-sign-up", Arc::new(Slow));
        let fired = vec!["PreSignUp_SignUp"; usize::try_from(attempts).unwrap()];
        let text = cognito.sign_up(NOOR).await.fired(&fired).fails(kind);
        assert!(text.contains("Socket timeout while invoking Lambda function"), "{text}");
        cognito.is_unknown(NOOR).await;
    }
}

#[tokio::test]
async fn case_015_a_function_that_may_not_be_invoked_refuses() {
    let cognito =
        TestCognito::with_triggers_and(|setup| setup.trigger("PreSignUp", "not-deployed"));
    cognito.sign_up(NOOR).await.fails_with(
        "UnexpectedLambdaException",
        "PreSignUp invocation failed due to error AccessDeniedException.",
    );
    cognito.is_unknown(NOOR).await;
}
