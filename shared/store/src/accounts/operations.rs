//! Operations of the developer-identity provider on the table of accounts.

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::session::{CredentialsSession, Family, SessionTag};
use lifeguard_sign_in::secret::Secret;

use super::account::Account;
use crate::error::StoreError;

/// A registration in the built-in directory.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The row of the address.
    pub key: AccountKey,
    /// A fresh id.
    pub id: AccountId,
    /// Random; whoever confirms must name it.
    pub registration: [u8; 16],
    /// The password's hash in the PHC format.
    pub hash: Secret,
    /// Now, in seconds since 1970; the reservation ends `limits::RESERVATION` later.
    pub now: u64,
}

/// What a registration came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The address is reserved for it.
    Reserved,
    /// The address belongs to an account, or to another registration for the moment.
    Taken,
}

/// What a conditional write came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was written.
    Done,
    /// Its condition did not hold, and nothing was written.
    Refused,
}

/// What reserving an attempt at a password came to.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it arrives")]
pub enum Attempt {
    /// One wrong answer is counted in advance; the account, if there is a confirmed one.
    Reserved(Option<Account>),
    /// A budget is exhausted, and nothing may be compared.
    Blocked,
}

/// A sign-in that is to be stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The account's row.
    pub key: AccountKey,
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

/// The use of a refresh token.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The account's row.
    pub key: AccountKey,
    /// The version that was read.
    pub version: u64,
    /// The family.
    pub family: SessionTag,
    /// The generation that is used; the next one is `generation + 1`.
    pub generation: u32,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// An account that exists from its first proof on: of an issuer, or behind the adapter.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its row.
    pub key: AccountKey,
    /// A fresh id, for the case that there is no row yet.
    pub id: AccountId,
    /// By what it is found.
    pub kind: Kind,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// What is to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// A family, and the sessions for credentials that it minted.
    Family(SessionTag),
    /// One session for credentials.
    Credentials(SessionTag),
    /// Everything; the version rises.
    All,
}

/// The accounts, one row each. Every operation is one call.
pub trait Accounts {
    /// Reserves an address for a registration, if it is free or its reservation has run out.
    ///
    /// # Errors
    /// [`StoreError`] if the table brought no answer; of every operation.
    fn register(
        &self,
        new: &Registration,
    ) -> impl Future<Output = Result<Registered, StoreError>> + Send;

    /// Confirms a registration that is still reserved for `registration`.
    fn confirm(
        &self,
        key: &AccountKey,
        registration: [u8; 16],
        now: u64,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Counts a wrong password in advance and reads the account, which may be disabled; a row of a
    /// name that belongs to nobody is made, counted alike, and cleared by TTL.
    fn attempt(
        &self,
        key: &AccountKey,
        now: u64,
    ) -> impl Future<Output = Result<Attempt, StoreError>> + Send;

    /// Takes back what [`Accounts::attempt`] counted.
    fn reset_attempts(
        &self,
        key: &AccountKey,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes back what [`Accounts::attempt`] counted at a name, after the operator's directory
    /// found the password right. The name is known now: its counts do not fade any more, as those
    /// of an account do not.
    fn mark_known(&self, key: &AccountKey) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Stores a sign-in of an active account: takes back all counted attempts, keeps the identity,
    /// adds the sessions. The oldest family makes room beyond `limits::FAMILIES`; one session for
    /// credentials too many is refused.
    fn begin(&self, new: &NewSession) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// The account of a row, whatever its status; `None` if there is none. Strongly consistent.
    fn read(
        &self,
        key: &AccountKey,
        now: u64,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Uses up a generation of a living family of an active account. It is done as well if this
    /// generation was used up within `limits::GRACE`: the same token brings the same successor.
    fn rotate(
        &self,
        rotation: &Rotation,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Adds a session for credentials to a living family, on condition that `rotation` would be
    /// done; the generation is not used up. One session too many is refused.
    fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// The account of a newcomer, made if there is none.
    fn find_or_create(
        &self,
        newcomer: &NewAccount,
    ) -> impl Future<Output = Result<Account, StoreError>> + Send;

    /// Keeps the identity of an active account that has none, or the same one.
    fn keep_identity(
        &self,
        key: &AccountKey,
        version: u64,
        identity: &str,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Ends sessions; what has ended already stays so.
    fn revoke(
        &self,
        key: &AccountKey,
        ending: &Revocation,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;
}
