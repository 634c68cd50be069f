//! Outbox note of a challenge, kept in the row until the message is sent.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Size of an encoded note without the redirect, in bytes: notes about known and
/// unknown names have one size.
const PADDED: usize = 384;

/// Decision to send a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// It is sent to the user, at a verified address.
    #[serde(rename = "y")]
    Send,
    /// It is not sent: the user is unknown or has no verified address.
    #[serde(rename = "n")]
    Drop,
}

/// The outbox note of a challenge.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Decision to send.
    #[serde(rename = "d")]
    pub delivery: Delivery,
    /// The address; empty when nothing is sent.
    #[serde(rename = "to", default)]
    pub destination: String,
    /// The user's `sub`; empty when nothing is sent.
    #[serde(rename = "s", default)]
    pub sub: String,
    /// The language of the message.
    #[serde(rename = "l", default)]
    pub language: Language,
    /// The pool's user name, for a link; empty when nothing is sent.
    #[serde(rename = "u", default)]
    pub user_name: String,
    /// The page that a link leads to; empty for a message without one.
    #[serde(rename = "r", default)]
    pub redirect: String,
}

impl Outgoing {
    /// Returns the note of a challenge without a message.
    #[must_use]
    pub fn without_recipient() -> Self {
        Self {
            delivery: Delivery::Drop,
            destination: String::new(),
            sub: String::new(),
            language: Language::default(),
            user_name: String::new(),
            redirect: String::new(),
        }
    }

    /// Encodes the note, padded so that its size says nothing about the user.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        let missing = (PADDED + self.redirect.len()).saturating_sub(text.len());
        text.extend(std::iter::repeat_n(' ', missing));
        text
    }

    /// Reads a note back.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A note holds an address: it is not shown.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({:?}, [redacted])", self.delivery)
    }
}

#[cfg(test)]
mod tests {
    use super::{Delivery, Outgoing};
    use crate::language::Language;

    #[test]
    fn notes_of_known_and_unknown_users_have_one_size() {
        let redirect = "https://app.example.com/signin".to_owned();
        let known = Outgoing {
            delivery: Delivery::Send,
            destination: "noor.haddad@example.net".to_owned(),
            sub: "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55".to_owned(),
            language: Language::Dutch,
            user_name: "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55".to_owned(),
            redirect: redirect.clone(),
        };
        let unknown = Outgoing { redirect, ..Outgoing::without_recipient() };
        assert_eq!(known.encode().len(), unknown.encode().len());
        assert_eq!(Outgoing::decode(&known.encode()), Some(known.clone()));
        assert!(!format!("{known:?}").contains("noor"));
    }
}
