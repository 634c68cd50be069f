//! `NEW_PASSWORD_REQUIRED`: which attributes come with the password that replaces a temporary one.

use local_cognito::user_pool::{ApiError, Caller};
use local_cognito_testing::{PASSWORD, TestCognito, error};
use serde_json::{Value, json};

const POOL: &str = "eu-west-1_Invited";
const CLIENT: &str = "invited";
const NEW: &str = "Another-horse-2";
/// Address of a user of the pool, verified, and that user's second name.
const HOLDER: &str = "holder@example.com";

/// A pool with one user who holds a verified address, and with these settings.
async fn pool_with(settings: Value) -> TestCognito {
    let cognito = TestCognito::new();
    let mut pool = json!({
        "PoolName": "invited",
        "AutoVerifiedAttributes": ["email"],
        "Schema": [
            {"Name": "given_name", "AttributeDataType": "String", "Required": true},
            {"Name": "badge", "AttributeDataType": "String", "Mutable": false},
        ],
    });
    pool.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    cognito.user_pools.create_pool_with_id(POOL, pool).unwrap();
    let flows = json!(["ALLOW_USER_PASSWORD_AUTH"]);
    let client = json!({"ClientName": "invited", "ExplicitAuthFlows": flows});
    cognito.user_pools.create_client_with_id(POOL, CLIENT, client).unwrap();
    cognito
}

async fn signed(cognito: &TestCognito, action: &str, mut input: Value) -> Result<Value, ApiError> {
    input["UserPoolId"] = json!(POOL);
    cognito.user_pools.call(Caller::Signed, action, input).await
}

async fn invite(cognito: &TestCognito, name: &str, attributes: &[(&str, &str)]) {
    let attributes: Vec<Value> =
        attributes.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
    let input = json!({
        "Username": name,
        "TemporaryPassword": PASSWORD,
        "MessageAction": "SUPPRESS",
        "UserAttributes": attributes,
    });
    signed(cognito, "AdminCreateUser", input).await.unwrap();
}

async fn open(cognito: &TestCognito, name: &str) -> Value {
    let input = json!({
        "ClientId": CLIENT,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD},
    });
    let open = cognito.public("InitiateAuth", input).await.unwrap();
    assert_eq!(open["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    open
}

async fn respond(
    cognito: &TestCognito,
    session: &Value,
    name: &str,
    attributes: &[(&str, &str)],
) -> Result<Value, ApiError> {
    let mut responses = json!({"USERNAME": name, "NEW_PASSWORD": NEW});
    for (attribute, value) in attributes {
        responses[format!("userAttributes.{attribute}")] = json!(value);
    }
    let input = json!({
        "ClientId": CLIENT,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": session,
        "ChallengeResponses": responses,
    });
    cognito.public("RespondToAuthChallenge", input).await
}

async fn attribute(cognito: &TestCognito, user: &str, name: &str) -> Value {
    let user = signed(cognito, "AdminGetUser", json!({"Username": user})).await.unwrap();
    let attributes = user["UserAttributes"].as_array().unwrap().clone();
    let found = attributes.into_iter().find(|entry| entry["Name"] == name);
    found.map_or(Value::Null, |entry| entry["Value"].clone())
}

#[tokio::test]
async fn new_password_comes_with_missing_attributes_only() {
    let provided =
        |name: &str| format!("NotAuthorizedException: Cannot modify an already provided {name}");
    let missing = "InvalidParameterException: Invalid attributes given, given_name is missing";
    let fixed = "InvalidParameterException: user.custom:badge: Attribute cannot be updated.\n";
    let unauthorized = "NotAuthorizedException: A client attempted to write unauthorized attribute";
    let taken = "AliasExistsException: An account with the preferred_username already exists.";
    let given = ("given_name", "Ada");
    let mail = ("email", "ada@example.com");
    let phone = ("phone_number", "+31612345678");
    for (held, sent, expected) in [
        (&[given, mail][..], &[][..], None),
        (&[given, mail], &[("email", HOLDER)], Some(provided("email"))),
        (&[given, mail], &[mail], Some(provided("email"))),
        (&[given, phone], &[("phone_number", "+31687654321")], Some(provided("phone_number"))),
        (&[given], &[given], Some(provided("given_name"))),
        (&[given], &[mail], None),
        (&[given], &[("email", HOLDER)], None),
        (&[given], &[phone], None),
        (&[given, ("nickname", "a")], &[("nickname", "b")], None),
        (&[], &[], Some(missing.to_owned())),
        (&[mail], &[("nickname", "b")], Some(missing.to_owned())),
        (&[], &[given], None),
        (&[given], &[("custom:badge", "7")], Some(fixed.to_owned())),
        (&[given], &[("email_verified", "true")], Some(unauthorized.to_owned())),
        (&[given], &[("preferred_username", "second")], Some(taken.to_owned())),
    ] {
        let cognito = pool_with(json!({"AliasAttributes": ["email", "preferred_username"]})).await;
        let holder = [
            given,
            ("email", HOLDER),
            ("email_verified", "true"),
            ("preferred_username", "second"),
        ];
        invite(&cognito, "holder", &holder).await;
        invite(&cognito, "ada", held).await;
        let open = open(&cognito, "ada").await;
        let is_complete = held.contains(&given);
        let required = if is_complete { "[]" } else { "[\"userAttributes.given_name\"]" };
        assert_eq!(open["ChallengeParameters"]["requiredAttributes"], required, "{held:?}");
        let unknown_session = json!("session-that-is-of-no-user");
        let unknown = error(respond(&cognito, &unknown_session, "ada", sent).await);
        if expected.as_deref() != Some(unauthorized) {
            let invalid = "NotAuthorizedException: Invalid session for the user.";
            assert_eq!(unknown, invalid, "{held:?} {sent:?}: an attribute shows without a session");
        }
        let outcome = respond(&cognito, &open["Session"], "ada", sent).await;
        if let Some(expected) = expected {
            assert_eq!(error(outcome), expected, "{held:?} {sent:?}");
            let rest: &[_] = if is_complete { &[] } else { &[given] };
            let again = respond(&cognito, &open["Session"], "ada", rest).await;
            assert!(again.is_ok(), "{held:?} {sent:?}: the session is spent");
            continue;
        }
        assert!(outcome.is_ok(), "{held:?} {sent:?}: {outcome:?}");
        for (name, value) in sent {
            assert_eq!(attribute(&cognito, "ada", name).await, *value, "{name}");
            if ["email", "phone_number"].contains(name) {
                let flag = attribute(&cognito, "ada", &format!("{name}_verified")).await;
                assert_eq!(flag, "false", "{name}");
            }
        }
        let found = signed(&cognito, "AdminGetUser", json!({"Username": HOLDER})).await.unwrap();
        assert_eq!(found["Username"], "holder");
    }
}

#[tokio::test]
async fn new_password_takes_no_address_that_names_another_user() {
    let cognito = pool_with(json!({"UsernameAttributes": ["email", "phone_number"]})).await;
    let (given, phone) = (("given_name", "Ada"), "+31612345678");
    invite(&cognito, HOLDER, &[given]).await;
    invite(&cognito, phone, &[given]).await;
    let open = open(&cognito, phone).await;
    let outcome = respond(&cognito, &open["Session"], phone, &[("email", HOLDER)]).await;
    assert_eq!(error(outcome), "AliasExistsException: An account with the email already exists.");
    let own = [("email", "ada@example.com")];
    assert!(respond(&cognito, &open["Session"], phone, &own).await.is_ok());
}
