//! Cases 51 to 55: recovering a password and changing an address.

use serde_json::{Value, json};

use crate::stage::{GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, Stage};

const OTHER_ADDRESS: &str = "noor@example.org";

#[tokio::test]
async fn case_051_a_recovered_password_calls_post_confirmation() {
    let stage = forgetful().await;
    let run = stage
        .public("ConfirmForgotPassword", recovery(&stage))
        .await
        .fired(&["PostConfirmation_ConfirmForgotPassword"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    assert_eq!(run.events[0]["response"], json!({}));
    run.ok();
    stage.password(NOOR, OTHER_PASSWORD).await.tokens();
    stage.password(NOOR, PASSWORD).await.fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_052_a_failing_post_confirmation_leaves_the_password_changed() {
    let stage = forgetful().await;
    stage.fails("post-confirmation", "db down");
    stage
        .public("ConfirmForgotPassword", recovery(&stage))
        .await
        .fired(&["PostConfirmation_ConfirmForgotPassword"])
        .fails_with("UserLambdaValidationException", "PostConfirmation failed with error db down.");
    stage.password(NOOR, OTHER_PASSWORD).await.tokens();
}

#[tokio::test]
async fn case_053_a_new_address_is_sent_a_code() {
    let stage = Stage::new();
    let token = access_token(&stage).await;
    let input = json!({
        "AccessToken": token,
        "UserAttributes": [{"Name": "email", "Value": OTHER_ADDRESS}],
        "ClientMetadata": {"a": "1"},
    });
    let run = stage
        .public("UpdateUserAttributes", input)
        .await
        .fired(&["CustomMessage_UpdateUserAttribute"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    let reply = run.ok();
    let details = &reply["CodeDeliveryDetailsList"][0];
    assert_eq!(details["AttributeName"], "email");
    assert_eq!(details["DeliveryMedium"], "EMAIL");
    assert_eq!(stage.code(OTHER_ADDRESS).len(), 6);
}

#[tokio::test]
async fn case_054_code_verifies_an_address_without_a_trigger() {
    let stage = Stage::new();
    let token = access_token(&stage).await;
    let input = json!({
        "AccessToken": token,
        "AttributeName": "email",
        "ClientMetadata": {"a": "1"},
    });
    let run = stage
        .public("GetUserAttributeVerificationCode", input)
        .await
        .fired(&["CustomMessage_VerifyUserAttribute"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    assert_eq!(run.ok()["CodeDeliveryDetails"]["AttributeName"], "email");
    let input = json!({
        "AccessToken": token,
        "AttributeName": "email",
        "Code": stage.code(NOOR),
    });
    stage.public("VerifyUserAttribute", input).await.fired(&[]).ok();
    assert_eq!(stage.attribute(NOOR, "email_verified").await, "true");
}

#[tokio::test]
async fn case_055_a_permanent_password_confirms_without_a_trigger() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await.ok();
    let input = json!({"Username": NOOR, "Password": OTHER_PASSWORD, "Permanent": true});
    stage.signed("AdminSetUserPassword", input).await.fired(&[]).ok();
    assert_eq!(stage.status(NOOR).await, "CONFIRMED");
    stage.password(NOOR, OTHER_PASSWORD).await.tokens();
}

async fn forgetful() -> Stage {
    let stage = Stage::new();
    stage.join(NOOR).await;
    stage
        .public("ForgotPassword", json!({"Username": NOOR}))
        .await
        .fired(&["CustomMessage_ForgotPassword"])
        .ok();
    stage
}

fn recovery(stage: &Stage) -> Value {
    json!({
        "Username": NOOR,
        "ConfirmationCode": stage.code(NOOR),
        "Password": OTHER_PASSWORD,
        "ClientMetadata": {"a": "1"},
    })
}

async fn access_token(stage: &Stage) -> Value {
    stage.join(NOOR).await;
    let tokens = stage.password(NOOR, PASSWORD).await.tokens();
    tokens["AccessToken"].clone()
}
