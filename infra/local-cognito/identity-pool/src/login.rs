//! Logins: users at a provider, and those that a token proves.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// User at a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) provider: String,
    pub(crate) subject: String,
}

/// Kind of provider that proved a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginKind {
    Developer,
    UserPool,
    Social,
}

/// Login at a public provider that its token proves.
pub(crate) struct VerifiedLogin {
    pub(crate) login: Login,
    pub(crate) kind: LoginKind,
    /// Claims of the token.
    pub(crate) claims: Map<String, Value>,
    /// Client that the token is for.
    pub(crate) client: String,
}

impl VerifiedLogin {
    /// Returns the name under which role mappings have the provider.
    pub(crate) fn mapping_name(&self) -> String {
        match self.kind {
            LoginKind::UserPool => format!("{}:{}", self.login.provider, self.client),
            LoginKind::Social | LoginKind::Developer => self.login.provider.clone(),
        }
    }
}
