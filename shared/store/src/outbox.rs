//! Operations of `deliver-message` on the table.

use lifeguard_sign_in::row::RowKey;

use crate::error::StoreError;

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
    /// Claims the message about challenge `number`, and removes the note with the address.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    fn claim(
        &self,
        row: &RowKey,
        number: u32,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// Gives a claim back after the mail service definitely refused the message, so that the next
    /// try may send it.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    fn give_back(
        &self,
        row: &RowKey,
        number: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
