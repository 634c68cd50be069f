//! Recovery of an account by its user, as the pool's `AccountRecoverySetting` allows it.
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>

use serde_json::Value;

use super::message::ADDRESSES;
use super::state::Pool;
use super::user::User;
use crate::aws_api::ApiError;

/// Name of the mechanism that leaves recovery to administrators.
const ADMINISTRATORS: &str = "admin_only";

impl Pool {
    /// Refuses a code for a new password where recovery is left to administrators.
    pub(crate) fn check_recovery(&self) -> Result<(), ApiError> {
        if self.recovery_mechanisms().contains(&ADMINISTRATORS) {
            return Err(ApiError::refused("Contact administrator to reset password."));
        }
        Ok(())
    }

    /// Returns the attribute with the address for a code that resets a password: the verified one
    /// of the highest priority.
    pub(crate) fn recovery_address(&self, user: &User) -> Option<&'static str> {
        let mechanisms = self.recovery_mechanisms();
        let order: Vec<&'static str> = match mechanisms[..] {
            [] => ADDRESSES.into(),
            _ => mechanisms.into_iter().filter_map(address).collect(),
        };
        order.into_iter().find(|attribute| {
            user.is_verified(attribute) && user.attributes.contains_key(*attribute)
        })
    }

    /// Returns the names of the mechanisms, the most important one first; none without a setting.
    fn recovery_mechanisms(&self) -> Vec<&str> {
        let listed = self.setting(&["AccountRecoverySetting", "RecoveryMechanisms"]);
        let mut options: Vec<&Value> =
            listed.and_then(Value::as_array).into_iter().flatten().collect();
        options.sort_by_key(|option| option.get("Priority").and_then(Value::as_u64));
        options.into_iter().filter_map(|option| option.get("Name")?.as_str()).collect()
    }
}

/// Returns the attribute of a mechanism that sends a code.
fn address(mechanism: &str) -> Option<&'static str> {
    let name = mechanism.strip_prefix("verified_")?;
    ADDRESSES.into_iter().find(|attribute| *attribute == name)
}
