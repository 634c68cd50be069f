//! Recovery of an account by its user, as the pool's `AccountRecoverySetting` allows it.
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>

use serde_json::Value;

use super::address::ADDRESSES;
use super::config::PoolConfig;
use super::user::User;
use local_cognito_aws_emulation::ApiError;

/// Name of the mechanism that leaves recovery to administrators.
const ADMINISTRATORS: &str = "admin_only";

/// Refuses a code for a new password where recovery is left to administrators.
pub(crate) fn check_recovery(config: &PoolConfig) -> Result<(), ApiError> {
    if recovery_mechanisms(config).contains(&ADMINISTRATORS) {
        return Err(ApiError::refused("Contact administrator to reset password."));
    }
    Ok(())
}

/// Returns the attribute with the address for a code that resets a password: the verified one of
/// the highest priority.
pub(crate) fn recovery_address(config: &PoolConfig, user: &User) -> Option<&'static str> {
    let mechanisms = recovery_mechanisms(config);
    let order: Vec<&'static str> = match mechanisms[..] {
        [] => ADDRESSES.into(),
        _ => mechanisms.into_iter().filter_map(address).collect(),
    };
    order
        .into_iter()
        .find(|attribute| user.is_verified(attribute) && user.attributes.contains_key(*attribute))
}

/// Reports a user without an address for a recovery code.
pub(crate) fn no_recovery_address() -> ApiError {
    ApiError::invalid(
        "Cannot reset password for the user as there is no registered/verified email or \
         phone_number",
    )
}

/// Returns the names of the mechanisms, the most important one first; none without a setting.
fn recovery_mechanisms(config: &PoolConfig) -> Vec<&str> {
    let listed = config.setting(&["AccountRecoverySetting", "RecoveryMechanisms"]);
    let mut options: Vec<&Value> = listed.and_then(Value::as_array).into_iter().flatten().collect();
    options.sort_by_key(|option| option.get("Priority").and_then(Value::as_u64));
    options.into_iter().filter_map(|option| option.get("Name")?.as_str()).collect()
}

/// Returns the attribute of a mechanism that sends a code.
fn address(mechanism: &str) -> Option<&'static str> {
    let name = mechanism.strip_prefix("verified_")?;
    ADDRESSES.into_iter().find(|attribute| *attribute == name)
}
