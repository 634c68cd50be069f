//! What `deliver-message` asks of the table.

use lifeguard_sign_in::row::RowKey;

use crate::error::StoreError;

/// Whether a message may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours to send, and nobody else's.
    Ours,
    /// It was claimed before: streams deliver more than once.
    Taken,
}

/// The outbox of the challenge rows.
pub trait Outbox {
    /// Claims the message about challenge `number`, and removes the note with the address.
    ///
    /// # Errors
    /// [`StoreError`] if the table brought no answer.
    fn claim(
        &self,
        row: &RowKey,
        number: u32,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// Gives a claim back after the mail service definitely refused the message, so that the next
    /// try may send it.
    ///
    /// # Errors
    /// [`StoreError`] if the table brought no answer.
    fn give_back(
        &self,
        row: &RowKey,
        number: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
