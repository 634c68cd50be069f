//! Ties of the codes that confirm a registration.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_identity::account::AccountId;
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

/// Account that a challenge of the directory is for, as its row names it.
///
/// The row belongs to an address. A challenge from before the address had this account brought no
/// mail, or the code of another account, so nothing waits for it: the next one may go at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(String);

impl Holder {
    /// Returns the holder of an address: its account, if it has one.
    #[must_use]
    pub fn new(account: Option<&AccountId>) -> Self {
        Self(account.map_or_else(|| "none".to_owned(), AccountId::tag))
    }

    /// Returns the holder as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The challenge rows of addresses of the directory. Every operation is one call.
pub trait Ties: Challenges {
    /// Issues a challenge for the holder of an address, with a tie if there is one, or finds the one
    /// to join, which keeps its own. A challenge for another holder is not joined.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; of every operation.
    fn issue_for(
        &self,
        new: &NewChallenge,
        holder: &Holder,
        tie: Option<&Tie>,
    ) -> impl Future<Output = Result<Issued, StoreError>> + Send;

    /// Returns the tie of the newest challenge of a row; strongly consistent.
    fn tie(&self, row: &RowKey) -> impl Future<Output = Result<Option<Tie>, StoreError>> + Send;
}
