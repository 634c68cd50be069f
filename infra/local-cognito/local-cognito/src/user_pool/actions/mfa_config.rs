//! The pool's second factors and passkey settings, which `DescribeUserPool` does not show.

use serde_json::{Map, Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::user_pool::Host;
use crate::user_pool::state::Pool;

/// Members that switch a second factor on.
const FACTORS: [&str; 3] =
    ["SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration"];

impl Host {
    pub(super) fn mfa_config(&self, input: &Input) -> Result<Value, ApiError> {
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        Ok(shown(pool))
    }

    /// Replaces all settings: a member that is left out is gone.
    pub(super) fn set_mfa_config(&self, input: &Input) -> Result<Value, ApiError> {
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(input.required("UserPoolId")?)?;
        let mut members = input.members();
        members.remove("UserPoolId");
        let mode = members.remove("MfaConfiguration").unwrap_or_else(|| json!("OFF"));
        let with_factor = FACTORS.iter().any(|factor| is_on(members.get(*factor)));
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
        pool.config.insert("MfaConfiguration".to_owned(), mode);
        pool.mfa = members;
        pool.modified = now;
        Ok(shown(pool))
    }
}

impl Pool {
    /// Drops the second factors of a pool with MFA off; passkeys stay.
    pub(super) fn drop_factors_without_mfa(&mut self) {
        if self.setting_text(&["MfaConfiguration"]) == Some("OFF") {
            self.mfa.retain(|name, _| !FACTORS.contains(&name.as_str()));
        }
    }
}

fn is_on(factor: Option<&Value>) -> bool {
    factor.is_some_and(|factor| factor.get("Enabled") != Some(&Value::Bool(false)))
}

fn shown(pool: &Pool) -> Value {
    let mut shown: Map<String, Value> = pool.mfa.clone();
    if let Some(mode) = pool.config.get("MfaConfiguration") {
        shown.insert("MfaConfiguration".to_owned(), mode.clone());
    }
    Value::Object(shown)
}
