//! Values of enums that AWS serves and this local Cognito does not: one answer everywhere.

use local_cognito::user_pool::Caller;
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, POOL, TestCognito, error};
use serde_json::{Value, json};

/// Each flow that a client may be given, and the flow of a sign-in that it allows.
const FLOWS: [(&str, Option<&str>); 11] = [
    ("ADMIN_NO_SRP_AUTH", Some("ADMIN_NO_SRP_AUTH")),
    ("ALLOW_ADMIN_USER_PASSWORD_AUTH", Some("ADMIN_USER_PASSWORD_AUTH")),
    ("ALLOW_CUSTOM_AUTH", Some("CUSTOM_AUTH")),
    ("ALLOW_REFRESH_TOKEN_AUTH", Some("REFRESH_TOKEN_AUTH")),
    ("ALLOW_TOKEN_EXCHANGE_DELEGATION", None),
    ("ALLOW_TOKEN_EXCHANGE_IMPERSONATION", None),
    ("ALLOW_USER_AUTH", Some("USER_AUTH")),
    ("ALLOW_USER_PASSWORD_AUTH", Some("USER_PASSWORD_AUTH")),
    ("ALLOW_USER_SRP_AUTH", Some("USER_SRP_AUTH")),
    ("CUSTOM_AUTH_FLOW_ONLY", Some("CUSTOM_AUTH")),
    ("USER_PASSWORD_AUTH", Some("USER_PASSWORD_AUTH")),
];

const CHALLENGES: [(&str, bool); 16] = [
    ("ADMIN_NO_SRP_AUTH", false),
    ("CUSTOM_CHALLENGE", true),
    ("DEVICE_PASSWORD_VERIFIER", false),
    ("DEVICE_SRP_AUTH", false),
    ("EMAIL_OTP", false),
    ("MFA_SETUP", false),
    ("NEW_PASSWORD_REQUIRED", true),
    ("PASSWORD", false),
    ("PASSWORD_SRP", false),
    ("PASSWORD_VERIFIER", true),
    ("SELECT_CHALLENGE", false),
    ("SELECT_MFA_TYPE", false),
    ("SMS_MFA", false),
    ("SMS_OTP", false),
    ("SOFTWARE_TOKEN_MFA", false),
    ("WEB_AUTHN", false),
];

/// The enum of the API model in `shape`.
fn values(shape: &str) -> Vec<String> {
    let model: Value =
        serde_json::from_str(include_str!("../../../aws-emulation/src/inputs.json")).unwrap();
    let values = model["shapes"][shape]["enum"].as_array().unwrap();
    let mut values: Vec<String> =
        values.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}

fn not_served(member: &str, value: &str) -> String {
    format!(
        "NotImplementedException: The value {value} of {member} is not served by this local \
         Cognito."
    )
}

#[tokio::test]
async fn clients_and_sign_ins_agree_on_every_flow() {
    let cognito = TestCognito::new();
    assert_eq!(values("ExplicitAuthFlowsType"), FLOWS.map(|(allowed, _)| allowed));
    for (allowed, flow) in FLOWS {
        let client = json!({"ClientName": "other", "ExplicitAuthFlows": [allowed]});
        let created = cognito.signed("CreateUserPoolClient", client).await;
        let update = json!({"ClientId": CLIENT, "ExplicitAuthFlows": [allowed]});
        let updated = cognito.signed("UpdateUserPoolClient", update).await;
        let client = json!({"ClientName": "third", "ExplicitAuthFlows": [allowed]});
        let seeded = cognito.user_pools.create_client_with_id(POOL, "third", client);
        let is_served = created.is_ok();
        for outcome in [created, updated, seeded] {
            match outcome {
                Ok(_) => assert!(is_served, "{allowed}"),
                Err(error) if is_served => {
                    assert!(error.message.ends_with("already exists."), "{allowed}: {error}");
                }
                Err(error) => {
                    assert_eq!(error.to_string(), not_served("ExplicitAuthFlows", allowed));
                }
            }
        }
        let Some(flow) = flow else {
            assert!(!is_served, "{allowed}");
            continue;
        };
        let input = json!({
            "ClientId": CLIENT,
            "AuthFlow": flow,
            "AuthParameters": {"USERNAME": NOOR, "PASSWORD": PASSWORD},
        });
        for outcome in [
            cognito.public("InitiateAuth", input.clone()).await,
            cognito.signed("AdminInitiateAuth", input).await,
        ] {
            let text = outcome.err().map(|error| error.to_string()).unwrap_or_default();
            assert_eq!(text == not_served("AuthFlow", flow), !is_served, "{flow}: {text}");
        }
    }
}

#[tokio::test]
async fn every_challenge_is_served_or_says_it_is_not() {
    let cognito = TestCognito::new();
    assert_eq!(values("ChallengeNameType"), CHALLENGES.map(|(name, _)| name));
    for (challenge, is_served) in CHALLENGES {
        let input = json!({
            "ClientId": CLIENT,
            "ChallengeName": challenge,
            "Session": "a".repeat(20),
            "ChallengeResponses": {"USERNAME": NOOR, "ANSWER": "1"},
        });
        for outcome in [
            cognito.public("RespondToAuthChallenge", input.clone()).await,
            cognito.signed("AdminRespondToAuthChallenge", input).await,
        ] {
            let text = error(outcome);
            assert_eq!(text == not_served("ChallengeName", challenge), !is_served, "{text}");
        }
    }
}

#[tokio::test]
async fn pools_refuse_settings_that_no_sign_in_follows() {
    let cognito = TestCognito::new();
    for (member, value, settings) in [
        ("MfaConfiguration", "ON", json!({"MfaConfiguration": "ON"})),
        (
            "AdvancedSecurityMode",
            "ENFORCED",
            json!({"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}),
        ),
        (
            "DefaultEmailOption",
            "CONFIRM_WITH_LINK",
            json!({"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"}}),
        ),
    ] {
        let mut input = settings.clone();
        input["PoolName"] = json!("other");
        let created =
            cognito.user_pools.call(Caller::Signed, "CreateUserPool", input.clone()).await;
        assert_eq!(error(created), not_served(member, value));
        let seeded = cognito.user_pools.create_pool_with_id("eu-west-1_Seeded", input);
        assert_eq!(error(seeded), not_served(member, value));
        let updated = cognito.signed("UpdateUserPool", settings).await;
        assert_eq!(error(updated), not_served(member, value));
    }
    let mfa = cognito.signed("GetUserPoolMfaConfig", json!({})).await.unwrap();
    assert_eq!(mfa, json!({"MfaConfiguration": "OFF"}));
}

#[tokio::test]
async fn seeded_ids_that_no_call_could_name_are_refused() {
    let cognito = TestCognito::new();
    for id in ["mine", "eu-west-1_a-b", ""] {
        let outcome = cognito.user_pools.create_pool_with_id(id, json!({"PoolName": "p"}));
        assert!(error(outcome).contains("at 'userPoolId'"), "{id}");
    }
    for id in ["my-client", "", "a b"] {
        let outcome =
            cognito.user_pools.create_client_with_id(POOL, id, json!({"ClientName": "c"}));
        assert!(error(outcome).contains("at 'clientId'"), "{id}");
    }
}
