//! Cases 1 to 6 and 13 to 19: who comes into being.

use local_cognito_testing::input::{is_uuid, sign_up};
use local_cognito_testing::{CLIENT, NOOR, POOL, TestCognito};
use serde_json::json;

#[tokio::test]
async fn case_001_an_unchanged_event_leaves_the_user_unconfirmed() {
    let cognito = TestCognito::with_triggers();
    let run = cognito.sign_up(NOOR).await.fired(&["PreSignUp_SignUp", "CustomMessage_SignUp"]);

    let event = &run.events[0];
    assert_eq!(event["version"], "1");
    assert_eq!(event["region"], "eu-west-1");
    assert_eq!(event["userPoolId"], POOL);
    assert!(is_uuid(&event["userName"]), "{}", event["userName"]);
    assert_eq!(event["callerContext"]["clientId"], CLIENT);
    assert!(event["callerContext"]["awsSdkVersion"].is_string());
    assert_eq!(event["request"]["userAttributes"], json!({"email": NOOR}));
    assert_eq!(
        event["response"],
        json!({"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false})
    );

    let message = run.request(1);
    assert_eq!(message["codeParameter"], "{####}");
    assert_eq!(message["linkParameter"], "{##Click Here##}");
    assert_eq!(message["usernameParameter"], json!(null));
    assert_eq!(message["userAttributes"]["cognito:user_status"], "UNCONFIRMED");
    assert!(is_uuid(&message["userAttributes"]["sub"]));
    assert!(message.get("clientMetadata").is_none());
    assert_eq!(
        run.events[1]["response"],
        json!({"smsMessage": null, "emailMessage": null, "emailSubject": null})
    );

    let reply = run.ok();
    assert_eq!(reply["UserConfirmed"], false);
    assert!(is_uuid(&reply["UserSub"]));
    assert_eq!(reply["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert_eq!(reply["CodeDeliveryDetails"]["AttributeName"], "email");
    assert_ne!(reply["CodeDeliveryDetails"]["Destination"], NOOR);
    assert_eq!(cognito.status(NOOR).await, "UNCONFIRMED");
    assert_eq!(cognito.code(NOOR).len(), 6);
}

#[tokio::test]
async fn case_002_no_validation_data_is_null_and_no_metadata_is_absent() {
    let cognito = TestCognito::with_triggers();
    let run = cognito.sign_up(NOOR).await;
    let request = run.request(0);
    assert_eq!(request.get("validationData"), Some(&json!(null)));
    assert_eq!(request.get("clientMetadata"), None);
    run.ok();
}

#[tokio::test]
async fn case_003_both_maps_reach_the_trigger_and_are_not_stored() {
    let cognito = TestCognito::with_triggers();
    let mut input = sign_up(NOOR);
    input["ValidationData"] = json!([{"Name": "invitation", "Value": "abc"}]);
    input["ClientMetadata"] = json!({"locale": "fr"});
    let run = cognito.run("SignUp", input).await;
    assert_eq!(run.request(0)["validationData"], json!({"invitation": "abc"}));
    assert_eq!(run.request(0)["clientMetadata"], json!({"locale": "fr"}));
    assert_eq!(run.request(1)["clientMetadata"], json!({"locale": "fr"}));
    assert!(run.request(1).get("validationData").is_none());
    run.ok();
    for name in ["invitation", "locale"] {
        assert_eq!(cognito.attribute(NOOR, name).await, json!(null));
    }
}

#[tokio::test]
async fn case_004_auto_confirm_confirms_at_once_and_sends_nothing() {
    let cognito = TestCognito::with_triggers();
    cognito.answers("pre-sign-up", json!({"autoConfirmUser": true}));
    let mut input = sign_up(NOOR);
    input["ClientMetadata"] = json!({"locale": "fr"});
    let run = cognito
        .run("SignUp", input)
        .await
        .fired(&["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]);
    assert_eq!(run.request(1)["clientMetadata"], json!({"locale": "fr"}));
    assert_eq!(run.events[1]["response"], json!({}));
    let reply = run.ok();
    assert_eq!(reply["UserConfirmed"], true);
    assert!(reply.get("CodeDeliveryDetails").is_none());
    assert_eq!(cognito.status(NOOR).await, "CONFIRMED");
    assert!(cognito.outbox.to(NOOR).is_empty());
}

#[tokio::test]
async fn case_005_auto_verify_marks_the_address_verified() {
    let cognito = TestCognito::with_triggers();
    cognito.answers("pre-sign-up", json!({"autoConfirmUser": true, "autoVerifyEmail": true}));
    let run = cognito.sign_up(NOOR).await;
    assert_eq!(run.events[0]["triggerSource"], "PreSignUp_SignUp");
    run.ok();
    assert_eq!(cognito.attribute(NOOR, "email_verified").await, "true");
}

#[tokio::test]
async fn case_006_auto_verify_without_an_address_is_an_error() {
    for kind in [None, Some("UserLambdaValidationException")] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            setup.aliases();
            if let Some(kind) = kind {
                setup.settings.uncertain.verified_without_address_kind = kind.to_owned();
            }
        });
        cognito.answers("pre-sign-up", json!({"autoConfirmUser": true, "autoVerifyEmail": true}));
        let mut input = sign_up("noor");
        input["UserAttributes"] = json!([]);
        cognito
            .run("SignUp", input)
            .await
            .fired(&["PreSignUp_SignUp"])
            .fails(kind.unwrap_or("InvalidParameterException"));
        cognito.is_unknown("noor").await;
    }
}

#[tokio::test]
async fn case_016_a_taken_address_cannot_sign_up_again() {
    for (runs, fired) in [(true, &["PreSignUp_SignUp"][..]), (false, &[])] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let default = setup.settings.uncertain.pre_sign_up_for_taken_name;
            assert!(default, "the default is the harder one");
            setup.settings.uncertain.pre_sign_up_for_taken_name = runs;
        });
        cognito.sign_up(NOOR).await.ok();
        cognito.sign_up(NOOR).await.fired(fired).fails_with(
            "UsernameExistsException",
            "An account with the given email already exists.",
        );
    }
}

