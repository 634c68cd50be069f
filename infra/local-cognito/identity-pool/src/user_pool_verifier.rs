//! Check of user-pool tokens, given to the identity pools when they are made.

use serde_json::{Map, Value};

/// Verifies tokens of user pools, which are logins of identity pools.
pub trait UserPoolVerifier: Send + Sync {
    /// Returns every issuer that a token of the user pool may name.
    fn issuers(&self, pool: &str) -> Vec<String>;

    /// Returns the claims of a token that the user pool signed, expired or not; `None` for any
    /// other token.
    fn verified_claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>>;

    /// True if the sign-in behind verified claims is not revoked and its user is enabled.
    fn is_signed_in(&self, pool: &str, claims: &Map<String, Value>) -> bool;
}
