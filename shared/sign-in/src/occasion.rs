//! Codes by mail outside the sign-ins of a pool: those of the built-in directory.

use std::collections::BTreeSet;

use crate::client_policy::{
    ClientPolicy, LinkBinding, MOST_ANSWERS, MOST_DIGITS, Method, PasswordRule,
};
use crate::code::Addressee;
use crate::redirect::Redirects;
use crate::row::{Factor, RowKey};

/// Number of digits of a short code of the directory. The limits are of one address, and an
/// attacker here does not care which address it is: the account of any user, or any address of a
/// domain that may sign up, serves. So the code must be long.
pub const DIGITS: u8 = MOST_DIGITS;

/// Reason for a mail of the built-in directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A user registers with this address.
    Registration,
    /// A user has forgotten the password of the account with this address.
    Recovery,
    /// A user signs in with a password that is under attack.
    SignIn,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 3] = [Self::Registration, Self::Recovery, Self::SignIn];

    /// Returns the name in the place of an app client. No client of a pool has a dot in its id.
    #[must_use]
    pub const fn client(self) -> &'static str {
        match self {
            Self::Registration => "directory.registration",
            Self::Recovery => "directory.recovery",
            Self::SignIn => "directory.sign-in",
        }
    }

    /// Returns the occasion of this client, if it is one.
    #[must_use]
    pub fn from_client(client: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.client() == client)
    }

    /// Returns the factor that has the sequence and limits of its codes.
    #[must_use]
    pub const fn factor(self) -> Factor {
        match self {
            Self::Registration => Factor::Registration,
            Self::Recovery => Factor::Recovery,
            Self::SignIn => Factor::DirectorySignIn,
        }
    }

    /// Returns the row of an account (the text of its key) and this occasion.
    #[must_use]
    pub fn row(self, pool: &str, account: &str) -> RowKey {
        RowKey::new(pool, self.factor(), self.client(), account)
    }

    /// Returns the recipient of a code. The directory knows a user by the account's row, which is a
    /// hash of the address. `tie` is what a code belongs to beside it: the random number of a
    /// registration, or the id of the account. The latter is the same for every
    /// caller, so that the code in the mailbox works for its owner within the gap after a request
    /// of an attacker.
    #[must_use]
    pub const fn addressee<'a>(
        self,
        pool: &'a str,
        account: &'a str,
        tie: &'a str,
    ) -> Addressee<'a> {
        Addressee { pool, client: self.client(), sub: tie, destination: account }
    }
}

/// Returns the rules for codes of the directory: a code by mail and nothing else.
#[must_use]
pub fn rules() -> ClientPolicy {
    ClientPolicy {
        methods: BTreeSet::from([Method::EmailOtp]),
        default_method: Some(Method::EmailOtp),
        password: PasswordRule::Never,
        answers: MOST_ANSWERS,
        digits: DIGITS,
        link_binding: LinkBinding::SameSession,
        redirects: Redirects::default(),
        default_redirect: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Occasion;

    #[test]
    fn occasion_has_its_own_row_and_a_name_no_client_has() {
        for occasion in Occasion::ALL {
            assert_eq!(Occasion::from_client(occasion.client()), Some(occasion));
            assert!(occasion.client().contains('.'));
        }
        let row = |occasion: Occasion| occasion.row("eu-west-1_Pool", "noor");
        let rows: BTreeSet<_> = Occasion::ALL.into_iter().map(row).collect();
        assert_eq!(rows.len(), Occasion::ALL.len());
        assert_eq!(Occasion::from_client("4h7q2m9s1tk0c8v5e3rj6b1nd2"), None);
    }
}
