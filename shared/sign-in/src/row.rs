//! Keys of challenge rows.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::client_policy::PasswordRule;
use crate::encode::length_prefixed;

/// The factor that a row belongs to: each has its own sequence, limits and lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Factor {
    /// Mail as the only factor.
    Email,
    /// Mail after a password.
    EmailSecond,
    /// Mail to confirm a registration in the built-in directory.
    Registration,
    /// Mail to recover an account of the built-in directory.
    Recovery,
    /// Mail beside a password of the built-in directory that is under attack.
    DirectorySignIn,
}

impl Factor {
    /// The factor of a mail code at a client with this rule: after a password it is another one,
    /// so that a caller without the password cannot spend its limits.
    #[must_use]
    pub fn for_mail(password: PasswordRule) -> Self {
        match password {
            PasswordRule::Never => Self::Email,
            PasswordRule::First | PasswordRule::FirstWithMfa => Self::EmailSecond,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::EmailSecond => "EMAIL_2ND",
            Self::Registration => "REGISTRATION",
            Self::Recovery => "RECOVERY",
            Self::DirectorySignIn => "DIRECTORY_SIGN_IN",
        }
    }
}

/// Layout of rows that this code reads and writes, as the first characters of their keys. A change
/// of the layout changes it, so that no row of another layout is ever claimed, mailed or accepted.
const LAYOUT: &str = "v2#";

/// The key of the row of one user, factor and client: a plain hash, so that rotating the code key
/// resets no limit, and so that a row names no user.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(String);

impl RowKey {
    /// The row of this user (`user_name` as the event has it), factor and app client. Each client
    /// has a row of its own: requests at one client spend nothing at another.
    #[must_use]
    pub fn new(pool: &str, factor: Factor, client: &str, user_name: &str) -> Self {
        let message = length_prefixed(&[
            pool.as_bytes(),
            factor.label().as_bytes(),
            client.as_bytes(),
            user_name.as_bytes(),
        ]);
        Self(format!("{LAYOUT}{}", URL_SAFE_NO_PAD.encode(Sha256::digest(message))))
    }

    /// A key that was read from the table's stream; `None` if its row has another layout.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        text.starts_with(LAYOUT).then(|| Self(text.to_owned()))
    }

    /// The text under which the row is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowKey({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Factor, RowKey};

    #[test]
    fn pool_factor_client_and_user_each_make_a_row() {
        let row = RowKey::new("eu-west-1_Pool", Factor::Email, "web", "noor");
        assert_eq!(row.as_str().len(), 3 + 43);
        assert_ne!(row, RowKey::new("eu-west-1_Other", Factor::Email, "web", "noor"));
        assert_ne!(row, RowKey::new("eu-west-1_Pool", Factor::EmailSecond, "web", "noor"));
        assert_ne!(row, RowKey::new("eu-west-1_Pool", Factor::Email, "app", "noor"));
        assert_ne!(row, RowKey::new("eu-west-1_Pool", Factor::Email, "web", "Noor"));
        assert_ne!(
            RowKey::new("a", Factor::Email, "b", "cd").as_str(),
            RowKey::new("a", Factor::Email, "bc", "d").as_str()
        );
    }

    #[test]
    fn stored_key_of_another_layout_is_refused() {
        let row = RowKey::new("eu-west-1_Pool", Factor::Email, "web", "noor");
        assert_eq!(RowKey::from_stored(row.as_str()), Some(row.clone()));
        let rest = row.as_str().trim_start_matches("v2#");
        for other in ["", "v1#", "v3#", "V2#", "v2", "n1#"] {
            assert_eq!(RowKey::from_stored(&format!("{other}{rest}")), None, "{other}");
        }
    }
}
