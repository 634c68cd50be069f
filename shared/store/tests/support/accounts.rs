//! The accounts on the embedded database and those in memory.

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::limits::{FAMILY_IDLE, FAMILY_LIFE};
use lifeguard_identity::session::{CredentialsSession, Family, SessionId, SessionTag};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::AccountTable;
use lifeguard_store::accounts::{NewAccount, NewSession, Registration, Rotation};
pub(crate) use lifeguard_testkit::AccountRows as Store;
use lifeguard_testkit::embedded::ACCOUNTS;
pub(crate) use lifeguard_testkit::fixtures::IDENTITY;
use lifeguard_testkit::{EmbeddedDynamo, MemoryAccounts};

use super::NOW;

/// The real table code on an embedded database.
pub(crate) async fn table(dynamo: &EmbeddedDynamo) -> Store {
    let configuration = lifeguard_aws::stand_in(dynamo.url());
    Store::Table(AccountTable::new(&configuration, ACCOUNTS.to_owned()))
}

/// Runs a scenario on both implementations.
pub(crate) async fn on_both(scenario: impl AsyncFn(Store)) {
    scenario(Store::Memory(MemoryAccounts::default())).await;
    let dynamo = EmbeddedDynamo::start();
    scenario(table(&dynamo).await).await;
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
