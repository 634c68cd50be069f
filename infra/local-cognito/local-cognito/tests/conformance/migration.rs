//! Cases 45 to 50: users who are elsewhere, or nowhere.

use local_cognito_testing::{GENERIC, NOOR, PASSWORD, Setup, TestCognito};
use serde_json::{Value, json};

const MIGRATION: &str = "UserMigration_Authentication";

#[tokio::test]
async fn case_045_a_migrated_user_is_stored_and_signed_in() {
    for runs in [true, false] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            migrating(setup);
            assert!(setup.settings.uncertain.pre_authentication_after_migration);
            setup.settings.uncertain.pre_authentication_after_migration = runs;
        });
        cognito.answers("user-migration", migrated(Some("CONFIRMED")));
        let mut expected = vec![MIGRATION];
        if runs {
            expected.push("PreAuthentication_Authentication");
        }
        expected.push("PostAuthentication_Authentication");
        expected.push("TokenGeneration_Authentication");
        let run = cognito.password(NOOR, PASSWORD).await.fired(&expected);
        assert_eq!(run.events[0]["userName"], NOOR);
        let request = run.request(0);
        assert_eq!(request["password"], PASSWORD);
        assert_eq!(request.get("validationData"), Some(&json!(null)));
        assert_eq!(request.get("userAttributes"), Some(&json!(null)));
        assert_eq!(
            run.events[0]["response"],
            json!({
                "userAttributes": null,
                "forceAliasCreation": null,
                "enableSMSMFA": null,
                "finalUserStatus": null,
                "messageAction": null,
                "desiredDeliveryMediums": null,
            })
        );
        run.tokens();
        assert_eq!(cognito.status(NOOR).await, "CONFIRMED");
        assert_eq!(cognito.attribute(NOOR, "email_verified").await, "true");
        assert!(cognito.outbox.to(NOOR).is_empty());
        let again = cognito.password(NOOR, PASSWORD).await;
        assert_ne!(again.events[0]["triggerSource"], MIGRATION);
        again.tokens();
    }
}

#[tokio::test]
async fn case_046_a_migrated_user_without_a_status_must_reset_the_password() {
    let cognito = TestCognito::with_triggers_and(migrating);
    cognito.answers("user-migration", migrated(None));
    cognito
        .password(NOOR, PASSWORD)
        .await
        .fired(&[MIGRATION])
        .fails("PasswordResetRequiredException");
    assert_eq!(cognito.status(NOOR).await, "RESET_REQUIRED");
}

#[tokio::test]
async fn case_047_empty_migration_leaves_the_user_unknown() {
    let cognito = TestCognito::with_triggers_and(migrating);
    cognito.answers("user-migration", json!({}));
    cognito
        .password(NOOR, PASSWORD)
        .await
        .fired(&[MIGRATION])
        .fails_with("UserNotFoundException", "User does not exist.");
    cognito.is_unknown(NOOR).await;

    let cognito = TestCognito::with_triggers_and(|setup| {
        migrating(setup);
        setup.hide_existence();
    });
    cognito.answers("user-migration", json!({}));
    let run = cognito
        .password(NOOR, PASSWORD)
        .await
        .fired(&[MIGRATION, "PreAuthentication_Authentication"]);
    assert_eq!(run.request(1)["userNotFound"], true);
    run.fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_048_sign_in_without_the_password_migrates_no_user() {
    let cognito = TestCognito::with_triggers_and(migrating);
    cognito.answers("user-migration", migrated(Some("CONFIRMED")));
    let input = json!({
        "AuthFlow": "USER_SRP_AUTH",
        "AuthParameters": {"USERNAME": NOOR, "SRP_A": "a1".repeat(384)},
    });
    cognito
        .run("InitiateAuth", input)
        .await
        .fired(&[])
        .fails_with("UserNotFoundException", "User does not exist.");
    cognito
        .start(NOOR)
        .await
        .fired(&[])
        .fails_with("UserNotFoundException", "User does not exist.");
    cognito.is_unknown(NOOR).await;
}

#[tokio::test]
async fn case_049_a_forgotten_password_migrates_the_user_first() {
    let cognito = TestCognito::with_triggers_and(migrating);
    cognito.answers("user-migration", migrated(Some("CONFIRMED")));
    let input = json!({"Username": NOOR, "ClientMetadata": {"locale": "fr"}});
    let run = cognito
        .run("ForgotPassword", input)
        .await
        .fired(&["UserMigration_ForgotPassword", "CustomMessage_ForgotPassword"]);
    let request = run.request(0);
    assert!(request.get("password").is_none_or(Value::is_null));
    assert_eq!(request["clientMetadata"], json!({"locale": "fr"}));
    assert_eq!(run.request(1)["clientMetadata"], json!({"locale": "fr"}));
    assert_eq!(run.ok()["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert_eq!(cognito.code(NOOR).len(), 6);
}

#[tokio::test]
async fn case_050_recovery_of_an_unknown_user_looks_delivered() {
    let cognito = TestCognito::with_triggers_and(|setup| setup.hide_existence());
    let reply = cognito.run("ForgotPassword", json!({"Username": NOOR})).await.fired(&[]).ok();
    assert_eq!(reply["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert!(reply["CodeDeliveryDetails"]["Destination"].is_string());
    assert!(cognito.outbox.all().is_empty());
}

fn migrating(setup: &mut Setup) {
    setup.trigger("UserMigration", "user-migration");
}

fn migrated(status: Option<&str>) -> Value {
    let mut response = json!({
        "userAttributes": {"email": NOOR, "email_verified": "true"},
        "messageAction": "SUPPRESS",
    });
    if let Some(status) = status {
        response["finalUserStatus"] = json!(status);
    }
    response
}
