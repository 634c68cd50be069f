//! Cases 81 to 87 and 90: what token generation may change.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_cognito_testing::input::arn;
use local_cognito_testing::{NOOR, PASSWORD, Run, Setup, TestCognito};
use serde_json::{Value, json};

#[tokio::test]
async fn case_081_version_one_adds_a_claim_and_keeps_the_groups() {
    let cognito = member(|_| {}).await;
    let changes = json!({"claimsToAddOrOverride": {"plan": "free"}});
    cognito.answers("pre-token-generation", json!({"claimsOverrideDetails": changes}));
    let run = cognito.password(NOOR, PASSWORD).await;
    assert_eq!(run.events[2]["version"], "1");
    assert!(run.request(2).get("scopes").is_none());
    assert_eq!(run.request(2)["groupConfiguration"]["groupsToOverride"], json!(["members"]));
    let (id, access) = claims(run);
    assert_eq!(id["plan"], "free");
    assert!(access.get("plan").is_none());
    assert_eq!(id["cognito:groups"], json!(["members"]));
    assert_eq!(access["cognito:groups"], json!(["members"]));
}

#[tokio::test]
async fn case_082_an_empty_group_override_takes_the_groups_away() {
    let cognito = member(|_| {}).await;
    cognito.answers(
        "pre-token-generation",
        json!({"claimsOverrideDetails": {"groupOverrideDetails": {}}}),
    );
    let (id, access) = claims(cognito.password(NOOR, PASSWORD).await);
    assert!(id.get("cognito:groups").is_none());
    assert!(access.get("cognito:groups").is_none());
}

#[tokio::test]
async fn case_083_version_one_takes_texts_only() {
    let cognito = member(|_| {}).await;
    cognito.answers(
        "pre-token-generation",
        json!({"claimsOverrideDetails": {"claimsToAddOrOverride": {"plans": ["free"]}}}),
    );
    cognito
        .password(NOOR, PASSWORD)
        .await
        .fails_with("InvalidLambdaResponseException", "Unrecognizable lambda output");
}

#[tokio::test]
async fn case_084_version_two_changes_both_tokens() {
    let cognito = member(version_two).await;
    cognito.answers(
        "pre-token-generation",
        json!({"claimsAndScopeOverrideDetails": {
            "idTokenGeneration": {"claimsToAddOrOverride": {"plan": "free"}},
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"limits": [1, 2]},
                "scopesToAdd": ["shop/read"],
            },
        }}),
    );
    let run = cognito.password(NOOR, PASSWORD).await;
    assert_eq!(run.events[2]["version"], "2");
    assert_eq!(run.request(2)["scopes"], json!(["aws.cognito.signin.user.admin"]));
    assert_eq!(run.events[2]["response"], json!({"claimsAndScopeOverrideDetails": null}));
    let (id, access) = claims(run);
    assert_eq!(id["plan"], "free");
    assert_eq!(access["limits"], json!([1, 2]));
    let scopes = access["scope"].as_str().unwrap();
    assert_eq!(scopes, "aws.cognito.signin.user.admin shop/read");
    assert_eq!(id["cognito:groups"], json!(["members"]));
}

#[tokio::test]
async fn case_085_suppressing_beats_adding() {
    let cognito = member(|_| {}).await;
    let changes = json!({
        "claimsToAddOrOverride": {"plan": "free"},
        "claimsToSuppress": ["plan", "email"],
    });
    cognito.answers("pre-token-generation", json!({"claimsOverrideDetails": changes}));
    let (id, _) = claims(cognito.password(NOOR, PASSWORD).await);
    assert!(id.get("plan").is_none());
    assert!(id.get("email").is_none());
}

#[tokio::test]
async fn case_086_identity_claims_cannot_be_changed() {
    let cognito = member(|_| {}).await;
    let user = cognito.attribute(NOOR, "sub").await;
    let changes = json!({"claimsToAddOrOverride": {"sub": "another-user", "plan": "free"}});
    cognito.answers("pre-token-generation", json!({"claimsOverrideDetails": changes}));
    let (id, access) = claims(cognito.password(NOOR, PASSWORD).await);
    assert_eq!(id["sub"], user);
    assert_eq!(access["sub"], user);
    assert_eq!(id["plan"], "free");
}

#[tokio::test]
async fn case_087_an_error_of_version_two_names_the_version() {
    let cognito = member(version_two).await;
    cognito.fails("pre-token-generation", "no claims");
    cognito.password(NOOR, PASSWORD).await.fails_with(
        "UserLambdaValidationException",
        "PreTokenGenerationV2_0 failed with error no claims.",
    );
}

#[tokio::test]
async fn case_090_user_without_groups_is_shown_in_two_ways() {
    let lists = json!({"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null});
    for (null, expected) in [(true, json!(null)), (false, lists)] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            let uncertain = &mut setup.settings.uncertain;
            assert!(uncertain.group_configuration_null_without_groups);
            uncertain.group_configuration_null_without_groups = null;
        });
        cognito.join(NOOR).await;
        let run = cognito.password(NOOR, PASSWORD).await;
        assert_eq!(run.request(2).get("groupConfiguration"), Some(&expected));
        let (id, _) = claims(run);
        assert!(id.get("cognito:groups").is_none());
    }
}

/// A pool in which she is in one group.
async fn member(change: impl FnOnce(&mut Setup)) -> TestCognito {
    let cognito = TestCognito::with_triggers_and(change);
    cognito.join(NOOR).await;
    let group = json!({"GroupName": "members"});
    cognito.run_signed("CreateGroup", group).await.ok();
    let input = json!({"GroupName": "members", "Username": NOOR});
    cognito.run_signed("AdminAddUserToGroup", input).await.ok();
    cognito
}

fn version_two(setup: &mut Setup) {
    setup.no_trigger("PreTokenGeneration");
    setup.pool["LambdaConfig"]["PreTokenGenerationConfig"] =
        json!({"LambdaVersion": "V2_0", "LambdaArn": arn("pre-token-generation")});
}

/// The claims of the ID token and of the access token.
#[track_caller]
fn claims(run: Run) -> (Value, Value) {
    let tokens = run.tokens();
    let read = |name: &str| {
        let token = tokens[name].as_str().unwrap();
        let payload = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    };
    (read("IdToken"), read("AccessToken"))
}
