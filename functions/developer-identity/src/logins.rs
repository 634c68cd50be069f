//! As whom the identity pool is asked for a token.

use std::collections::BTreeMap;
use std::fmt;

use lifeguard_identity::account::AccountId;

use crate::login_token::ProvedLogin;

/// The `Logins` of a call to the identity pool.
///
/// They are made from the id of an account that has just been proved, and from logins that ID
/// tokens have proved. Nothing else that a client sends can get into them.
#[derive(Clone, PartialEq, Eq)]
pub struct Logins(BTreeMap<String, String>);

impl Logins {
    /// The logins of an account, under the developer provider name of the settings.
    #[must_use]
    pub fn of(provider: &str, account: &AccountId) -> Self {
        Self(BTreeMap::from([(provider.to_owned(), account.as_str().to_owned())]))
    }

    /// The same and a login at another provider.
    #[must_use]
    pub fn and(mut self, login: &ProvedLogin) -> Self {
        self.0.insert(login.provider().to_owned(), login.token().expose().to_owned());
        self
    }

    /// Provider names with the user's id, or a token, at each.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// Providers alone: some of the values are tokens.
impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
