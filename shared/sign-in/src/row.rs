//! Whose challenges a row holds.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::client_policy::PasswordRule;
use crate::encode::length_prefixed;

/// What a row counts: each factor has its own sequence, budgets and lifetime.
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
}

impl Factor {
    /// The factor of a mail code at a client with this rule: after a password it is another one,
    /// so that somebody without the password cannot use its budgets up.
    #[must_use]
    pub fn of_mail(password: PasswordRule) -> Self {
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
        }
    }
}

/// The key of one person's row for one factor: a plain hash, so that rotating the code key resets
/// no budget, and so that a row does not name anybody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(String);

impl RowKey {
    /// The row of this person (`user_name` as the event has it) and factor.
    #[must_use]
    pub fn of(pool: &str, factor: Factor, user_name: &str) -> Self {
        let message =
            length_prefixed(&[pool.as_bytes(), factor.label().as_bytes(), user_name.as_bytes()]);
        Self(format!("v1#{}", URL_SAFE_NO_PAD.encode(Sha256::digest(message))))
    }

    /// A key that was read from the table's stream.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
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
    fn pool_factor_and_person_each_make_another_row() {
        let row = RowKey::of("eu-west-1_Pool", Factor::Email, "noor");
        assert_eq!(row.as_str().len(), 3 + 43);
        assert_ne!(row, RowKey::of("eu-west-1_Other", Factor::Email, "noor"));
        assert_ne!(row, RowKey::of("eu-west-1_Pool", Factor::EmailSecond, "noor"));
        assert_ne!(row, RowKey::of("eu-west-1_Pool", Factor::Email, "Noor"));
        assert_ne!(
            RowKey::of("a", Factor::Email, "bc").as_str(),
            RowKey::of("ab", Factor::Email, "c").as_str()
        );
    }
}
