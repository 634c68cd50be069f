//! Bodies of requests and responses, as the OpenAPI document describes them.

pub(crate) mod account_kind;
pub(crate) mod accounts;
pub(crate) mod administration;
pub(crate) mod credentials;
pub(crate) mod links;
pub(crate) mod passwords;
pub(crate) mod problems;
pub(crate) mod sessions;
pub(crate) mod token;

use lifeguard_identity::account::AccountId;
use lifeguard_sign_in::secret::Secret;
use serde::de::{Deserialize as _, Deserializer, Error as _};

/// Reads a text that must never be shown.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

/// Reads such a text, or null for none.
fn optional_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(Secret::new))
}

/// Reads the id of an account.
fn account_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccountId, D::Error> {
    let text = String::deserialize(deserializer)?;
    AccountId::parse(&text).ok_or_else(|| D::Error::custom("invalid account id"))
}
