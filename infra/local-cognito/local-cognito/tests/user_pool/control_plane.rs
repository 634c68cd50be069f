//! Pools, clients and lists.

use local_cognito::user_pool::Caller;
use local_cognito_testing::{CLIENT, PASSWORD, POOL, TestCognito, error};
use serde_json::{Value, json};

#[tokio::test]
async fn pool_update_resets_absent_settings_and_keeps_fixed_ones() {
    let cognito = TestCognito::new();
    let lambda = json!({"PreSignUp": "arn:aws:lambda:eu-west-1:1:function:pre-sign-up"});
    let input = json!({"LambdaConfig": lambda, "AutoVerifiedAttributes": ["email"]});
    cognito.signed("UpdateUserPool", input).await.unwrap();
    let described = || cognito.signed("DescribeUserPool", json!({}));
    let pool = described().await.unwrap()["UserPool"].clone();
    assert_eq!(pool["LambdaConfig"], lambda);
    cognito.signed("UpdateUserPool", json!({})).await.unwrap();
    let pool = described().await.unwrap()["UserPool"].clone();
    assert_eq!(pool["LambdaConfig"], json!({}));
    assert_eq!(pool["AutoVerifiedAttributes"], json!([]));
    assert_eq!(pool["UsernameAttributes"], json!(["email"]));
    assert_eq!(pool["Name"], "test");
    assert_eq!(pool["EstimatedNumberOfUsers"], 1);
}

#[tokio::test]
async fn mfa_settings_are_kept_apart_and_replaced_whole() {
    let cognito = TestCognito::new();
    let described = || cognito.signed("DescribeUserPool", json!({}));
    let mfa = || cognito.signed("GetUserPoolMfaConfig", json!({}));
    assert_eq!(mfa().await.unwrap(), json!({"MfaConfiguration": "OFF"}));

    let passkeys = json!({"RelyingPartyId": "example.com", "UserVerification": "required"});
    let settings = json!({
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": true},
        "WebAuthnConfiguration": passkeys,
    });
    cognito.signed("SetUserPoolMfaConfig", settings.clone()).await.unwrap();
    assert_eq!(mfa().await.unwrap(), settings);
    let pool = described().await.unwrap()["UserPool"].clone();
    assert_eq!(pool["MfaConfiguration"], "OPTIONAL");
    assert_eq!(pool["SoftwareTokenMfaConfiguration"], Value::Null);

    cognito.signed("UpdateUserPool", json!({"MfaConfiguration": "OPTIONAL"})).await.unwrap();
    assert_eq!(mfa().await.unwrap(), settings);
    cognito.signed("UpdateUserPool", json!({})).await.unwrap();
    let off = json!({"MfaConfiguration": "OFF", "WebAuthnConfiguration": passkeys});
    assert_eq!(mfa().await.unwrap(), off, "a mode that is left out is OFF, without its factors");

    cognito.signed("SetUserPoolMfaConfig", json!({})).await.unwrap();
    assert_eq!(mfa().await.unwrap(), json!({"MfaConfiguration": "OFF"}));
}

#[tokio::test]
async fn mfa_without_a_factor_and_factors_without_mfa_are_refused() {
    let cognito = TestCognito::new();
    for (settings, refusal) in [
        (json!({"MfaConfiguration": "ON"}), "not served"),
        (json!({"MfaConfiguration": "OPTIONAL"}), "can't disable all MFAs"),
        (
            json!({
                "MfaConfiguration": "OPTIONAL",
                "SoftwareTokenMfaConfiguration": {"Enabled": false},
            }),
            "can't disable all MFAs",
        ),
        (json!({"SoftwareTokenMfaConfiguration": {"Enabled": true}}), "can't turn off MFA"),
        (
            json!({"MfaConfiguration": "OFF", "EmailMfaConfiguration": {"Subject": "Code"}}),
            "can't turn off MFA",
        ),
    ] {
        let outcome = cognito.signed("SetUserPoolMfaConfig", settings.clone()).await;
        assert!(error(outcome).contains(refusal), "{settings}");
    }
}

#[tokio::test]
async fn tags_are_shown_with_the_pool() {
    let cognito = TestCognito::new();
    let tags = json!({"UserPoolTags": {"team": "identity"}});
    cognito.signed("UpdateUserPool", tags.clone()).await.unwrap();
    let pool = cognito.signed("DescribeUserPool", json!({})).await.unwrap();
    assert_eq!(pool["UserPool"]["UserPoolTags"], tags["UserPoolTags"]);
}

#[tokio::test]
async fn updating_a_client_checks_its_bounds_and_keeps_its_name() {
    let cognito = TestCognito::new();
    for minutes in [2, 16] {
        let input = json!({"ClientId": CLIENT, "AuthSessionValidity": minutes});
        let outcome = cognito.signed("UpdateUserPoolClient", input).await;
        assert!(error(outcome).contains("'authSessionValidity'"));
    }
    let input = json!({"ClientId": CLIENT, "AuthSessionValidity": 15});
    let client = cognito.signed("UpdateUserPoolClient", input).await.unwrap();
    let client = &client["UserPoolClient"];
    assert_eq!(client["AuthSessionValidity"], 15);
    assert_eq!(client["ClientName"], "test");
    assert_eq!(client["ExplicitAuthFlows"], Value::Null);
}

