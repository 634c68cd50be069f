//! The password policy of a pool.

use serde_json::Value;

use super::config::PoolConfig;
use local_cognito_aws_emulation::{ApiError, randomness};

/// Checks a new password against the pool's policy.
pub(crate) fn check(config: &PoolConfig, password: &str) -> Result<(), ApiError> {
    let rule = |name| config.setting(&["Policies", "PasswordPolicy", name]);
    let demands = |name| rule(name) == Some(&Value::Bool(true));
    let length = rule("MinimumLength").and_then(Value::as_u64).unwrap_or(8);
    let has = |kind: fn(&char) -> bool| password.chars().any(|letter| kind(&letter));
    let complaint = if u64::try_from(password.chars().count()).unwrap_or(u64::MAX) < length {
        "Password not long enough"
    } else if password.chars().count() > 256 {
        "Password too long"
    } else if demands("RequireUppercase") && !has(char::is_ascii_uppercase) {
        "Password must have uppercase characters"
    } else if demands("RequireLowercase") && !has(char::is_ascii_lowercase) {
        "Password must have lowercase characters"
    } else if demands("RequireNumbers") && !has(char::is_ascii_digit) {
        "Password must have numeric characters"
    } else if demands("RequireSymbols")
        && !has(|letter| letter.is_ascii_punctuation() || *letter == ' ')
    {
        "Password must have symbol characters"
    } else {
        return Ok(());
    };
    Err(ApiError::new(
        "InvalidPasswordException",
        format!("Password did not conform with policy: {complaint}"),
    ))
}

/// Generates a temporary password that every policy accepts.
pub(crate) fn temporary(config: &PoolConfig) -> Result<String, ApiError> {
    let length = config
        .setting(&["Policies", "PasswordPolicy", "MinimumLength"])
        .and_then(Value::as_u64)
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or(8);
    let rest = randomness::word("abcdefghijkmnopqrstuvwxyz", length.max(8))?;
    Ok(format!(
        "{}{}{}{rest}",
        randomness::word("ABCDEFGHJKLMNPQRSTUVWXYZ", 1)?,
        randomness::word("23456789", 2)?,
        randomness::word("!#%+=?", 1)?
    ))
}
