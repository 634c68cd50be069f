//! What can go wrong with a table.

use std::error::Error;

use thiserror::Error;

/// A call to a table that brought no answer. Its text names the operation and never a value.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// A challenge could not be issued.
    #[error("failed to issue a challenge")]
    Issue(#[source] Box<dyn Error + Send + Sync>),
    /// A verdict could not be recorded; whether it was written is not known.
    #[error("failed to record a verdict")]
    Record(#[source] Box<dyn Error + Send + Sync>),
    /// A message could not be claimed.
    #[error("failed to claim a message")]
    Claim(#[source] Box<dyn Error + Send + Sync>),
    /// A claimed message could not be given back.
    #[error("failed to give a message back")]
    GiveBack(#[source] Box<dyn Error + Send + Sync>),
    /// A profile could not be created; whether it was written is not known.
    #[error("failed to create a profile")]
    CreateProfile(#[source] Box<dyn Error + Send + Sync>),
    /// A row does not have the documented layout; the text names the attribute.
    #[error("a row has no usable `{0}`")]
    Layout(&'static str),
}
