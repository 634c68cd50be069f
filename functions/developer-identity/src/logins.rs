//! The logins of a request to the identity pool.

use std::collections::BTreeMap;
use std::fmt;

use lifeguard_identity::account::AccountId;

use crate::login_token::VerifiedLogin;

/// The `Logins` of a call to the identity pool.
///
/// Their only sources are the id of an account that was verified in this invocation, and verified
/// ID tokens. Nothing else that a client sends can get into them.
#[derive(Clone, PartialEq, Eq)]
pub struct Logins(BTreeMap<String, String>);

impl Logins {
    /// Builds the logins of an account, under the developer provider name of the settings.
    #[must_use]
    pub fn new(provider: &str, account: &AccountId) -> Self {
        Self(BTreeMap::from([(provider.to_owned(), account.as_str().to_owned())]))
    }

    /// Adds a login at another provider.
    #[must_use]
    pub fn with(mut self, login: &VerifiedLogin) -> Self {
        self.0.insert(login.provider().to_owned(), login.token().expose().to_owned());
        self
    }

    /// Returns provider names, each with the account's id or a token.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// Shows the provider names alone: some of the values are tokens.
impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
