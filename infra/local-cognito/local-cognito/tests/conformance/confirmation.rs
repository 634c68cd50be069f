//! Cases 20 to 29: confirming, and the messages on the way.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_cognito::journal::Entry;
use local_cognito::user_pool::CodelessMessage;
use local_cognito_testing::input::{arn, sign_up};
use local_cognito_testing::{NOOR, PASSWORD, TestCognito};
use serde_json::{Value, json};

#[tokio::test]
async fn case_020_the_right_code_confirms_and_metadata_reaches_the_trigger() {
    let cognito = TestCognito::with_triggers();
    cognito.sign_up(NOOR).await.ok();
    let mut input = confirmation(&cognito.code(NOOR));
    input["ClientMetadata"] = json!({"plan": "free"});
    let run = cognito.run("ConfirmSignUp", input).await.fired(&["PostConfirmation_ConfirmSignUp"]);
    let request = run.request(0);
    assert_eq!(request["clientMetadata"], json!({"plan": "free"}));
    assert_eq!(request["userAttributes"]["cognito:user_status"], "CONFIRMED");
    assert_eq!(request["userAttributes"]["email_verified"], "true");
    assert_eq!(run.events[0]["response"], json!({}));
    run.ok();
    assert_eq!(cognito.status(NOOR).await, "CONFIRMED");
    assert_eq!(cognito.attribute(NOOR, "email_verified").await, "true");
}

#[tokio::test]
async fn case_021_a_failing_post_confirmation_leaves_the_user_confirmed() {
    let cognito = TestCognito::with_triggers();
    cognito.fails("post-confirmation", "db down");
    cognito.sign_up(NOOR).await.ok();
    let input = confirmation(&cognito.code(NOOR));
    cognito
        .run("ConfirmSignUp", input.clone())
        .await
        .fired(&["PostConfirmation_ConfirmSignUp"])
        .fails_with("UserLambdaValidationException", "PostConfirmation failed with error db down.");
    assert_eq!(cognito.status(NOOR).await, "CONFIRMED");
    let text = cognito.run("ConfirmSignUp", input).await.fired(&[]).fails("NotAuthorizedException");
    assert_eq!(text, "User cannot be confirmed. Current status is CONFIRMED");
}

#[tokio::test]
async fn case_022_a_wrong_code_calls_no_trigger() {
    let cognito = TestCognito::with_triggers();
    cognito.sign_up(NOOR).await.ok();
    let wrong = if cognito.code(NOOR) == "123456" { "654321" } else { "123456" };
    cognito
        .run("ConfirmSignUp", confirmation(wrong))
        .await
        .fired(&[])
        .fails("CodeMismatchException");
    assert_eq!(cognito.status(NOOR).await, "UNCONFIRMED");
}

#[tokio::test]
async fn case_023_code_expires_after_a_day() {
    let cognito = TestCognito::with_triggers();
    cognito.sign_up(NOOR).await.ok();
    let input = confirmation(&cognito.code(NOOR));
    cognito.wait(24 * 60 * 60 + 1);
    cognito.run("ConfirmSignUp", input).await.fired(&[]).fails("ExpiredCodeException");
    assert_eq!(cognito.status(NOOR).await, "UNCONFIRMED");
}

