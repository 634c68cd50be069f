//! The accounts on the embedded database and those in memory, behind one type.

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::limits::{FAMILY_IDLE, FAMILY_LIFE};
use lifeguard_identity::linking::{Link, LoginKey};
use lifeguard_identity::registration_quota::RegistrationQuota;
use lifeguard_identity::session::{CredentialsSession, Family, SessionId, SessionTag};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::{Administration, IdentityChange, NewStatus};
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::passwords::{NewPassword, Passwords, Rehash};
use lifeguard_store::accounts::{
    Account, Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Rotation, Written,
};
use lifeguard_store::quotas::{QuotaCount, Quotas};
use lifeguard_store::{AccountTable, StoreError};
use lifeguard_testkit::embedded::ACCOUNTS;
pub(crate) use lifeguard_testkit::fixtures::IDENTITY;
use lifeguard_testkit::{EmbeddedDynamo, MemoryAccounts};

use super::NOW;

/// One of the two implementations.
#[derive(Clone)]
pub(crate) enum Store {
    Memory(MemoryAccounts),
    Table(AccountTable),
}

/// The real table code on an embedded database.
pub(crate) async fn table(dynamo: &EmbeddedDynamo) -> Store {
    let configuration = lifeguard_aws::stand_in(dynamo.url()).await;
    Store::Table(AccountTable::new(&configuration, ACCOUNTS.to_owned()))
}

/// Runs a scenario on both implementations.
pub(crate) async fn on_both(scenario: impl AsyncFn(Store)) {
    scenario(Store::Memory(MemoryAccounts::default())).await;
    let dynamo = EmbeddedDynamo::start();
    scenario(table(&dynamo).await).await;
}

/// Calls the same operation of whichever implementation it is.
macro_rules! on {
    ($store:expr, $operation:ident($($argument:expr),*)) => {
        match $store {
            Store::Memory(store) => store.$operation($($argument),*).await,
            Store::Table(store) => store.$operation($($argument),*).await,
        }
    };
}

impl Accounts for Store {
    async fn register(&self, new: &Registration) -> Result<Written, StoreError> {
        on!(self, register(new))
    }

    async fn attempt(&self, key: &AccountKey, now: u64) -> Result<Attempt, StoreError> {
        on!(self, attempt(key, now))
    }

    async fn reset_attempts(&self, key: &AccountKey) -> Result<(), StoreError> {
        on!(self, reset_attempts(key))
    }

    async fn mark_known(&self, key: &AccountKey) -> Result<(), StoreError> {
        on!(self, mark_known(key))
    }

    async fn begin(&self, new: &NewSession) -> Result<Written, StoreError> {
        on!(self, begin(new))
    }

    async fn read(&self, key: &AccountKey, now: u64) -> Result<Option<Account>, StoreError> {
        on!(self, read(key, now))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Written, StoreError> {
        on!(self, rotate(rotation))
    }

    async fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> Result<Written, StoreError> {
        on!(self, add_credentials(rotation, credentials))
    }

    async fn find_or_create(&self, newcomer: &NewAccount) -> Result<Account, StoreError> {
        on!(self, find_or_create(newcomer))
    }

    async fn keep_identity(
        &self,
        key: &AccountKey,
        id: &AccountId,
        version: u64,
        identity: &str,
    ) -> Result<Written, StoreError> {
        on!(self, keep_identity(key, id, version, identity))
    }

    async fn revoke(
        &self,
        key: &AccountKey,
        id: &AccountId,
        ending: &Revocation,
    ) -> Result<Written, StoreError> {
        on!(self, revoke(key, id, ending))
    }
}

impl Quotas for Store {
    async fn count(&self, quota: &RegistrationQuota) -> Result<QuotaCount, StoreError> {
        on!(self, count(quota))
    }
}

impl Passwords for Store {
    async fn attempt_change(
        &self,
        key: &AccountKey,
        id: &AccountId,
        now: u64,
    ) -> Result<Attempt, StoreError> {
        on!(self, attempt_change(key, id, now))
    }

