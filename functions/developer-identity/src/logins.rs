//! As whom the identity pool is asked for a token.

use std::collections::BTreeMap;

use identity::account::AccountId;

/// The `Logins` of a call to the identity pool.
///
/// There is one way to make them: from the id of an account that has just been proved. Nothing
/// that a client sends can get into them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logins(BTreeMap<String, String>);

impl Logins {
    /// The logins of an account, under the developer provider name of the settings.
    #[must_use]
    pub fn of(provider: &str, account: &AccountId) -> Self {
        Self(BTreeMap::from([(provider.to_owned(), account.as_str().to_owned())]))
    }

    /// Provider names with the user's id at each.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}
