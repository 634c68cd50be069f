//! Cases 67 to 79: custom sign-ins of unknown users, and faults of triggers and clients.

use local_cognito::user_pool::{BothFlags, FakeUserName, UndecidedDefine};
use local_cognito_testing::input::{is_uuid, response, start};
use local_cognito_testing::{GENERIC, NOOR, RIGHT, TestCognito};
use serde_json::json;

use crate::custom_auth::joined;

const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
const UNKNOWN: &str = "unknown@example.com";
const UNRECOGNIZABLE: &str = "Unrecognizable lambda output";

#[tokio::test]
async fn case_067_unknown_user_gets_a_challenge_like_a_known_one() {
    for kind in [FakeUserName::Fresh, FakeUserName::Typed, FakeUserName::Stable] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            setup.hide_existence();
            assert_eq!(setup.settings.uncertain.unknown_user_name, FakeUserName::Fresh);
            setup.settings.uncertain.unknown_user_name = kind;
        });
        let mut names = Vec::new();
        for _ in 0..2 {
            let run = cognito.start(UNKNOWN).await.fired(&[DEFINE, CREATE]);
            for event in &run.events {
                assert_eq!(event["request"]["userNotFound"], true);
                assert_eq!(event["request"]["userAttributes"], json!({}));
            }
            assert_eq!(run.events[0]["userName"], run.events[1]["userName"]);
            names.push(run.events[0]["userName"].clone());
            let open = run.ok();
            assert_eq!(open["ChallengeName"], "CUSTOM_CHALLENGE");
            assert!(is_uuid(&open["ChallengeParameters"]["USERNAME"]));
            // A client may answer under the name that was typed.
            let mut typed = response(&open, RIGHT);
            typed["ChallengeResponses"]["USERNAME"] = json!(UNKNOWN);
            let run = cognito.run("RespondToAuthChallenge", typed).await;
            run.fired(&[VERIFY, DEFINE]).fails_with("NotAuthorizedException", GENERIC);
        }
        match kind {
            FakeUserName::Fresh => assert!(is_uuid(&names[0]) && names[0] != names[1]),
            FakeUserName::Typed => assert_eq!(names, [UNKNOWN, UNKNOWN]),
            FakeUserName::Stable => assert!(is_uuid(&names[0]) && names[0] == names[1]),
        }
    }
}

#[tokio::test]
async fn case_068_unknown_user_never_gets_tokens() {
    for text in [GENERIC, "User does not exist."] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            setup.hide_existence();
            if text != GENERIC {
                setup.settings.uncertain.unknown_user_text = text.to_owned();
            }
        });
        let open = cognito.start(UNKNOWN).await.ok();
        let tokens = json!({"issueTokens": true, "failAuthentication": false});
        cognito.answers("define-auth-challenge", tokens);
        cognito.answers("verify-auth-challenge", json!({"answerCorrect": true}));
        let run = cognito.respond(&open, RIGHT).await.fired(&[VERIFY, DEFINE]);
        for event in &run.events {
            assert_eq!(event["request"]["userNotFound"], true);
        }
        run.fails_with("NotAuthorizedException", text);
    }
}

#[tokio::test]
async fn case_069_legacy_client_gets_an_error_for_an_unknown_user() {
    let cognito = TestCognito::with_triggers();
    cognito
        .start(UNKNOWN)
        .await
        .fired(&[])
        .fails_with("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn case_070_failing_verify_invalidates_the_session() {
    let cognito = joined().await;
    let open = cognito.start(NOOR).await.ok();
    cognito.fails("verify-auth-challenge", "expired");
    cognito.respond(&open, RIGHT).await.fired(&[VERIFY]).fails_with(
        "UserLambdaValidationException",
        "VerifyAuthChallengeResponse failed with error expired.",
    );
    cognito
        .respond(&open, RIGHT)
        .await
        .fired(&[])
        .fails_with("NotAuthorizedException", "Invalid session for the user.");
}

#[tokio::test]
async fn case_071_failing_create_invalidates_the_session() {
    let cognito = joined().await;
    let open = cognito.start(NOOR).await.ok();
    cognito.fails("create-auth-challenge", "no mail");
    cognito.respond(&open, "41").await.fired(&[VERIFY, DEFINE, CREATE]).fails_with(
        "UserLambdaValidationException",
        "CreateAuthChallenge failed with error no mail.",
    );
    cognito
        .respond(&open, RIGHT)
        .await
        .fired(&[])
        .fails_with("NotAuthorizedException", "Invalid session for the user.");
}

#[tokio::test]
async fn case_072_challenge_parameters_are_strings() {
    for member in ["publicChallengeParameters", "privateChallengeParameters"] {
        let cognito = joined().await;
        cognito.answers("create-auth-challenge", json!({member: {"n": 7}}));
        cognito
            .start(NOOR)
            .await
            .fired(&[DEFINE, CREATE])
            .fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
    }
}

#[tokio::test]
async fn case_073_a_define_that_decides_nothing_is_an_option() {
    for outcome in [UndecidedDefine::Unrecognizable, UndecidedDefine::Fails] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let default = setup.settings.uncertain.undecided_define;
            assert_eq!(default, UndecidedDefine::Unrecognizable);
            setup.settings.uncertain.undecided_define = outcome;
        });
        cognito.join(NOOR).await;
        cognito.answers("define-auth-challenge", json!({}));
        let run = cognito.start(NOOR).await.fired(&[DEFINE]);
        match outcome {
            UndecidedDefine::Unrecognizable => {
                run.fails_with("InvalidLambdaResponseException", UNRECOGNIZABLE);
            }
            UndecidedDefine::Fails => run.fails_with("NotAuthorizedException", GENERIC),
        }
    }
}

