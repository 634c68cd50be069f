//! Tokens of the user pools as logins of the identity pools.

use serde_json::{Map, Value};

use crate::identity_pool::UserPoolVerifier;
use crate::user_pool::UserPools;

/// User pools whose tokens the identity pools verify.
pub struct UserPoolLogins(pub UserPools);

impl UserPoolVerifier for UserPoolLogins {
    fn issuers(&self, pool: &str) -> Vec<String> {
        self.0.issuers(pool).to_vec()
    }

    fn verified_claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>> {
        self.0.token_claims(pool, token)
    }

    fn is_signed_in(&self, pool: &str, claims: &Map<String, Value>) -> bool {
        self.0.stands(pool, claims)
    }
}