    async fn replace(&self, new: &NewPassword) -> Result<Written, StoreError> {
        on!(self, replace(new))
    }

    async fn rehash(&self, rehash: &Rehash) -> Result<Written, StoreError> {
        on!(self, rehash(rehash))
    }
}

impl Administration for Store {
    async fn find(&self, id: &AccountId) -> Result<Option<AccountKey>, StoreError> {
        on!(self, find(id))
    }

    async fn set_status(
        &self,
        key: &AccountKey,
        id: &AccountId,
        standing: NewStatus,
    ) -> Result<Written, StoreError> {
        on!(self, set_status(key, id, standing))
    }

    async fn change_identity(&self, change: &IdentityChange) -> Result<Written, StoreError> {
        on!(self, change_identity(change))
    }

    async fn erase(&self, key: &AccountKey, id: &AccountId) -> Result<Written, StoreError> {
        on!(self, erase(key, id))
    }
}

impl Links for Store {
    async fn give_nonce(&self, session: &LinkSession) -> Result<Written, StoreError> {
        on!(self, give_nonce(session))
    }

    async fn list_link(&self, session: &LinkSession, link: &Link) -> Result<Written, StoreError> {
        on!(self, list_link(session, link))
    }

    async fn reserve_login(
        &self,
        login: &LoginKey,
        key: &AccountKey,
    ) -> Result<Written, StoreError> {
        on!(self, reserve_login(login, key))
    }

    async fn free_login(&self, login: &LoginKey, key: &AccountKey) -> Result<Written, StoreError> {
        on!(self, free_login(login, key))
    }

    async fn unlist_link(&self, key: &AccountKey, link: &Link) -> Result<Written, StoreError> {
        on!(self, unlist_link(key, link))
    }
}

/// Noor's row.
pub(crate) fn key() -> AccountKey {
    AccountKey::from_adapter_id("noor")
}

/// Noor's account.
pub(crate) fn id() -> AccountId {
    AccountId::from_random([1; 16])
}

/// A session's name.
pub(crate) fn tag(number: u64) -> SessionTag {
    SessionId(u128::from(number).to_be_bytes()).tag()
}

/// The confirmed registration `number`.
pub(crate) fn registration(number: u8) -> Registration {
    Registration {
        key: key(),
        id: AccountId::from_random([number; 16]),
        hash: Secret::new(format!("hash {number}")),
    }
}

/// A family that begins after these seconds.
pub(crate) fn family(number: u64, after: u64) -> Family {
    Family {
        tag: tag(number),
        generation: 0,
        rotated: NOW + after,
        authenticated: NOW + after,
        idle: NOW + after + FAMILY_IDLE,
        ends: NOW + after + FAMILY_LIFE,
    }
}

/// A session for credentials of a family.
pub(crate) fn credentials(number: u64, family: u64, after: u64) -> CredentialsSession {
    CredentialsSession {
        tag: tag(number),
        family: tag(family),
        created: NOW + after,
        expires: NOW + after + 3_600,
    }
}

/// A sign-in that begins family `number`, after these seconds.
pub(crate) fn session(number: u64, after: u64) -> NewSession {
    NewSession {
        key: key(),
        id: id(),
        version: 1,
        identity: IDENTITY.to_owned(),
        family: family(number, after),
        credentials: None,
        now: NOW + after,
    }
}

/// The use of generation `generation` of family `number`, after these seconds.
pub(crate) fn rotation(number: u64, generation: u32, after: u64) -> Rotation {
    Rotation { key: key(), id: id(), version: 1, family: tag(number), generation, now: NOW + after }
}

/// Noor, as a user of the operator's directory.
pub(crate) fn newcomer() -> NewAccount {
    NewAccount { key: key(), id: id(), kind: Kind::Adapter, now: NOW }
}
