//! Ties of the codes that confirm a registration.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_sign_in::row::RowKey;

use crate::challenges::{Challenges, Issued, NewChallenge};
use crate::error::StoreError;

/// Random value that the codes of one issue are tied to, beside address and number. It is in the
/// row, so that every request which joins the challenge shares it, and in no handle: the code key
/// alone makes no code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tie([u8; 16]);

impl Tie {
    /// Creates a tie from 16 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the tie as text, for the derivation of a code.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Returns the bytes.
    pub(crate) const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tie([redacted])")
    }
}

/// The challenge rows of codes that are tied to a value of their issue. Every operation is one call.
pub trait Ties: Challenges {
    /// Issues a challenge with this tie, or finds the one to join, which keeps its own.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; of every operation.
    fn issue_tied(
        &self,
        new: &NewChallenge,
        tie: &Tie,
    ) -> impl Future<Output = Result<Issued, StoreError>> + Send;

    /// Returns the tie of the newest challenge of a row; strongly consistent.
    fn tie(&self, row: &RowKey) -> impl Future<Output = Result<Option<Tie>, StoreError>> + Send;
}