#[tokio::test]
async fn case_024_an_administrator_confirms_without_a_client() {
    let cognito = TestCognito::with_triggers();
    cognito.sign_up(NOOR).await.ok();
    let input = json!({"Username": NOOR, "ClientMetadata": {"by": "desk"}});
    let run = cognito
        .run_signed("AdminConfirmSignUp", input)
        .await
        .fired(&["PostConfirmation_ConfirmSignUp"]);
    assert_eq!(run.events[0]["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    assert_eq!(run.request(0)["clientMetadata"], json!({"by": "desk"}));
    run.ok();
    assert_eq!(cognito.status(NOOR).await, "CONFIRMED");
}

#[tokio::test]
async fn case_025_an_alias_is_refused_or_moved_when_the_second_user_confirms() {
    let cognito = TestCognito::with_triggers_and(|setup| setup.aliases());
    for name in ["first", "second"] {
        cognito.run("SignUp", named(name)).await.ok();
        let input = json!({"Username": name, "ConfirmationCode": cognito.code(NOOR)});
        let run = cognito.run("ConfirmSignUp", input).await;
        if name == "first" {
            run.ok();
        } else {
            run.fired(&[])
                .fails_with("AliasExistsException", "An account with the email already exists.");
        }
    }
    assert_eq!(cognito.status("second").await, "UNCONFIRMED");
    let input = json!({
        "Username": "second",
        "ConfirmationCode": cognito.code(NOOR),
        "ForceAliasCreation": true,
    });
    cognito.run("ConfirmSignUp", input).await.fired(&["PostConfirmation_ConfirmSignUp"]).ok();
    assert_eq!(cognito.user(NOOR).await.ok()["Username"], "second");
    assert_eq!(cognito.attribute("first", "email_verified").await, "false");
}

#[tokio::test]
async fn case_026_a_code_is_sent_again() {
    let cognito = TestCognito::with_triggers();
    cognito.sign_up(NOOR).await.ok();
    let input = json!({"Username": NOOR, "ClientMetadata": {"locale": "fr"}});
    let run =
        cognito.run("ResendConfirmationCode", input).await.fired(&["CustomMessage_ResendCode"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"locale": "fr"}));
    assert_eq!(run.ok()["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert_eq!(cognito.outbox.to(NOOR).len(), 2);
    cognito.run("ConfirmSignUp", confirmation(&cognito.code(NOOR))).await.ok();
}

#[tokio::test]
async fn case_027_a_message_without_its_code_is_an_option() {
    for outcome in [CodelessMessage::Refused, CodelessMessage::DefaultText] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let default = setup.settings.uncertain.codeless_message;
            assert_eq!(default, CodelessMessage::Refused);
            setup.settings.uncertain.codeless_message = outcome;
        });
        cognito.answers("custom-message", json!({"emailMessage": "Welcome"}));
        let run = cognito.sign_up(NOOR).await.fired(&["PreSignUp_SignUp", "CustomMessage_SignUp"]);
        if outcome == CodelessMessage::Refused {
            run.fails("InvalidLambdaResponseException");
            assert!(cognito.outbox.to(NOOR).is_empty());
        } else {
            run.ok();
            assert_eq!(cognito.code(NOOR).len(), 6);
        }
    }
}

#[tokio::test]
async fn case_028_mail_text_needs_an_own_sender() {
    for (sender, accepted) in [("COGNITO_DEFAULT", false), ("DEVELOPER", true)] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            setup.pool["EmailConfiguration"]["EmailSendingAccount"] = json!(sender);
        });
        let text = json!({"emailMessage": "Your code is {####}", "emailSubject": "Hello"});
        cognito.answers("custom-message", text);
        let run = cognito.sign_up(NOOR).await;
        if accepted {
            run.ok();
            let message = cognito.outbox.to(NOOR).pop().unwrap();
            assert_eq!(message.subject, "Hello");
            assert_eq!(
                message.text,
                format!("Your code is {}", cognito.code(NOOR)),
                "the placeholder is replaced"
            );
        } else {
            run.fails("InvalidLambdaResponseException");
        }
    }
}

#[tokio::test]
async fn case_029_a_custom_sender_gets_the_code_and_its_failure_is_not_seen() {
    for beside in [true, false] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            setup.pool["LambdaConfig"]["KMSKeyID"] =
                json!("arn:aws:kms:eu-west-1:123456789012:key/1");
            setup.pool["LambdaConfig"]["CustomEmailSender"] =
                json!({"LambdaVersion": "V1_0", "LambdaArn": arn("custom-email-sender")});
            assert!(setup.settings.uncertain.custom_message_beside_sender);
            setup.settings.uncertain.custom_message_beside_sender = beside;
        });
        cognito.fails("custom-email-sender", "no mail today");
        let mark = cognito.journal.mark();
        let mut input = sign_up(NOOR);
        input["ClientMetadata"] = json!({"locale": "fr"});
        let reply = cognito.run("SignUp", input).await.ok();
        assert_eq!(reply["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
        assert!(cognito.outbox.to(NOOR).is_empty());

        let mut sources = vec!["PreSignUp_SignUp"];
        if beside {
            sources.push("CustomMessage_SignUp");
        }
        sources.push("CustomEmailSender_SignUp");
        for _ in 0..100 {
            if cognito.journal.sources_since(mark).len() >= sources.len() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(cognito.journal.sources_since(mark), sources);
        let Some(Entry::Invoked { event, .. }) = cognito.journal.since(mark).pop() else {
            panic!("no invocation");
        };
        assert_eq!(event["request"]["type"], "customEmailSenderRequestV1");
        assert_eq!(event["request"]["clientMetadata"], json!({"locale": "fr"}));
        assert_eq!(event["request"]["userAttributes"]["email"], NOOR);
        let code = event["request"]["code"].as_str().unwrap();
        assert!(STANDARD.decode(code).is_ok(), "{code}");
        assert!(event.get("response").is_none());
    }
}

fn confirmation(code: &str) -> Value {
    json!({"Username": NOOR, "ConfirmationCode": code})
}

fn named(name: &str) -> Value {
    let mut input = sign_up(NOOR);
    input["Username"] = json!(name);
    input["Password"] = json!(PASSWORD);
    input
}
