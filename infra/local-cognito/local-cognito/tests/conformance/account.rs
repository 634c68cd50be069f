//! Cases 51 to 55: recovering a password and changing an address.

use local_cognito_testing::{GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, TestCognito};
use serde_json::{Value, json};

const OTHER_ADDRESS: &str = "noor@example.org";

#[tokio::test]
async fn case_051_a_recovered_password_calls_post_confirmation() {
    let cognito = forgetful().await;
    let run = cognito
        .run("ConfirmForgotPassword", recovery(&cognito))
        .await
        .fired(&["PostConfirmation_ConfirmForgotPassword"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    assert_eq!(run.events[0]["response"], json!({}));
    run.ok();
    cognito.password(NOOR, OTHER_PASSWORD).await.tokens();
    cognito.password(NOOR, PASSWORD).await.fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_052_a_failing_post_confirmation_leaves_the_password_changed() {
    let cognito = forgetful().await;
    cognito.fails("post-confirmation", "db down");
    cognito
        .run("ConfirmForgotPassword", recovery(&cognito))
        .await
        .fired(&["PostConfirmation_ConfirmForgotPassword"])
        .fails_with("UserLambdaValidationException", "PostConfirmation failed with error db down.");
    cognito.password(NOOR, OTHER_PASSWORD).await.tokens();
}

#[tokio::test]
async fn case_053_a_new_address_is_sent_a_code() {
    let cognito = TestCognito::with_triggers();
    let token = access_token(&cognito).await;
    let input = json!({
        "AccessToken": token,
        "UserAttributes": [{"Name": "email", "Value": OTHER_ADDRESS}],
        "ClientMetadata": {"a": "1"},
    });
    let run = cognito
        .run("UpdateUserAttributes", input)
        .await
        .fired(&["CustomMessage_UpdateUserAttribute"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    let reply = run.ok();
    let details = &reply["CodeDeliveryDetailsList"][0];
    assert_eq!(details["AttributeName"], "email");
    assert_eq!(details["DeliveryMedium"], "EMAIL");
    assert_eq!(cognito.code(OTHER_ADDRESS).len(), 6);
}

#[tokio::test]
async fn case_054_code_verifies_an_address_without_a_trigger() {
    let cognito = TestCognito::with_triggers();
    let token = access_token(&cognito).await;
    let input = json!({
        "AccessToken": token,
        "AttributeName": "email",
        "ClientMetadata": {"a": "1"},
    });
    let run = cognito
        .run("GetUserAttributeVerificationCode", input)
        .await
        .fired(&["CustomMessage_VerifyUserAttribute"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    assert_eq!(run.ok()["CodeDeliveryDetails"]["AttributeName"], "email");
    let input = json!({
        "AccessToken": token,
        "AttributeName": "email",
        "Code": cognito.code(NOOR),
    });
    cognito.run("VerifyUserAttribute", input).await.fired(&[]).ok();
    assert_eq!(cognito.attribute(NOOR, "email_verified").await, "true");
}

#[tokio::test]
async fn case_055_a_permanent_password_confirms_without_a_trigger() {
    let cognito = TestCognito::with_triggers();
    cognito.sign_up(NOOR).await.ok();
    let input = json!({"Username": NOOR, "Password": OTHER_PASSWORD, "Permanent": true});
    cognito.run_signed("AdminSetUserPassword", input).await.fired(&[]).ok();
    assert_eq!(cognito.status(NOOR).await, "CONFIRMED");
    cognito.password(NOOR, OTHER_PASSWORD).await.tokens();
}

async fn forgetful() -> TestCognito {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    cognito
        .run("ForgotPassword", json!({"Username": NOOR}))
        .await
        .fired(&["CustomMessage_ForgotPassword"])
        .ok();
    cognito
}

fn recovery(cognito: &TestCognito) -> Value {
    json!({
        "Username": NOOR,
        "ConfirmationCode": cognito.code(NOOR),
        "Password": OTHER_PASSWORD,
        "ClientMetadata": {"a": "1"},
    })
}

async fn access_token(cognito: &TestCognito) -> Value {
    cognito.join(NOOR).await;
    let tokens = cognito.password(NOOR, PASSWORD).await.tokens();
    tokens["AccessToken"].clone()
}
