//! Names and attributes of users as they come in.

use local_cognito::user_pool::Caller;
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, TestCognito, error};
use serde_json::{Value, json};

const OWN_NAMES: &str = "eu-west-1_Names";

/// A pool in which users choose their names, with a client of the same name as the pool's.
fn own_names(cognito: &TestCognito, pool: Value) {
    let mut settings = json!({"PoolName": "names"});
    settings.as_object_mut().unwrap().extend(pool.as_object().unwrap().clone());
    cognito.user_pools.create_pool_with_id(OWN_NAMES, settings).unwrap();
    let client = json!({"ClientName": "names"});
    cognito.user_pools.create_client_with_id(OWN_NAMES, "names", client).unwrap();
}

#[tokio::test]
async fn user_name_outside_the_pattern_is_refused_everywhere() {
    let cognito = TestCognito::new();
    own_names(&cognito, json!({}));
    let pattern = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+";
    let long = "a".repeat(129);
    for (name, rule) in [
        ("two words", format!("satisfy regular expression pattern: {pattern}")),
        ("a\tb", format!("satisfy regular expression pattern: {pattern}")),
        ("a\u{200b}b", format!("satisfy regular expression pattern: {pattern}")),
        (" a", format!("satisfy regular expression pattern: {pattern}")),
        (&long, "have length less than or equal to 128".to_owned()),
    ] {
        let expected = format!(
            "InvalidParameterException: 1 validation error detected: Value at 'username' failed \
             to satisfy constraint: Member must {rule}"
        );
        for action in ["SignUp", "ConfirmSignUp", "ForgotPassword", "ResendConfirmationCode"] {
            let input = json!({
                "ClientId": "names",
                "Username": name,
                "Password": PASSWORD,
                "ConfirmationCode": "123456",
            });
            assert_eq!(error(cognito.public(action, input).await), expected, "{action} {name:?}");
        }
        for action in ["AdminCreateUser", "AdminGetUser", "AdminDeleteUser"] {
            let input = json!({"UserPoolId": OWN_NAMES, "Username": name});
            let outcome = cognito.user_pools.call(Caller::Signed, action, input).await;
            assert_eq!(error(outcome), expected, "{action} {name:?}");
        }
    }
    for name in ["noor", "Nöör", "日本語", "a+b@c", "e\u{301}", "😀", &"a".repeat(128)] {
        let input = json!({"ClientId": "names", "Username": name, "Password": PASSWORD});
        assert!(cognito.public("SignUp", input).await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn flag_in_any_letter_case_counts_and_is_shown_as_sent() {
    for (value, is_verified) in
        [("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false)]
    {
        for (action, is_created) in
            [("AdminCreateUser", true), ("AdminUpdateUserAttributes", false)]
        {
            let cognito = TestCognito::new();
            let name = if is_created { "liv@example.com" } else { NOOR };
            let input = json!({
                "Username": name,
                "TemporaryPassword": PASSWORD,
                "MessageAction": "SUPPRESS",
                "UserAttributes": [{"Name": "email_verified", "Value": value}],
            });
            cognito.signed(action, input).await.unwrap();
            let password = json!({"Username": name, "Password": PASSWORD, "Permanent": true});
            cognito.signed("AdminSetUserPassword", password).await.unwrap();
            let user = cognito.signed("AdminGetUser", json!({"Username": name})).await.unwrap();
            let flag = json!({"Name": "email_verified", "Value": value});
            assert!(user["UserAttributes"].as_array().unwrap().contains(&flag), "{value}");
            let forgot = json!({"ClientId": CLIENT, "Username": name});
            let outcome = cognito.public("ForgotPassword", forgot).await;
            assert_eq!(outcome.is_ok(), is_verified, "{action} {value}: {outcome:?}");
        }
    }
    let cognito = TestCognito::new();
    for value in ["yes", "1", "", "tru"] {
        let input = json!({
            "Username": NOOR, "UserAttributes": [{"Name": "email_verified", "Value": value}],
        });
        let outcome = error(cognito.signed("AdminUpdateUserAttributes", input).await);
        assert!(outcome.starts_with("InvalidParameterException"), "{value}: {outcome}");
    }
}

#[tokio::test]
async fn user_cannot_set_a_verified_flag() {
    let cognito = TestCognito::new();
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let refused = "NotAuthorizedException: A client attempted to write unauthorized attribute";
    for name in ["email_verified", "phone_number_verified"] {
        for value in ["true", "True", "false"] {
            let attributes = json!([{"Name": name, "Value": value}]);
            let input = json!({
                "ClientId": CLIENT,
                "Username": "liv@example.com",
                "Password": PASSWORD,
                "UserAttributes": attributes,
            });
            assert_eq!(error(cognito.public("SignUp", input).await), refused, "{name} {value}");
            let token = &tokens["AccessToken"];
            let input = json!({"AccessToken": token, "UserAttributes": attributes});
            let outcome = cognito.public("UpdateUserAttributes", input).await;
            assert_eq!(error(outcome), refused, "{name} {value}");
        }
    }
}

#[tokio::test]
async fn value_that_its_schema_does_not_allow_is_refused() {
    let cognito = TestCognito::new();
    let schema = json!([
        {"Name": "flag", "AttributeDataType": "Boolean"},
        {"Name": "age", "AttributeDataType": "Number",
            "NumberAttributeConstraints": {"MinValue": "0", "MaxValue": "150"}},
        {"Name": "code", "AttributeDataType": "String",
            "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "4"}},
    ]);
    own_names(&cognito, json!({"Schema": schema}));
    for (name, value, is_allowed) in [
        ("custom:flag", "true", true),
        ("custom:flag", "False", true),
        ("custom:flag", "yes", false),
        ("custom:age", "0", true),
        ("custom:age", "150", true),
        ("custom:age", "151", false),
        ("custom:age", "-1", false),
        ("custom:age", "old", false),
        ("custom:code", "ab", true),
        ("custom:code", "a", false),
        ("custom:code", "abcde", false),
        ("birthdate", "2000-01-31", true),
        ("birthdate", "2000-1-31", false),
        ("email", "noor@example.com", true),
        ("email", "noor", false),
        ("phone_number", "0612345678", false),
        ("nickname", "", true),
        ("NickName", "n", false),
    ] {
        let input = json!({
            "UserPoolId": OWN_NAMES,
            "Username": format!("{name}={value}"),
            "MessageAction": "SUPPRESS",
            "UserAttributes": [{"Name": name, "Value": value}],
        });
        let outcome = cognito.user_pools.call(Caller::Signed, "AdminCreateUser", input).await;
        assert_eq!(outcome.is_ok(), is_allowed, "{name}={value}: {outcome:?}");
    }
}

/// A standard attribute that the schema names is held to what it says there.
#[tokio::test]
async fn standard_attribute_follows_its_schema() {
    let length = |least: &str, most: &str| json!({"MinLength": least, "MaxLength": most});
    let schema = json!([
        {"Name": "nickname", "AttributeDataType": "String",
            "StringAttributeConstraints": length("2", "4")},
        {"Name": "locale", "AttributeDataType": "String", "Mutable": false},
        {"Name": "email", "AttributeDataType": "String", "Mutable": true,
            "StringAttributeConstraints": length("0", "20")},
        {"Name": "name", "AttributeDataType": "String", "Mutable": false, "Required": true},
    ]);
    let fixed = "Attribute cannot be updated";
    for (name, value, at_creation, later) in [
        ("nickname", "ab", "", ""),
        ("nickname", "a", "at least 2 characters", "at least 2 characters"),
        ("nickname", "abcde", "no longer than 4 characters", "no longer than 4 characters"),
        ("locale", "nl", "", fixed),
        ("name", "Ada", "", fixed),
        ("email", "ada@example.com", "", ""),
        ("email", "ada", "Invalid email address format", "Invalid email address format"),
        ("email", "ada.long@example.com.example", "no longer than 20", "no longer than 20"),
        ("given_name", "", "", ""),
    ] {
        let cognito = TestCognito::new();
        own_names(&cognito, json!({"Schema": schema}));
        let input = |user: &str| {
            json!({
                "UserPoolId": OWN_NAMES,
                "Username": user,
                "UserAttributes": [{"Name": name, "Value": value}],
            })
        };
        let bare = json!({"UserPoolId": OWN_NAMES, "Username": "bare"});
        let call = |action, input| cognito.user_pools.call(Caller::Signed, action, input);
        call("AdminCreateUser", bare.clone()).await.unwrap();
        for (action, user, expected) in
            [("AdminCreateUser", "ada", at_creation), ("AdminUpdateUserAttributes", "bare", later)]
        {
            let complaint = call(action, input(user)).await.err().map(|error| error.to_string());
            let complaint = complaint.unwrap_or_default();
            assert_eq!(complaint.is_empty(), expected.is_empty(), "{action} {name}: {complaint}");
            assert!(complaint.contains(expected), "{action} {name}={value}: {complaint}");
        }
        let mut deletion = bare;
        deletion["UserAttributeNames"] = json!([name]);
        let deleted = call("AdminDeleteUserAttributes", deletion).await;
        assert_eq!(deleted.is_err(), ["locale", "name"].contains(&name), "{name}: {deleted:?}");
    }
}
