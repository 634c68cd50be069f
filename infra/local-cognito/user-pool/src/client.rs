//! An app client: its flows, its secret and its lifetimes.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use local_cognito_aws_emulation::ApiError;

/// One app client.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    /// The settings as `DescribeUserPoolClient` shows them.
    pub(crate) config: Map<String, Value>,
    pub(crate) created: u64,
    pub(crate) modified: u64,
}

/// The lifetimes of access and ID tokens that Cognito takes, in seconds: 5 minutes to 1 day.
const ACCESS_LIVES: RangeInclusive<u64> = 300..=86_400;
/// The lifetimes of refresh tokens that Cognito takes, in seconds: 60 minutes to 3,650 days.
const REFRESH_LIVES: RangeInclusive<u64> = 3_600..=3_650 * 86_400;

/// Returns the settings of a client from the members of an input, defaults filled in.
///
/// # Errors
/// `InvalidParameterException` if a token is valid too short or too long, or an access or ID token
/// longer than the refresh token. A number of 0 stands for the default.
pub(crate) fn config(mut config: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    for name in ["GenerateSecret", "ClientId", "UserPoolId"] {
        config.remove(name);
    }
    for (name, default) in [
        ("RefreshTokenValidity", json!(30)),
        ("AuthSessionValidity", json!(3)),
        ("EnableTokenRevocation", json!(true)),
        ("AllowedOAuthFlowsUserPoolClient", json!(false)),
    ] {
        config.entry(name).or_insert(default);
    }
    let refresh = refresh_token_life(&config);
    let lives = [id_token_life(&config), access_token_life(&config)];
    let fit = lives.iter().all(|life| ACCESS_LIVES.contains(life) && *life <= refresh);
    if fit && REFRESH_LIVES.contains(&refresh) {
        Ok(config)
    } else {
        Err(ApiError::invalid("Invalid range for token validity."))
    }
}

fn id_token_life(config: &Map<String, Value>) -> u64 {
    life(config, "IdTokenValidity", "IdToken", "hours").unwrap_or(3600)
}

fn access_token_life(config: &Map<String, Value>) -> u64 {
    life(config, "AccessTokenValidity", "AccessToken", "hours").unwrap_or(3600)
}

fn refresh_token_life(config: &Map<String, Value>) -> u64 {
    life(config, "RefreshTokenValidity", "RefreshToken", "days").unwrap_or(30 * 86_400)
}

/// Returns a lifetime in seconds.
fn life(config: &Map<String, Value>, setting: &str, token: &str, unit: &str) -> Option<u64> {
    let count = config.get(setting).and_then(Value::as_u64).filter(|count| *count > 0)?;
    let unit = config
        .get("TokenValidityUnits")
        .and_then(|units| units.get(token))
        .and_then(Value::as_str)
        .unwrap_or(unit);
    let seconds = match unit {
        "seconds" => 1,
        "minutes" => 60,
        "hours" => 3_600,
        _ => 86_400,
    };
    Some(count.saturating_mul(seconds))
}

impl Client {
    fn setting(&self, name: &str) -> Option<&Value> {
        self.config.get(name)
    }

    /// True if unknown users must look like known ones.
    pub(crate) fn hides_users(&self) -> bool {
        self.setting("PreventUserExistenceErrors").is_some_and(|value| value == "ENABLED")
    }

    /// True if one of these flows is allowed.
    ///
    /// Without a list the API's three defaults are; the values without `ALLOW_`, which are older,
    /// add to these, save that `CUSTOM_AUTH_FLOW_ONLY` takes SRP away.
    pub(crate) fn allows(&self, flows: &[&str]) -> bool {
        let listed = self.setting("ExplicitAuthFlows").and_then(Value::as_array);
        let listed: Vec<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
        let older = listed.iter().all(|flow| !flow.starts_with("ALLOW_"));
        flows.iter().any(|flow| {
            let default = match *flow {
                "ALLOW_CUSTOM_AUTH" | "ALLOW_REFRESH_TOKEN_AUTH" => older,
                "ALLOW_USER_SRP_AUTH" => older && !listed.contains(&"CUSTOM_AUTH_FLOW_ONLY"),
                _ => false,
            };
            default || listed.contains(flow)
        })
    }

    /// True if the client may write this attribute.
    pub(crate) fn may_write(&self, attribute: &str) -> bool {
        self.lists("WriteAttributes", attribute)
    }

    /// True if the client may read this attribute.
    pub(crate) fn may_read(&self, attribute: &str) -> bool {
        self.lists("ReadAttributes", attribute)
    }

    fn lists(&self, setting: &str, attribute: &str) -> bool {
        self.setting(setting)
            .and_then(Value::as_array)
            .filter(|listed| !listed.is_empty())
            .is_none_or(|listed| listed.iter().any(|allowed| allowed == attribute))
    }

    /// Returns the lifetime of a challenge session, in seconds.
    pub(crate) fn session_life(&self) -> u64 {
        60 * self.setting("AuthSessionValidity").and_then(Value::as_u64).unwrap_or(3)
    }

    /// Returns the lifetime of an ID token, in seconds.
    pub(crate) fn id_token_life(&self) -> u64 {
        id_token_life(&self.config)
    }

