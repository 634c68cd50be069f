//! Operations of the developer-identity provider on the table of accounts.

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::session::{CredentialsSession, Family, SessionTag};
use lifeguard_sign_in::secret::Secret;

use super::account::Account;
use crate::error::StoreError;

/// A registration in the built-in directory, of an address that was confirmed.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The row of the address.
    pub key: AccountKey,
    /// A new id.
    pub id: AccountId,
    /// The password's hash in the PHC format, salted by the handle of the confirmation.
    pub hash: Secret,
}

/// Result of a conditional write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was written.
    Done,
    /// Its condition did not hold, and nothing was written.
    Refused,
}

/// Result of reserving an attempt at a password.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// One wrong answer is counted in advance; the account, if there is one.
    Reserved(Option<Account>),
    /// A limit is reached, and no password may be compared.
    Blocked,
}

/// Sign-in to store.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The account's row.
    pub key: AccountKey,
    /// The account that was read.
    pub id: AccountId,
    /// The version that was read before the password was compared.
    pub version: u64,
    /// The identity that the pool gave; refused if another one is stored.
    pub identity: String,
    /// The family.
    pub family: Family,
    /// The session for credentials, if one was asked for.
    pub credentials: Option<CredentialsSession>,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// Use of a refresh token.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The account's row.
    pub key: AccountKey,
    /// The account that was read.
    pub id: AccountId,
    /// The version that was read.
    pub version: u64,
    /// The family.
    pub family: SessionTag,
    /// The generation that is used; the next one is `generation + 1`.
    pub generation: u32,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// Account that is created at its first sign-in: of an issuer, or behind the adapter.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its row.
    pub key: AccountKey,
    /// A new id, for the case that there is no row yet.
    pub id: AccountId,
    /// Kind of its key.
    pub kind: Kind,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// Sessions to revoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// A family, and the sessions for credentials that it minted.
    Family(SessionTag),
    /// One session for credentials.
    Credentials(SessionTag),
    /// Every session; the version rises.
    All,
}

/// The accounts, one row each. Every operation is one call. Those that change an account which was
/// read before name its id: a row may belong to another account by then, with the same version.
pub trait Accounts {
    /// Creates the account of an address that was confirmed, if the address is free; also done if
    /// it was created by the same confirmation. Nothing is kept of an address before.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; of every operation.
    fn register(
        &self,
        new: &Registration,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Counts a wrong password in advance and reads the account, which may be disabled; the row of
    /// an unknown user is created, counted alike, and cleared by TTL.
    fn attempt(
        &self,
        key: &AccountKey,
        now: u64,
    ) -> impl Future<Output = Result<Attempt, StoreError>> + Send;

    /// Resets the attempts that [`Accounts::attempt`] counted.
    fn reset_attempts(
        &self,
        key: &AccountKey,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Resets the attempts at a name that the operator's directory has accepted. The name is known
    /// from then on: its counts do not expire any more, as those of an account do not.
    fn mark_known(&self, key: &AccountKey) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Stores a sign-in of an active account: resets all counted attempts, keeps the identity, adds
    /// the sessions. The oldest family makes room beyond `limits::FAMILIES`; one session for
    /// credentials too many is refused.
    fn begin(&self, new: &NewSession) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Returns the account of a row, whatever its status; `None` if there is none. Strongly
    /// consistent.
    fn read(
        &self,
        key: &AccountKey,
        now: u64,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Uses up a generation of an active family of an active account. It is done as well if this
    /// generation was used up within `limits::GRACE`: the same token gets the same successor.
    fn rotate(
        &self,
        rotation: &Rotation,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Adds a session for credentials to an active family, on condition that `rotation` would be
    /// done; the generation is not used up. One session too many is refused.
    fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Returns the account of this key, created if there is none.
    fn find_or_create(
        &self,
        new: &NewAccount,
    ) -> impl Future<Output = Result<Account, StoreError>> + Send;

    /// Keeps the identity of an active account that has none, or the same one.
    fn keep_identity(
        &self,
        key: &AccountKey,
        id: &AccountId,
        version: u64,
        identity: &str,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Revokes sessions; revoked ones stay revoked.
    fn revoke(
        &self,
        key: &AccountKey,
        id: &AccountId,
        revocation: &Revocation,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;
}
