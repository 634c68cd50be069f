//! Saved state: the pools, the key of their tokens, and the key of the stand-in social provider.

use serde::Deserialize;
use serde_json::{Value, json};

use super::pool::Pools;
use super::services::Services;
use local_cognito_openid::signing_key::SigningKey;

/// Saved state, parsed.
#[derive(Deserialize)]
pub(super) struct Snapshot {
    pools: Pools,
    key: Option<SigningKey>,
    social_key: Option<SigningKey>,
}

impl Snapshot {
    /// Returns the state as it is saved.
    pub(super) fn take(services: &Services) -> Value {
        json!({
            "pools": *services.directory.pools(),
            "key": services.tokens.lazy_key().saved(),
            "social_key": services.social.lazy_key().saved(),
        })
    }

    /// Parses a saved state.
    pub(super) fn parse(saved: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(saved)
    }

    /// Replaces the state by the saved one.
    pub(crate) fn restore(self, services: &Services) {
        *services.directory.pools() = self.pools;
        services.tokens.lazy_key().replace(self.key);
        services.social.lazy_key().replace(self.social_key);
    }
}
