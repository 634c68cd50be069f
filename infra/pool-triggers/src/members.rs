//! The members of a pool's description: those that `UpdateUserPool` takes, and the read-only ones.

use serde_json::{Map, Value};

/// Members that no request can change, and `Name`, which a request calls `PoolName`.
pub const READ_ONLY: [&str; 15] = [
    "AliasAttributes",
    "Arn",
    "CreationDate",
    "CustomDomain",
    "Domain",
    "EmailConfigurationFailure",
    "EstimatedNumberOfUsers",
    "Id",
    "LastModifiedDate",
    "Name",
    "SchemaAttributes",
    "SmsConfigurationFailure",
    "Status",
    "UsernameAttributes",
    "UsernameConfiguration",
];

/// Members that `UpdateUserPool` is known to take. A member on neither list is sent as well.
pub const WRITABLE: [&str; 23] = [
    "AccountRecoverySetting",
    "AcrConfiguration",
    "AdminCreateUserConfig",
    "AutoVerifiedAttributes",
    "DcrConfiguration",
    "DeletionProtection",
    "DeviceConfiguration",
    "EmailConfiguration",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "IssuerConfiguration",
    "KeyConfiguration",
    "LambdaConfig",
    "MfaConfiguration",
    "Policies",
    "SmsAuthenticationMessage",
    "SmsConfiguration",
    "SmsVerificationMessage",
    "UserAttributeUpdateSettings",
    "UserPoolAddOns",
    "UserPoolTags",
    "UserPoolTier",
    "VerificationMessageTemplate",
];

/// Read-only members that the service changes by itself at any time.
pub const OBSERVED: [&str; 5] = [
    "EmailConfigurationFailure",
    "EstimatedNumberOfUsers",
    "LastModifiedDate",
    "SmsConfigurationFailure",
    "Status",
];

/// Second factors in `GetUserPoolMfaConfig`; `SetUserPoolMfaConfig` refuses them where MFA is off.
const FACTORS: [&str; 3] =
    ["EmailMfaConfiguration", "SmsMfaConfiguration", "SoftwareTokenMfaConfiguration"];

/// Tags with this prefix belong to AWS: no request may set or remove them.
const SYSTEM_TAG: &str = "aws:";

/// Returns the names of members on neither list, in order.
#[must_use]
pub fn unknown(pool: &Map<String, Value>) -> Vec<&str> {
    let mut names: Vec<&str> = pool.keys().map(String::as_str).collect();
    names.retain(|name| !READ_ONLY.contains(name) && !WRITABLE.contains(name));
    names.sort_unstable();
    names
}

/// Returns the request that gives the pool these triggers and every other setting that it has.
#[must_use]
pub fn update_request(
    id: &str,
    pool: &Map<String, Value>,
    triggers: &Map<String, Value>,
) -> Map<String, Value> {
    let mut request = pool.clone();
    request.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    if let Some(name) = pool.get("Name") {
        request.insert("PoolName".to_owned(), name.clone());
    }
    if has_temporary_password_days(pool)
        && let Some(Value::Object(settings)) = request.get_mut("AdminCreateUserConfig")
    {
        settings.remove("UnusedAccountValidityDays");
    }
    if let Some(Value::Object(tags)) = request.get_mut("UserPoolTags") {
        tags.retain(|name, _| !name.starts_with(SYSTEM_TAG));
    }
    request.insert("UserPoolId".to_owned(), id.into());
    request.insert("LambdaConfig".to_owned(), triggers.clone().into());
    request
}

/// Returns the request that sets the MFA and passkey settings of the pool to `mfa`.
#[must_use]
pub fn mfa_request(id: &str, mfa: &Map<String, Value>) -> Map<String, Value> {
    let mut request = mfa.clone();
    if request.get("MfaConfiguration").is_some_and(|mode| mode == "OFF") {
        request.retain(|name, _| !FACTORS.contains(&name.as_str()));
    }
    request.insert("UserPoolId".to_owned(), id.into());
    request
}

