//! `AdminResetUserPassword`: the code, the state, and the sign-ins after it.

use local_cognito::functions::Outcome;
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, TestCognito, error};
use serde_json::{Value, json};

const NEW: &str = "Another-horse-2";

async fn status(cognito: &TestCognito) -> Value {
    cognito.signed("AdminGetUser", json!({"Username": NOOR})).await.unwrap()["UserStatus"].clone()
}

fn code(cognito: &TestCognito) -> String {
    let sent = cognito.outbox.to(NOOR);
    sent.last().unwrap().text.chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn reset_user_signs_in_again_after_the_code_alone() {
    for hides in ["LEGACY", "ENABLED"] {
        let cognito = TestCognito::with(|setup| {
            setup.change_client(&json!({"PreventUserExistenceErrors": hides}))
        });
        let reset = cognito.signed("AdminResetUserPassword", json!({"Username": NOOR})).await;
        assert_eq!(reset, Ok(json!({})));
        assert_eq!(status(&cognito).await, "RESET_REQUIRED");
        assert_eq!(
            error(cognito.sign_in(NOOR, PASSWORD).await),
            "PasswordResetRequiredException: Password reset required for the user"
        );
        let outcome = error(cognito.sign_in(NOOR, "Wrong-horse-1").await);
        assert!(!outcome.contains("reset"), "a wrong password tells nothing: {outcome}");
        let input = json!({
            "ClientId": CLIENT,
            "Username": NOOR,
            "ConfirmationCode": code(&cognito),
            "Password": NEW,
        });
        cognito.public("ConfirmForgotPassword", input).await.unwrap();
        assert_eq!(status(&cognito).await, "CONFIRMED");
        assert!(cognito.sign_in(NOOR, NEW).await.is_ok());
    }
}

#[tokio::test]
async fn user_in_another_state_cannot_be_reset() {
    let current = "NotAuthorizedException: User password cannot be reset in the current state.";
    let no_address = "InvalidParameterException: Cannot reset password for the user as there is \
                      no registered/verified email or phone_number";
    let cases: [(&str, Value, &str); 4] = [
        ("AdminDisableUser", json!({}), "NotAuthorizedException: User is disabled."),
        ("AdminSetUserPassword", json!({"Password": NEW, "Permanent": false}), current),
        (
            "AdminUpdateUserAttributes",
            json!({"UserAttributes": [{"Name": "email_verified", "Value": "false"}]}),
            no_address,
        ),
        (
            "AdminDeleteUserAttributes",
            json!({"UserAttributeNames": ["email_verified"]}),
            no_address,
        ),
    ];
    for (action, mut input, expected) in cases {
        let cognito = TestCognito::new();
        input["Username"] = json!(NOOR);
        cognito.signed(action, input).await.unwrap();
        let before = status(&cognito).await;
        let outcome = cognito.signed("AdminResetUserPassword", json!({"Username": NOOR})).await;
        assert_eq!(error(outcome), expected, "{action}");
        assert_eq!(status(&cognito).await, before, "{action}");
        assert_eq!(cognito.outbox.all(), [], "{action}");
    }
    let cognito = TestCognito::new();
    let sign_up = json!({"ClientId": CLIENT, "Username": "liv@example.com", "Password": NEW});
    cognito.public("SignUp", sign_up).await.unwrap();
    let liv = json!({"Username": "liv@example.com"});
    assert_eq!(error(cognito.signed("AdminResetUserPassword", liv).await), current);
    let none = json!({"Username": "none@example.com"});
    let outcome = cognito.signed("AdminResetUserPassword", none).await;
    assert_eq!(error(outcome), "UserNotFoundException: User does not exist.");
}

#[tokio::test]
async fn custom_message_sees_the_reset_without_a_client() {
    let cognito = TestCognito::new();
    let lambda = json!({"CustomMessage": "arn:aws:lambda:eu-west-1:000000000000:function:words"});
    let settings = json!({"LambdaConfig": lambda, "AutoVerifiedAttributes": ["email"]});
    cognito.signed("UpdateUserPool", settings).await.unwrap();
    let (sender, events) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    cognito.functions.script("words", move |event| {
        sender.lock().unwrap().send(event.clone()).unwrap();
        Outcome::Returned(event.to_string().into_bytes())
    });
    let input = json!({"Username": NOOR, "ClientMetadata": {"why": "lost"}});
    cognito.signed("AdminResetUserPassword", input).await.unwrap();
    let event: Value = events.try_recv().unwrap();
    assert_eq!(event["triggerSource"], "CustomMessage_ForgotPassword");
    assert_eq!(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    assert_eq!(event["request"]["clientMetadata"], json!({"why": "lost"}));
    assert_eq!(event["request"]["userAttributes"]["cognito:user_status"], "RESET_REQUIRED");
}
