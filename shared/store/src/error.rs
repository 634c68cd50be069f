//! Errors of the tables.

use std::error::Error;

use thiserror::Error;

/// Failed operation on a table. Its text names the operation and never a value; the cause is its
/// source. A refused condition is no error: the operations return it as a value.
#[derive(Debug, Error)]
#[error("{operation}")]
pub struct StoreError {
    operation: Operation,
    source: Box<dyn Error + Send + Sync>,
}

/// Operation that failed. After a failed write it is unknown if the table has it; each write may
/// be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each text says what its variant is")]
pub enum Operation {
    #[error("failed to open a connection")]
    Open,
    #[error("failed to issue a challenge")]
    Issue,
    #[error("failed to record a verdict")]
    Record,
    #[error("failed to read the tie of a challenge")]
    ReadTie,
    #[error("failed to read the rows of challenges")]
    ReadRows,
    #[error("failed to claim a message")]
    Claim,
    #[error("failed to give a message back")]
    GiveBack,
    #[error("failed to create a profile")]
    CreateProfile,
    #[error("failed to read profiles")]
    ReadProfiles,
    #[error("failed to erase a profile")]
    EraseProfile,
    #[error("failed to record a sign-in")]
    RecordSignIn,
    #[error("failed to register an account")]
    Register,
    #[error("failed to reserve an attempt")]
    Attempt,
    #[error("failed to reset attempts")]
    ResetAttempts,
    #[error("failed to store a sign-in")]
    Begin,
    #[error("failed to read an account")]
    ReadAccount,
    #[error("failed to use a refresh token up")]
    Rotate,
    #[error("failed to add a session for credentials")]
    AddCredentials,
    #[error("failed to find or create an account")]
    FindOrCreate,
    #[error("failed to keep an identity")]
    KeepIdentity,
    #[error("failed to revoke sessions")]
    Revoke,
    #[error("failed to replace a password")]
    ReplacePassword,
    #[error("failed to keep a new hash")]
    Rehash,
    #[error("failed to find an account")]
    FindAccount,
    #[error("failed to enable or disable an account")]
    SetStatus,
    #[error("failed to change an account's identity")]
    ChangeIdentity,
    #[error("failed to erase an account")]
    EraseAccount,
    #[error("failed to give a nonce")]
    GiveNonce,
    #[error("failed to list a link")]
    ListLink,
    #[error("failed to reserve a login")]
    ReserveLogin,
    #[error("failed to free a login")]
    FreeLogin,
    #[error("failed to take a link off the list")]
    UnlistLink,
    #[error("failed to read counts")]
    ReadCounts,
    #[error("failed to reset counts")]
    ResetCounts,
    #[error("failed to count a registration")]
    CountRegistration,
    #[error("failed to erase a row")]
    EraseRow,
}

/// Error in the layout of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LayoutError {
    /// An attribute is absent or malformed; the text names it.
    #[error("a row has no usable `{0}`")]
    Attribute(&'static str),
    /// The row has a layout that this version does not know, such as one of a later version.
    #[error("a row has a layout that this version does not know")]
    Unknown,
}

impl StoreError {
    /// Creates the error of an operation. The text of its cause must hold no data of users.
    #[must_use]
    pub fn new(operation: Operation, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { operation, source: source.into() }
    }

    /// Returns the operation that failed.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }
}

impl Operation {
    /// Returns the function that makes a [`StoreError`] of a cause, for `map_err`.
    pub(crate) fn failed<E: Into<Box<dyn Error + Send + Sync>>>(
        self,
    ) -> impl FnOnce(E) -> StoreError {
        move |source| StoreError::new(self, source)
    }
}

#[cfg(test)]
mod tests {
    use super::{LayoutError, Operation, StoreError};
    use std::error::Error as _;

    #[test]
    fn error_text_names_operation_and_keeps_source() {
        let error = StoreError::new(Operation::Issue, LayoutError::Attribute("cid"));
        assert_eq!(error.operation(), Operation::Issue);
        assert_eq!(error.to_string(), "failed to issue a challenge");
        assert_eq!(error.source().unwrap().to_string(), "a row has no usable `cid`");
    }
}