#[tokio::test]
async fn case_017_an_administrator_creates_a_user_who_must_change_the_password() {
    let cognito = TestCognito::with_triggers();
    let run = cognito
        .run_signed("AdminCreateUser", created())
        .await
        .fired(&["PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser"]);
    for event in &run.events {
        assert_eq!(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    }
    assert_eq!(run.request(1)["usernameParameter"], "{username}");
    assert_eq!(run.request(1)["codeParameter"], "{####}");
    assert_eq!(run.ok()["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    assert_eq!(cognito.outbox.to(NOOR).len(), 1);
}

#[tokio::test]
async fn case_018_the_flags_mean_nothing_when_an_administrator_creates() {
    let cognito = TestCognito::with_triggers();
    cognito.answers("pre-sign-up", json!({"autoConfirmUser": true, "autoVerifyEmail": true}));
    cognito
        .run_signed("AdminCreateUser", created())
        .await
        .fired(&["PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser"])
        .ok();
    assert_eq!(cognito.status(NOOR).await, "FORCE_CHANGE_PASSWORD");
    assert_ne!(cognito.attribute(NOOR, "email_verified").await, "true");
}

#[tokio::test]
async fn case_019_suppress_sends_no_message() {
    let cognito = TestCognito::with_triggers();
    let mut input = created();
    input["MessageAction"] = json!("SUPPRESS");
    cognito.run_signed("AdminCreateUser", input).await.fired(&["PreSignUp_AdminCreateUser"]).ok();
    assert!(cognito.outbox.to(NOOR).is_empty());
}

fn created() -> serde_json::Value {
    json!({
        "Username": NOOR,
        "UserAttributes": [{"Name": "email", "Value": NOOR}],
    })
}
