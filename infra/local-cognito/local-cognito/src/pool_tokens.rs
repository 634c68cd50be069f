//! Tokens of the user pools, as the authorizers of the HTTP APIs accept them.

use local_cognito_api_gateway::UserPoolTokens;
use serde_json::{Map, Value};

use crate::user_pool::UserPools;

/// The user pools behind the JWT authorizers.
pub(crate) struct PoolTokens(pub(crate) UserPools);

impl UserPoolTokens for PoolTokens {
    fn issuers(&self, pool: &str) -> Vec<String> {
        self.0.issuers(pool).into()
    }

    fn claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>> {
        self.0.token_claims(pool, token)
    }
}
