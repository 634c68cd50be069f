//! Cases 30 to 36 and 39 to 44: signing in with a password, and refreshing.

use local_cognito_testing::input::is_uuid;
use local_cognito_testing::{GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, TestCognito};
use serde_json::json;

const SIGNED_IN: [&str; 3] = [
    "PreAuthentication_Authentication",
    "PostAuthentication_Authentication",
    "TokenGeneration_Authentication",
];

#[tokio::test]
async fn case_030_metadata_of_the_start_reaches_pre_authentication_only() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    let input = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": NOOR, "PASSWORD": PASSWORD},
        "ClientMetadata": {"a": "1"},
    });
    let run = cognito.run("InitiateAuth", input).await.fired(&SIGNED_IN);
    assert_eq!(run.request(0)["validationData"], json!({"a": "1"}));
    for index in 0..3 {
        assert!(run.request(index).get("clientMetadata").is_none());
    }
    assert!(run.request(1).get("newDeviceUsed").is_none());
    assert_eq!(run.events[0]["response"], json!({}));
    assert_eq!(run.events[1]["response"], json!({}));
    assert!(run.request(2).get("groupConfiguration").is_some());
    assert_eq!(run.events[2]["response"], json!({"claimsOverrideDetails": null}));
    let tokens = run.tokens();
    assert!(tokens["RefreshToken"].is_string());
    assert_eq!(tokens["TokenType"], "Bearer");
    assert_eq!(tokens["ExpiresIn"], 3600);

    let run = cognito.password(NOOR, PASSWORD).await;
    assert_eq!(run.request(0).get("validationData"), Some(&json!(null)));
}

#[tokio::test]
async fn case_031_a_wrong_password_is_seen_by_pre_authentication_alone() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    cognito
        .password(NOOR, OTHER_PASSWORD)
        .await
        .fired(&SIGNED_IN[..1])
        .fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_032_pre_authentication_can_refuse() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    cognito.fails("pre-authentication", "blocked");
    cognito.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..1]).fails_with(
        "UserLambdaValidationException",
        "PreAuthentication failed with error blocked.",
    );
}

#[tokio::test]
async fn case_033_legacy_client_gets_an_error_for_an_unknown_user() {
    let cognito = TestCognito::with_triggers();
    cognito
        .password(NOOR, PASSWORD)
        .await
        .fired(&[])
        .fails_with("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn case_034_an_unknown_user_looks_like_a_wrong_password() {
    let cognito = TestCognito::with_triggers_and(|setup| setup.hide_existence());
    let run = cognito.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..1]);
    assert_eq!(run.request(0)["userNotFound"], true);
    assert_eq!(run.request(0)["userAttributes"], json!({}));
    run.fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_035_a_failing_post_authentication_withholds_the_tokens() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    cognito.fails("post-authentication", "not now");
    cognito.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..2]).fails_with(
        "UserLambdaValidationException",
        "PostAuthentication failed with error not now.",
    );
}

#[tokio::test]
async fn case_036_an_unconfirmed_user_cannot_sign_in() {
    for (runs, at_once) in [(true, true), (true, false), (false, true), (false, false)] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let open = &mut setup.settings.uncertain;
            assert!(open.pre_authentication_for_unconfirmed && open.unconfirmed_before_password);
            open.pre_authentication_for_unconfirmed = runs;
            open.unconfirmed_before_password = at_once;
        });
        cognito.sign_up(NOOR).await.ok();
        let fired = if runs { &SIGNED_IN[..1] } else { &[] };
        cognito
            .password(NOOR, PASSWORD)
            .await
            .fired(fired)
            .fails_with("UserNotConfirmedException", "User is not confirmed.");
        let wrong = cognito.password(NOOR, OTHER_PASSWORD).await.fired(fired);
        if at_once {
            wrong.fails_with("UserNotConfirmedException", "User is not confirmed.");
        } else {
            wrong.fails_with("NotAuthorizedException", GENERIC);
        }
    }
}