#[tokio::test]
async fn names_and_aliases_exclude_each_other() {
    let cognito = TestCognito::new();
    let input = json!({
        "PoolName": "both", "UsernameAttributes": ["email"], "AliasAttributes": ["email"],
    });
    let outcome = cognito.signed("CreateUserPool", input).await;
    assert!(error(outcome).starts_with("InvalidParameterException"));
}

#[tokio::test]
async fn users_are_listed_by_filter_and_page() {
    let cognito = TestCognito::new();
    for number in 0..4 {
        cognito.add(&format!("user{number}@example.com"));
    }
    let input = json!({"Filter": "email ^= \"user\"", "Limit": 3});
    let first = cognito.signed("ListUsers", input.clone()).await.unwrap();
    assert_eq!(first["Users"].as_array().unwrap().len(), 3);
    let mut input = input;
    input["PaginationToken"] = first["PaginationToken"].clone();
    let second = cognito.signed("ListUsers", input).await.unwrap();
    assert_eq!(second["Users"].as_array().unwrap().len(), 1);
    assert_eq!(second["PaginationToken"], Value::Null);
    let input = json!({"Filter": "email = \"user2@example.com\"", "AttributesToGet": ["email"]});
    let exact = cognito.signed("ListUsers", input).await.unwrap();
    assert_eq!(exact["Users"].as_array().unwrap().len(), 1);
    let outcome = cognito.signed("ListUsers", json!({"Filter": "email"})).await;
    assert_eq!(error(outcome), "InvalidParameterException: Error while parsing filter.");
}

#[tokio::test]
async fn unknown_resource_is_named_in_the_error() {
    let cognito = TestCognito::new();
    let input = json!({"ClientId": "missing", "Username": "a", "Password": "Passw0rd!"});
    assert_eq!(
        error(cognito.public("SignUp", input).await),
        "ResourceNotFoundException: User pool client missing does not exist."
    );
    let input = json!({"UserPoolId": "eu-west-1_None"});
    let call = cognito.user_pools.call(Caller::Signed, "ListUsers", input);
    assert_eq!(
        error(call.await),
        "ResourceNotFoundException: User pool eu-west-1_None does not exist."
    );
    let outcome = cognito.signed("AdminGetUser", json!({"Username": "missing"})).await;
    assert_eq!(error(outcome), "UserNotFoundException: User does not exist.");
    assert!(cognito.user_pools.create_pool_with_id(POOL, json!({"PoolName": "again"})).is_err());
}

#[tokio::test]
async fn attribute_outside_the_schema_or_missing_is_refused() {
    let cognito = TestCognito::new();
    let schema = json!([
        {"Name": "tenant", "AttributeDataType": "String", "Mutable": false,
            "StringAttributeConstraints": {"MaxLength": "4"}},
        {"Name": "given_name", "Required": true},
    ]);
    let pool = json!({"PoolName": "schema", "Schema": schema});
    cognito.user_pools.create_pool_with_id("eu-west-1_Schema", pool).unwrap();
    let create = |attributes: Value| {
        let input = json!({
            "UserPoolId": "eu-west-1_Schema",
            "Username": "liv",
            "MessageAction": "SUPPRESS",
            "UserAttributes": attributes,
        });
        cognito.user_pools.call(Caller::Signed, "AdminCreateUser", input)
    };
    let name = json!({"Name": "given_name", "Value": "Liv"});
    let tenant = |value: &str| json!({"Name": "custom:tenant", "Value": value});
    let other = json!({"Name": "custom:other", "Value": "a"});
    for (attributes, complaint) in [
        (json!([name, tenant("abcde")]), "must be no longer than 4 characters"),
        (json!([name, other]), "could not be determined"),
    ] {
        assert!(error(create(attributes).await).contains(complaint), "{complaint}");
    }
    let client = json!({"ClientName": "schema"});
    cognito.user_pools.create_client_with_id("eu-west-1_Schema", "schema", client).unwrap();
    let sign_up = json!({
        "ClientId": "schema",
        "Username": "ada",
        "Password": PASSWORD,
        "UserAttributes": [tenant("a")],
    });
    let outcome = error(cognito.public("SignUp", sign_up).await);
    assert!(outcome.contains("given_name: The attribute is required"), "{outcome}");
    let made = create(json!([name, tenant("acme")])).await.unwrap();
    assert_eq!(made["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let input = json!({
        "UserPoolId": "eu-west-1_Schema",
        "Username": "LIV",
        "UserAttributes": [tenant("b")],
    });
    let call = |input| cognito.user_pools.call(Caller::Signed, "AdminUpdateUserAttributes", input);
    let outcome = call(input.clone()).await;
    assert!(error(outcome).starts_with("UserNotFoundException"), "names differ by case");
    let mut input = input;
    input["Username"] = json!("liv");
    assert!(error(call(input).await).contains("Attribute cannot be updated"));
}
