//! The pool's second factors and passkey settings, which `DescribeUserPool` does not show.

use serde_json::{Map, Value, json};

use super::pool::Pool;
use local_cognito_aws_emulation::ApiError;

/// Members that switch a second factor on.
const FACTORS: [&str; 3] =
    ["SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration"];

/// Replaces all settings: a member that is left out is deleted.
///
/// # Errors
/// `InvalidParameterException` for factors without MFA, or MFA without factors.
pub(crate) fn replace(
    pool: &mut Pool,
    mode: Option<String>,
    settings: Map<String, Value>,
) -> Result<(), ApiError> {
    let mode = mode.map_or_else(|| json!("OFF"), Value::from);
    let with_factor = FACTORS.iter().any(|factor| is_on(settings.get(*factor)));
    if mode == "OFF" && with_factor {
        return Err(ApiError::invalid(
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
        ));
    }
    if mode != "OFF" && !with_factor {
        return Err(ApiError::invalid(
            "Invalid MFA configuration given, can't disable all MFAs with a required or \
             optional configuration.",
        ));
    }
    pool.config.set("MfaConfiguration", mode);
    pool.mfa = settings;
    Ok(())
}

/// Drops the second factors of a pool with MFA off; passkeys stay.
pub(crate) fn drop_factors_without_mfa(pool: &mut Pool) {
    if pool.config.setting_text(&["MfaConfiguration"]) == Some("OFF") {
        pool.mfa.retain(|name, _| !FACTORS.contains(&name.as_str()));
    }
}

/// Describes the settings as `GetUserPoolMfaConfig` does.
pub(crate) fn describe(pool: &Pool) -> Value {
    let mut shown = pool.mfa.clone();
    if let Some(mode) = pool.config.setting(&["MfaConfiguration"]) {
        shown.insert("MfaConfiguration".to_owned(), mode.clone());
    }
    Value::Object(shown)
}

fn is_on(factor: Option<&Value>) -> bool {
    factor.is_some_and(|factor| factor.get("Enabled") != Some(&Value::Bool(false)))
}
