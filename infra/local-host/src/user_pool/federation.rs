//! What others ask of a user pool: whose token is this?

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
}