    /// Returns the lifetime of an access token, in seconds.
    pub(crate) fn access_token_life(&self) -> u64 {
        access_token_life(&self.config)
    }

    /// Returns the lifetime of a refresh token, in seconds.
    pub(crate) fn refresh_token_life(&self) -> u64 {
        refresh_token_life(&self.config)
    }

    /// True if `RevokeToken` serves this client.
    pub(crate) fn revokes_tokens(&self) -> bool {
        self.setting("EnableTokenRevocation") == Some(&Value::Bool(true))
    }

    /// Returns the grace period in seconds if refresh tokens rotate.
    pub(crate) fn rotation(&self) -> Option<u64> {
        let rotation = self.setting("RefreshTokenRotation")?;
        (rotation.get("Feature")? == "ENABLED")
            .then(|| rotation.get("RetryGracePeriodSeconds").and_then(Value::as_u64).unwrap_or(0))
    }

    /// True if this is the client's secret, or if it has none and none is given.
    pub(crate) fn has_secret(&self, given: Option<&str>) -> bool {
        match (&self.secret, given) {
            (None, None) => true,
            (Some(secret), Some(given)) => secret.as_bytes().ct_eq(given.as_bytes()).into(),
            _ => false,
        }
    }

    /// Checks `SECRET_HASH` against one of the names that a caller may have hashed.
    pub(crate) fn check_secret_hash(
        &self,
        hash: Option<&str>,
        names: &[&str],
    ) -> Result<(), ApiError> {
        let id = &self.id;
        match (&self.secret, hash) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(ApiError::refused(format!(
                "Client {id} is not configured with secret but secret hash was received"
            ))),
            (Some(_), None) => Err(ApiError::refused(format!(
                "Client {id} is configured with secret but SECRET_HASH was not received"
            ))),
            (Some(secret), Some(hash)) => {
                let hash = STANDARD.decode(hash).unwrap_or_default();
                let fits = names.iter().any(|name| {
                    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).is_ok_and(|mac| {
                        mac.chain_update(name).chain_update(id).verify_slice(&hash).is_ok()
                    })
                });
                if fits {
                    Ok(())
                } else {
                    Err(ApiError::refused(format!("Unable to verify secret hash for client {id}")))
                }
            }
        }
    }

    /// Describes the client as `DescribeUserPoolClient` does.
    pub(crate) fn describe(&self, pool: &str) -> Value {
        let mut shown = self.config.clone();
        shown.insert("UserPoolId".to_owned(), pool.into());
        shown.insert("ClientId".to_owned(), self.id.clone().into());
        shown.insert("CreationDate".to_owned(), self.created.into());
        shown.insert("LastModifiedDate".to_owned(), self.modified.into());
        if let Some(secret) = &self.secret {
            shown.insert("ClientSecret".to_owned(), secret.clone().into());
        }
        Value::Object(shown)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::config;

    #[track_caller]
    fn check(settings: &Value, accepted: bool) {
        let refusal = config(settings.as_object().unwrap().clone()).err().map(|it| it.message);
        let expected = (!accepted).then(|| "Invalid range for token validity.".to_owned());
        assert_eq!(refusal, expected, "{settings}");
    }

    #[test]
    fn lives_of_tokens_have_the_bounds_of_cognito() {
        for (setting, token, unit, least, most) in [
            ("AccessTokenValidity", "AccessToken", "seconds", 300, 86_400),
            ("AccessTokenValidity", "AccessToken", "minutes", 5, 1_440),
            ("IdTokenValidity", "IdToken", "seconds", 300, 86_400),
            ("IdTokenValidity", "IdToken", "hours", 1, 24),
            ("IdTokenValidity", "IdToken", "days", 1, 1),
            ("RefreshTokenValidity", "RefreshToken", "seconds", 3_600, 315_360_000),
            ("RefreshTokenValidity", "RefreshToken", "minutes", 60, 5_256_000),
            ("RefreshTokenValidity", "RefreshToken", "days", 1, 3_650),
        ] {
            let input = |count: u64| json!({setting: count, "TokenValidityUnits": {token: unit}});
            check(&input(least), true);
            check(&input(most), true);
            check(&input(most + 1), false);
            // 0 stands for the default.
            check(&input(least - 1), least == 1);
        }
    }

    #[test]
    fn units_that_are_missing_are_hours_and_days() {
        for setting in ["AccessTokenValidity", "IdTokenValidity"] {
            check(&json!({setting: 24}), true);
            check(&json!({setting: 25}), false);
        }
        check(&json!({"RefreshTokenValidity": 3_650}), true);
        check(&json!({"RefreshTokenValidity": 3_651}), false);
        check(&json!({}), true);
    }

    #[test]
    fn no_token_outlives_the_refresh_token() {
        for setting in ["AccessTokenValidity", "IdTokenValidity"] {
            let input = |hours: u64| {
                json!({
                    setting: hours,
                    "RefreshTokenValidity": 2,
                    "TokenValidityUnits": {"RefreshToken": "hours"},
                })
            };
            check(&input(2), true);
            check(&input(3), false);
        }
    }
}
