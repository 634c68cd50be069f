//! Cases 30 to 36 and 39 to 44: signing in with a password, and refreshing.

use serde_json::json;

use crate::input::is_uuid;
use crate::stage::{GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, Stage};

const SIGNED_IN: [&str; 3] = [
    "PreAuthentication_Authentication",
    "PostAuthentication_Authentication",
    "TokenGeneration_Authentication",
];

#[tokio::test]
async fn case_030_metadata_of_the_start_reaches_pre_authentication_only() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    let input = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": NOOR, "PASSWORD": PASSWORD},
        "ClientMetadata": {"a": "1"},
    });
    let run = stage.public("InitiateAuth", input).await.fired(&SIGNED_IN);
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

    let run = stage.password(NOOR, PASSWORD).await;
    assert_eq!(run.request(0).get("validationData"), Some(&json!(null)));
}

#[tokio::test]
async fn case_031_a_wrong_password_is_seen_by_pre_authentication_alone() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    stage
        .password(NOOR, OTHER_PASSWORD)
        .await
        .fired(&SIGNED_IN[..1])
        .fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_032_pre_authentication_can_refuse() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    stage.fails("pre-authentication", "blocked");
    stage.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..1]).fails_with(
        "UserLambdaValidationException",
        "PreAuthentication failed with error blocked.",
    );
}

#[tokio::test]
async fn case_033_legacy_client_gets_an_error_for_an_unknown_user() {
    let stage = Stage::new();
    stage
        .password(NOOR, PASSWORD)
        .await
        .fired(&[])
        .fails_with("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn case_034_an_unknown_user_looks_like_a_wrong_password() {
    let stage = Stage::with(|plan| plan.hide_existence());
    let run = stage.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..1]);
    assert_eq!(run.request(0)["userNotFound"], true);
    assert_eq!(run.request(0)["userAttributes"], json!({}));
    run.fails_with("NotAuthorizedException", GENERIC);
}

#[tokio::test]
async fn case_035_a_failing_post_authentication_withholds_the_tokens() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    stage.fails("post-authentication", "not now");
    stage.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..2]).fails_with(
        "UserLambdaValidationException",
        "PostAuthentication failed with error not now.",
    );
}

#[tokio::test]
async fn case_036_an_unconfirmed_user_cannot_sign_in() {
    for (runs, at_once) in [(true, true), (true, false), (false, true), (false, false)] {
        let stage = Stage::with(|plan| {
            let open = &mut plan.settings.uncertain;
            assert!(open.pre_authentication_for_unconfirmed && open.unconfirmed_before_password);
            open.pre_authentication_for_unconfirmed = runs;
            open.unconfirmed_before_password = at_once;
        });
        stage.sign_up(NOOR).await.ok();
        let fired = if runs { &SIGNED_IN[..1] } else { &[] };
        stage
            .password(NOOR, PASSWORD)
            .await
            .fired(fired)
            .fails_with("UserNotConfirmedException", "User is not confirmed.");
        let wrong = stage.password(NOOR, OTHER_PASSWORD).await.fired(fired);
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
        let stage = Stage::with(|plan| {
            let uncertain = &mut plan.settings.uncertain;
            assert!(uncertain.post_authentication_after_new_password);
            uncertain.post_authentication_after_new_password = runs;
        });
        let input = json!({
            "Username": NOOR,
            "TemporaryPassword": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": NOOR}],
        });
        stage.signed("AdminCreateUser", input).await.ok();
        let open = stage.password(NOOR, PASSWORD).await.fired(&SIGNED_IN[..1]).ok();
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
        stage.public("RespondToAuthChallenge", input).await.fired(&fired).tokens();
        assert_eq!(stage.status(NOOR).await, "CONFIRMED");
        stage.password(NOOR, OTHER_PASSWORD).await.tokens();
    }
}

#[tokio::test]
async fn case_040_a_refresh_calls_token_generation_only() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    let tokens = stage.password(NOOR, PASSWORD).await.tokens();
    let input = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
        "ClientMetadata": {"a": "1"},
    });
    let run = stage.public("InitiateAuth", input).await.fired(&["TokenGeneration_RefreshTokens"]);
    assert!(run.request(0).get("clientMetadata").is_none());
    assert!(run.tokens().get("RefreshToken").is_none());
}

#[tokio::test]
async fn case_041_get_tokens_from_refresh_token_carries_metadata() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    let tokens = stage.password(NOOR, PASSWORD).await.tokens();
    let input = json!({
        "RefreshToken": tokens["RefreshToken"],
        "ClientMetadata": {"a": "1"},
    });
    let run = stage
        .public("GetTokensFromRefreshToken", input)
        .await
        .fired(&["TokenGeneration_Authentication"]);
    assert_eq!(run.request(0)["clientMetadata"], json!({"a": "1"}));
    run.tokens();
}

#[tokio::test]
async fn case_042_a_failing_token_generation_refreshes_nothing() {
    let stage = Stage::new();
    stage.join(NOOR).await;
    let tokens = stage.password(NOOR, PASSWORD).await.tokens();
    stage.fails("pre-token-generation", "no claims");
    let input = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
    });
    stage.public("InitiateAuth", input).await.fired(&["TokenGeneration_RefreshTokens"]).fails_with(
        "UserLambdaValidationException",
        "PreTokenGeneration failed with error no claims.",
    );
}

#[tokio::test]
async fn case_043_the_sixth_wrong_password_is_locked_out() {
    for runs in [true, false] {
        let stage = Stage::with(|plan| {
            assert!(plan.settings.uncertain.pre_authentication_while_locked);
            plan.settings.uncertain.pre_authentication_while_locked = runs;
        });
        stage.join(NOOR).await;
        for _ in 0..5 {
            stage
                .password(NOOR, OTHER_PASSWORD)
                .await
                .fired(&SIGNED_IN[..1])
                .fails_with("NotAuthorizedException", GENERIC);
        }
        let fired = if runs { &SIGNED_IN[..1] } else { &[] };
        stage
            .password(NOOR, PASSWORD)
            .await
            .fired(fired)
            .fails_with("NotAuthorizedException", "Password attempts exceeded");
        stage.wait(16 * 60);
        stage.password(NOOR, PASSWORD).await.tokens();
    }
}

#[tokio::test]
async fn case_044_letter_case_changes_nothing_where_the_pool_says_so() {
    let stage = Stage::with(|plan| {
        plan.pool["UsernameConfiguration"] = json!({"CaseSensitive": false});
    });
    stage.join(NOOR).await;
    let name = stage.user(NOOR).await.ok()["Username"].clone();
    let run = stage.password("NOOR@EXAMPLE.COM", PASSWORD).await.fired(&SIGNED_IN);
    for event in &run.events {
        assert_eq!(event["userName"], name);
        assert_eq!(event["request"]["userAttributes"]["email"], NOOR);
    }
    run.tokens();
}
