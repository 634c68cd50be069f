//! Operations of `deliver-message` on the table.

use lifeguard_sign_in::row::RowKey;

use crate::error::StoreError;

/// Token of one call of [`Outbox::claim`], which no other call has: by it a call recognizes its own
/// claim when it is tried again after a lost answer. It is random, never secret, and never used
/// twice: a caller that claims again may have sent the message the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimToken([u8; 8]);

impl ClaimToken {
    /// Creates a token from random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Result of claiming a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The caller may send it, and no other caller may.
    Ours,
    /// It was claimed before: streams deliver more than once.
    Taken,
}

/// The outbox of the challenge rows.
pub trait Outbox {
    /// Claims the message about challenge `number`, and removes the note with the address. Each
    /// call has a `token` of its own; a message that was claimed with the same one is the caller's.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    fn claim(
        &self,
        row: &RowKey,
        number: u32,
        token: ClaimToken,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// Gives a claim back after the message certainly did not leave, so that the next try may send
    /// it.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    fn give_back(
        &self,
        row: &RowKey,
        number: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
