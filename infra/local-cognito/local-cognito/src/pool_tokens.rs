//! Tokens of the user pools, as the authorizers of HTTP APIs and the identity pools accept them.

use local_cognito_api_gateway::UserPoolTokens;
use serde_json::{Map, Value};

use local_cognito_identity_pool::UserPoolVerifier;
use local_cognito_user_pool::UserPools;

/// User pools behind JWT authorizers and behind the logins of identity pools.
pub struct PoolTokens(pub UserPools);

impl UserPoolTokens for PoolTokens {
    fn issuers(&self, pool: &str) -> Vec<String> {
        self.0.issuers(pool).into()
    }

    fn claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>> {
        self.0.token_claims(pool, token)
    }
}

impl UserPoolVerifier for PoolTokens {
    fn issuers(&self, pool: &str) -> Vec<String> {
        self.0.issuers(pool).into()
    }

    fn verified_claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>> {
        self.0.token_claims(pool, token)
    }

    fn is_signed_in(&self, pool: &str, claims: &Map<String, Value>) -> bool {
        self.0.is_signed_in(pool, claims)
    }
}