#[tokio::test]
async fn case_074_both_flags_are_an_option() {
    for outcome in [BothFlags::FailWins, BothFlags::IssueWins] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let default = setup.settings.uncertain.both_flags;
            assert_eq!(default, BothFlags::FailWins);
            setup.settings.uncertain.both_flags = outcome;
        });
        cognito.join(NOOR).await;
        let open = cognito.start(NOOR).await.ok();
        let both = json!({"issueTokens": true, "failAuthentication": true});
        cognito.answers("define-auth-challenge", both);
        let run = cognito.respond(&open, RIGHT).await;
        match outcome {
            BothFlags::FailWins => {
                run.fired(&[VERIFY, DEFINE]).fails_with("NotAuthorizedException", GENERIC)
            }
            BothFlags::IssueWins => drop(run.tokens()),
        }
    }
}

#[tokio::test]
async fn case_075_a_pool_without_define_has_no_custom_sign_in() {
    let cognito = TestCognito::with_triggers_and(|setup| setup.no_trigger("DefineAuthChallenge"));
    cognito.join(NOOR).await;
    cognito.start(NOOR).await.fired(&[]).fails_with(
        "InvalidParameterException",
        "Custom auth lambda trigger is not configured for the user pool.",
    );
}

#[tokio::test]
async fn case_076_a_client_must_allow_custom_sign_in() {
    let cognito = TestCognito::with_triggers_and(|setup| {
        setup.client["ExplicitAuthFlows"] =
            json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    });
    cognito.join(NOOR).await;
    cognito.start(NOOR).await.fired(&[]).fails("InvalidParameterException");
}

#[tokio::test]
async fn case_077_a_session_belongs_to_one_user() {
    let cognito = joined().await;
    cognito.join("eve@example.com").await;
    let noor = cognito.start(NOOR).await.ok();
    let eve = cognito.start("eve@example.com").await.ok();
    let mut input = response(&noor, RIGHT);
    input["Session"] = eve["Session"].clone();
    cognito.run("RespondToAuthChallenge", input).await.fired(&[]).fails("NotAuthorizedException");
}

#[tokio::test]
async fn case_078_pre_authentication_in_a_custom_sign_in_is_an_option() {
    for runs in [false, true] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            assert!(!setup.settings.uncertain.pre_authentication_in_custom_auth);
            setup.settings.uncertain.pre_authentication_in_custom_auth = runs;
        });
        cognito.join(NOOR).await;
        let mut input = start(NOOR);
        input["ClientMetadata"] = json!({"a": "1"});
        let run = cognito.run("InitiateAuth", input).await;
        if runs {
            let run = run.fired(&["PreAuthentication_Authentication", DEFINE, CREATE]);
            assert_eq!(run.request(0)["validationData"], json!({"a": "1"}));
            run.ok();
        } else {
            run.fired(&[DEFINE, CREATE]).ok();
        }
    }
}

#[tokio::test]
async fn case_079_a_missing_answer_is_an_option() {
    for runs in [false, true] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            assert!(!setup.settings.uncertain.verify_without_answer);
            setup.settings.uncertain.verify_without_answer = runs;
        });
        cognito.join(NOOR).await;
        let open = cognito.start(NOOR).await.ok();
        let mut input = response(&open, RIGHT);
        let answers = input["ChallengeResponses"].as_object_mut().unwrap();
        answers.remove("ANSWER");
        let run = cognito.run("RespondToAuthChallenge", input).await;
        if runs {
            let run = run.fired(&[VERIFY, DEFINE, CREATE]);
            assert_eq!(run.request(0)["challengeAnswer"], "");
            run.ok();
        } else {
            run.fired(&[]).fails("InvalidParameterException");
        }
    }
}
