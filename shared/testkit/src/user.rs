//! A user as the trigger events show one.

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_store::challenges::NewChallenge;
use serde_json::{Value, json};

use crate::events::event;
use crate::fixtures::{CLIENT, NOW, POOL, SUB};

/// Knowledge of the pool about a user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Known,
    Unverified,
    Unknown,
}

/// A user of the sample events, under any user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user name of the events, which is in the key of the row.
    pub user_name: String,
    kind: Kind,
}

impl User {
    /// Returns a user of the pool.
    #[must_use]
    pub fn known(user_name: &str) -> Self {
        Self { user_name: user_name.to_owned(), kind: Kind::Known }
    }

    /// Returns a user of the pool with an address that is not verified.
    #[must_use]
    pub fn unverified(user_name: &str) -> Self {
        Self { user_name: user_name.to_owned(), kind: Kind::Unverified }
    }

    /// Returns a user name that the pool does not know.
    #[must_use]
    pub fn unknown(user_name: &str) -> Self {
        Self { user_name: user_name.to_owned(), kind: Kind::Unknown }
    }

    /// Returns the user of the sample events.
    #[must_use]
    pub fn sample() -> Self {
        Self::known(SUB)
    }

    /// Returns the sample event of this name about this user.
    #[must_use]
    pub fn event(&self, name: &str) -> Value {
        let mut event = event(name);
        event["userName"] = self.user_name.as_str().into();
        event["request"]["userNotFound"] = (self.kind == Kind::Unknown).into();
        match self.kind {
            Kind::Known => {}
            Kind::Unverified => {
                event["request"]["userAttributes"]["email_verified"] = "false".into()
            }
            Kind::Unknown => event["request"]["userAttributes"] = json!({}),
        }
        event
    }

    /// Returns the key of the user's row of challenges.
    #[must_use]
    pub fn row(&self) -> RowKey {
        RowKey::new(POOL, Factor::Email, CLIENT, &self.user_name)
    }

    /// Returns a request for a challenge at [`NOW`] without a mail, for the tests to change.
    #[must_use]
    pub fn new_challenge(&self) -> NewChallenge {
        NewChallenge {
            row: self.row(),
            id: [7; 16],
            now: NOW,
            key_version: 1,
            client: CLIENT.to_owned(),
            session: [9; 8],
            outgoing: Outgoing::without_recipient(),
            user: match self.kind {
                Kind::Unknown => Existence::Unknown,
                Kind::Known | Kind::Unverified => Existence::Known,
            },
        }
    }
}