#[tokio::test]
async fn case_039_a_temporary_password_must_be_replaced() {
    for runs in [true, false] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let uncertain = &mut setup.settings.uncertain;
            assert!(uncertain.post_authentication_after_new_password);
            uncertain.post_authentication_after_new_password = runs;
        });
        let input = json!({
            "Username": NOOR,
            "TemporaryPassword": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": NOOR}],
        });
        cognito.run_signed("AdminCreateUser", input).await.ok();
        let open = cognito.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..1]).ok();
        assert_eq!(open["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        let user_name = open["ChallengeParameters"]["USER_ID_FOR_SRP"].clone();
        assert!(is_uuid(&user_name), "{open}");
        let input = json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": open["Session"],
            "ChallengeResponses": {"USERNAME": user_name, "NEW_PASSWORD": OTHER_PASSWORD},
        });
        let last = "TokenGeneration_NewPasswordChallenge";
        let fired = if runs { vec![SIGNED_IN[1], last] } else { vec![last] };
        cognito.run("RespondToAuthChallenge", input).await.fired(&fired).tokens();
        assert_eq!(cognito.status(NOOR).await, "CONFIRMED");
        cognito.password(NOOR, OTHER_PASSWORD).await.tokens();
    }
}

#[tokio::test]
async fn case_040_a_refresh_calls_token_generation_only() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    let tokens = cognito.password(NOOR, PASSWORD).await.tokens();
    let input = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
        "ClientMetadata": {"a": "1"},
    });
    let run = cognito.run("InitiateAuth", input).await.fired(&["TokenGeneration_RefreshTokens"]);
    assert!(run.request(0).get("clientMetadata").is_none());
    assert!(run.tokens().get("RefreshToken").is_none());
}

#[tokio::test]
async fn case_041_get_tokens_from_refresh_token_carries_metadata() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    let tokens = cognito.password(NOOR, PASSWORD).await.tokens();
    let input = json!({
        "RefreshToken": tokens["RefreshToken"],
        "ClientMetadata": {"a": "1"},
    });
    let run = cognito
        .run("GetTokensFromRefreshToken", input)
        .await
        .fired(&["TokenGeneration_Authentication"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    run.tokens();
}

#[tokio::test]
async fn case_042_a_failing_token_generation_refreshes_nothing() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    let tokens = cognito.password(NOOR, PASSWORD).await.tokens();
    cognito.fails("pre-token-generation", "no claims");
    let input = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
    });
    cognito.run("InitiateAuth", input).await.fired(&["TokenGeneration_RefreshTokens"]).fails_with(
        "UserLambdaValidationException",
        "PreTokenGeneration failed with error no claims.",
    );
}

#[tokio::test]
async fn case_043_the_sixth_wrong_password_is_locked_out() {
    for runs in [true, false] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            assert!(setup.settings.uncertain.pre_authentication_while_locked);
            setup.settings.uncertain.pre_authentication_while_locked = runs;
        });
        cognito.join(NOOR).await;
        for _ in 0..5 {
            cognito
                .password(NOOR, OTHER_PASSWORD)
                .await
                .fired(&SIGNED_IN[..1])
                .fails_with("NotAuthorizedException", GENERIC);
        }
        let fired = if runs { &SIGNED_IN[..1] } else { &[] };
        cognito
            .password(NOOR, PASSWORD)
            .await
            .fired(fired)
            .fails_with("NotAuthorizedException", "Password attempts exceeded");
        cognito.wait(16 * 60);
        cognito.password(NOOR, PASSWORD).await.tokens();
    }
}

#[tokio::test]
async fn case_044_letter_case_changes_nothing_where_the_pool_says_so() {
    let cognito = TestCognito::with_triggers_and(|setup| {
        setup.pool["UsernameConfiguration"] = json!({"CaseSensitive": false});
    });
    cognito.join(NOOR).await;
    let name = cognito.user(NOOR).await.ok()["Username"].clone();
    let run = cognito.password("NOOR@EXAMPLE.COM", PASSWORD).await.fired(&SIGNED_IN);
    for event in &run.events {
        assert_eq!(event["userName"], name);
        assert_eq!(event["request"]["userAttributes"]["email"], NOOR);
    }
    run.tokens();
}
