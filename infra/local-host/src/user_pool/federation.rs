//! What others ask of a user pool: whose token is this, and does the sign-in stand?

use serde_json::{Map, Value};

use super::UserPools;

impl UserPools {
    /// The issuer of a pool's tokens.
    pub(crate) fn issuer(&self, pool: &str) -> String {
        format!("{}/{pool}", self.0.settings.issuer_base)
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
