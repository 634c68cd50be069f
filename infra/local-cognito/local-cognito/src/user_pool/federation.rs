//! Checks of tokens for other services: the signature, the issuer, and the sign-in behind it.

use serde_json::{Map, Value};

use super::UserPools;

impl UserPools {
    /// Returns the issuer that new tokens of `pool` name, if there is such a pool.
    #[must_use]
    pub fn issuer(&self, pool: &str) -> Option<String> {
        Some(self.0.state().pool(pool).ok()?.issuer(&self.0.settings))
    }

    /// Returns every issuer that a token of `pool` may name.
    pub(crate) fn issuers(&self, pool: &str) -> [String; 3] {
        self.0.settings.issuers(pool)
    }

    /// The claims of an ID or access token that this pool signed, whatever its times say.
    pub(crate) fn token_claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>> {
        let state = self.0.state();
        let keys = state.pool(pool).ok()?.keys.as_ref()?;
        keys.id.open(token).or_else(|| keys.access.open(token))
    }

    /// Whether the sign-in behind these claims was not revoked and its user is enabled.
    pub(crate) fn stands(&self, pool: &str, claims: &Map<String, Value>) -> bool {
        let state = self.0.state();
        let grant = claims
            .get("origin_jti")
            .and_then(Value::as_str)
            .and_then(|origin| state.pool(pool).ok()?.grants.get(origin));
        grant.is_some_and(|grant| {
            let user = state.pool(pool).and_then(|pool| pool.user(&grant.user));
            !grant.revoked && user.is_ok_and(|user| user.check_enabled().is_ok())
        })
    }
}
