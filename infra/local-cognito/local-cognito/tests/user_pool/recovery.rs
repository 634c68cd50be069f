//! `AccountRecoverySetting`: where the code for a new password goes, or that there is none.

use local_cognito::user_pool::{ApiError, Caller};
use local_cognito_testing::{PASSWORD, TestCognito, error};
use serde_json::{Value, json};

const POOL: &str = "eu-west-1_Recovery";
const PHONE: (&str, &str) = ("phone_number", "+31612345678");
const MAIL: (&str, &str) = ("email", "ada@example.com");
const NO_ADDRESS: &str = "InvalidParameterException: Cannot reset password for the user as there is \
                          no registered/verified email or phone_number";
const BY_ADMINISTRATORS: &str = "NotAuthorizedException: Contact administrator to reset password.";

/// A pool with this setting, a client that hides and one that tells, and `ada` with these verified
/// addresses.
async fn pool_with(setting: &Value, verified: &[(&str, &str)]) -> TestCognito {
    let cognito = TestCognito::new();
    let mut pool = json!({"PoolName": "recovery"});
    if !setting.is_null() {
        pool["AccountRecoverySetting"] = json!({"RecoveryMechanisms": setting});
    }
    cognito.user_pools.create_pool_with_id(POOL, pool).unwrap();
    for (client, hides) in [("hides", "ENABLED"), ("tells", "LEGACY")] {
        let settings = json!({"ClientName": client, "PreventUserExistenceErrors": hides});
        cognito.user_pools.create_client_with_id(POOL, client, settings).unwrap();
    }
    let mut attributes = Vec::new();
    for (name, value) in verified {
        attributes.push(json!({"Name": name, "Value": value}));
        attributes.push(json!({"Name": format!("{name}_verified"), "Value": "true"}));
    }
    let create = json!({
        "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
    });
    signed(&cognito, "AdminCreateUser", create).await.unwrap();
    let password = json!({"Password": PASSWORD, "Permanent": true});
    signed(&cognito, "AdminSetUserPassword", password).await.unwrap();
    cognito
}

async fn signed(cognito: &TestCognito, action: &str, mut input: Value) -> Result<Value, ApiError> {
    input["UserPoolId"] = json!(POOL);
    input["Username"] = json!("ada");
    cognito.user_pools.call(Caller::Signed, action, input).await
}

async fn forgot(cognito: &TestCognito, client: &str, user: &str) -> String {
    let input = json!({"ClientId": client, "Username": user});
    match cognito.public("ForgotPassword", input).await {
        Ok(sent) => sent["CodeDeliveryDetails"]["AttributeName"].as_str().unwrap().to_owned(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn recovery_code_goes_where_the_pool_says() {
    let option = |name: &str, priority: u64| json!({"Name": name, "Priority": priority});
    let (mail, phone) = ("verified_email", "verified_phone_number");
    let both = [MAIL, PHONE];
    let legacy = Value::Null;
    for (setting, verified, expected) in [
        (legacy.clone(), &both[..], "phone_number"),
        (legacy.clone(), &[MAIL], "email"),
        (legacy, &[], NO_ADDRESS),
        (json!([option(mail, 1)]), &both, "email"),
        (json!([option(mail, 1)]), &[PHONE], NO_ADDRESS),
        (json!([option(phone, 1)]), &both, "phone_number"),
        (json!([option(phone, 1)]), &[MAIL], NO_ADDRESS),
        (json!([option(mail, 1), option(phone, 2)]), &both, "email"),
        (json!([option(mail, 1), option(phone, 2)]), &[PHONE], "phone_number"),
        (json!([option(mail, 2), option(phone, 1)]), &both, "phone_number"),
        (json!([option(mail, 2), option(phone, 1)]), &[MAIL], "email"),
        (json!([option("admin_only", 1)]), &both, BY_ADMINISTRATORS),
        (json!([option("admin_only", 1)]), &[], BY_ADMINISTRATORS),
    ] {
        let cognito = pool_with(&setting, verified).await;
        assert_eq!(forgot(&cognito, "tells", "ada").await, expected, "{setting} {verified:?}");
        let hidden = forgot(&cognito, "hides", "ada").await;
        let unknown = forgot(&cognito, "hides", "none@example.com").await;
        match expected {
            // A client that hides gets the same answer for every user.
            BY_ADMINISTRATORS => assert_eq!([&hidden, &unknown], [expected; 2], "{setting}"),
            NO_ADDRESS => assert_eq!([&hidden, &unknown], ["email"; 2], "{setting}"),
            _ => assert_eq!((&*hidden, &*unknown), (expected, "email"), "{setting}"),
        }
        let reset = signed(&cognito, "AdminResetUserPassword", json!({})).await;
        match reset {
            Ok(_) => {
                let address = if expected == "email" { MAIL.1 } else { PHONE.1 };
                assert_eq!(cognito.outbox.to(address).len(), 3, "{setting} {verified:?}");
            }
            refused => assert_eq!(error(refused), expected, "{setting} {verified:?}"),
        }
    }
}

/// Members that have no effect are shown as they were sent, and reset as the others are.
#[tokio::test]
async fn password_policy_keeps_every_member() {
    let cognito = TestCognito::new();
    let shown = async || {
        let shown = cognito.signed("DescribeUserPool", json!({})).await.unwrap();
        shown["UserPool"]["Policies"]["PasswordPolicy"].clone()
    };
    let default = shown().await;
    for policy in [
        json!({"PasswordHistorySize": 5}),
        json!({"MinimumLength": 12, "RequireNumbers": true, "PasswordHistorySize": 24}),
        json!({"TemporaryPasswordValidityDays": 3, "PasswordHistorySize": 0}),
    ] {
        let input = json!({"Policies": {"PasswordPolicy": policy}});
        cognito.signed("UpdateUserPool", input).await.unwrap();
        let found = shown().await;
        for (name, value) in policy.as_object().unwrap() {
            assert_eq!(found[name], *value, "{name} of {policy}");
        }
        assert_eq!(found["RequireSymbols"], json!(false), "{policy}");
    }
    cognito.signed("UpdateUserPool", json!({})).await.unwrap();
    assert_eq!(shown().await, default);
}