/// Returns the pool's settings that an update must leave as they are, without the triggers.
#[must_use]
pub fn lasting(pool: &Map<String, Value>) -> Map<String, Value> {
    let mut lasting = pool.clone();
    lasting.remove("LambdaConfig");
    lasting.retain(|name, _| !OBSERVED.contains(&name.as_str()));
    if has_temporary_password_days(pool)
        && let Some(Value::Object(settings)) = lasting.get_mut("AdminCreateUserConfig")
    {
        settings.remove("UnusedAccountValidityDays");
    }
    lasting
}

/// Returns true if the password policy has days for temporary passwords. The older setting
/// `UnusedAccountValidityDays` then follows them, and a request with it is refused.
fn has_temporary_password_days(pool: &Map<String, Value>) -> bool {
    pool.get("Policies")
        .and_then(|policies| policies.get("PasswordPolicy"))
        .and_then(|policy| policy.get("TemporaryPasswordValidityDays"))
        .is_some_and(|days| !days.is_null())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aws_sdk_cognitoidentityprovider::operation::get_user_pool_mfa_config::GetUserPoolMfaConfigOutput;
    use aws_sdk_cognitoidentityprovider::operation::set_user_pool_mfa_config::SetUserPoolMfaConfigInput;
    use aws_sdk_cognitoidentityprovider::operation::update_user_pool::UpdateUserPoolInput;
    use aws_sdk_cognitoidentityprovider::types::UserPoolType;
    use serde_json::{Map, Value, json};

    use super::{OBSERVED, READ_ONLY, WRITABLE, lasting, mfa_request, unknown, update_request};

    /// The member names of a shape, from the `Debug` form of a value without any: lower case,
    /// without underscores.
    fn model(empty: &str) -> BTreeSet<String> {
        let (_, members) = empty.split_once('{').unwrap();
        members
            .trim_end_matches('}')
            .split(',')
            .filter_map(|member| member.split_once(':'))
            .map(|(name, _)| name.trim().replace('_', ""))
            .filter(|name| name != "requestid")
            .collect()
    }

    fn folded(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| name.to_lowercase()).collect()
    }

    #[test]
    fn every_member_of_the_sdk_model_is_classified() {
        let shown = model(&format!("{:?}", UserPoolType::builder().build()));
        let input = UpdateUserPoolInput::builder().build().unwrap();
        let mut taken = model(&format!("{input:?}"));
        assert!(shown.len() > 30 && taken.len() > 20, "{shown:?} {taken:?}");
        assert!(taken.remove("userpoolid") && taken.remove("poolname"));

        let read_only: BTreeSet<String> = shown.difference(&taken).cloned().collect();
        assert_eq!(read_only, folded(&READ_ONLY), "shown, but not taken");
        assert!(taken.is_subset(&shown), "a setting that is not shown cannot be kept");
        let newer = BTreeSet::from(["dcrconfiguration".to_owned()]);
        assert_eq!(&taken | &newer, folded(&WRITABLE), "taken");
        assert!(OBSERVED.iter().all(|name| READ_ONLY.contains(name)));
    }

    #[test]
    fn mfa_answer_has_the_members_of_its_request() {
        let input = SetUserPoolMfaConfigInput::builder().build().unwrap();
        let mut taken = model(&format!("{input:?}"));
        assert!(taken.remove("userpoolid"));
        let shown = GetUserPoolMfaConfigOutput::builder().build();
        assert_eq!(model(&format!("{shown:?}")), taken);
    }

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn request(pool: Value) -> Value {
        update_request("eu-west-1_Pool", &object(pool), &object(json!({"PreSignUp": "arn"}))).into()
    }

    /// Compares the request of a pool, without its id and triggers.
    #[track_caller]
    fn check(pool: Value, expected: Value) {
        let mut request = request(pool.clone());
        let members = request.as_object_mut().unwrap();
        assert_eq!(members.remove("UserPoolId"), Some(json!("eu-west-1_Pool")));
        assert_eq!(members.remove("LambdaConfig"), Some(json!({"PreSignUp": "arn"})));
        assert_eq!(request, expected, "of {pool}");
    }

    #[test]
    fn request_carries_every_setting_whatever_its_name() {
        for setting in WRITABLE.into_iter().filter(|name| *name != "LambdaConfig") {
            let pool = json!({setting: {"Known": 1, "New": {"Deep": [null, {"More": null}]}}});
            check(pool.clone(), pool);
        }
        for name in ["NewConfiguration", "newConfiguration", "new-configuration", "", "ключ"] {
            for value in [json!(null), json!([]), json!({}), json!(0), json!(1.5), json!("text")] {
                check(json!({name: value}), json!({name: value}));
                check(json!({"Policies": {name: value}}), json!({"Policies": {name: value}}));
                check(
                    json!({"DcrConfiguration": [{name: value}]}),
                    json!({"DcrConfiguration": [{name: value}]}),
                );
            }
        }
    }

    #[test]
    fn request_leaves_out_what_no_request_may_hold() {
        for name in READ_ONLY.into_iter().filter(|name| *name != "Name") {
            check(json!({name: "any"}), json!({}));
        }
        check(json!({"Name": "theirs"}), json!({"PoolName": "theirs"}));
        check(
            json!({"UserPoolTags": {"team": "a", "aws:cloudformation:stack-name": "b"}}),
            json!({"UserPoolTags": {"team": "a"}}),
        );
    }

    #[test]
    fn unused_account_days_go_where_temporary_days_are() {
        let settings = json!({"AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 7});
        let without = json!({"AllowAdminCreateUserOnly": true});
        for (policies, sent) in [
            (json!({"PasswordPolicy": {"TemporaryPasswordValidityDays": 7}}), &without),
            (json!({"PasswordPolicy": {"TemporaryPasswordValidityDays": 0}}), &without),
            (json!({"PasswordPolicy": {"TemporaryPasswordValidityDays": null}}), &settings),
            (json!({"PasswordPolicy": {"MinimumLength": 8}}), &settings),
            (json!({}), &settings),
            (json!(null), &settings),
        ] {
            let pool = json!({"Policies": policies, "AdminCreateUserConfig": settings});
            check(pool.clone(), json!({"Policies": policies, "AdminCreateUserConfig": sent}));
            assert_eq!(lasting(&object(pool)).get("AdminCreateUserConfig"), Some(sent));
        }
    }

    #[test]
    fn mfa_request_has_factors_only_where_mfa_is_on() {
        let rest = json!({"WebAuthnConfiguration": {"New": null}, "New": {"Enabled": false}});
        for (mode, with_factors) in [
            (json!("ON"), true),
            (json!("OPTIONAL"), true),
            (json!("NEW"), true),
            (json!("OFF"), false),
        ] {
            let mut mfa = object(rest.clone());
            mfa.insert("MfaConfiguration".to_owned(), mode.clone());
            let mut expected = mfa.clone();
            for factor in ["Sms", "SoftwareToken", "Email"] {
                let name = format!("{factor}MfaConfiguration");
                mfa.insert(name.clone(), json!({"Enabled": true}));
                if with_factors {
                    expected.insert(name, json!({"Enabled": true}));
                }
            }
            expected.insert("UserPoolId".to_owned(), json!("eu-west-1_Pool"));
            assert_eq!(mfa_request("eu-west-1_Pool", &mfa), expected, "{mode}");
        }
    }

    #[test]
    fn unknown_members_are_named_in_order() {
        let mut pool = Map::new();
        for name in READ_ONLY.into_iter().chain(WRITABLE).chain(["Second", "First"]) {
            pool.insert(name.to_owned(), json!(1));
        }
        assert_eq!(unknown(&pool), ["First", "Second"]);
    }

    #[test]
    fn triggers_and_observations_are_not_lasting() {
        let mut pool = Map::new();
        for name in READ_ONLY.into_iter().chain(WRITABLE).chain(["New"]) {
            pool.insert(name.to_owned(), json!(1));
        }
        let lasting = lasting(&pool);
        let gone: Vec<_> = pool.keys().filter(|name| !lasting.contains_key(*name)).collect();
        let mut expected: Vec<_> = OBSERVED.into_iter().chain(["LambdaConfig"]).collect();
        expected.sort_unstable();
        assert_eq!(gone, expected);
    }
}
