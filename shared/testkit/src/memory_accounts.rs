//! The accounts in memory: a second implementation, written from the description of the row and
//! not from the expressions of the real one.

mod care;
mod links;
mod quotas;
mod stored_account;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use lifeguard_identity::account::{AccountId, AccountKey, Kind, Status};
use lifeguard_identity::limits::FAMILY_IDLE;
use lifeguard_identity::session::CredentialsSession;
use lifeguard_sign_in::budget::{DAY, QUARTER, WRONG_A_DAY, WRONG_A_QUARTER, WRONG_IN_A_ROW};
use lifeguard_store::accounts::{
    Account, Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Rotation, Written,
};
use lifeguard_store::{LayoutError, Operation, StoreError};

use stored_account::StoredAccount;

/// All rows; cloning shares them.
#[derive(Clone, Default)]
pub struct MemoryAccounts(Arc<Mutex<HashMap<AccountKey, AccountRow>>>);

#[derive(Default)]
struct AccountRow {
    stored: Option<StoredAccount>,
    /// Wrong passwords of sign-ins.
    sign_ins: Guesses,
    /// Wrong current passwords of password changes.
    changes: Guesses,
    versions: u64,
    /// Of the row of a quota: its count.
    registrations: u64,
    /// Of the row of a login: the account that it is reserved for.
    reserved_for: Option<AccountKey>,
}

/// Wrong passwords of one kind.
#[derive(Default)]
struct Guesses {
    /// Their times, the newest first.
    times: Vec<u64>,
    in_a_row: u64,
}

impl Guesses {
    /// Counts a guess in advance; false if a limit is reached.
    fn count(&mut self, now: u64) -> bool {
        let within = self.in_a_row < WRONG_IN_A_ROW
            && has_room(&self.times, WRONG_A_QUARTER, QUARTER, now)
            && has_room(&self.times, WRONG_A_DAY, DAY, now);
        if within {
            self.in_a_row += 1;
            self.times.insert(0, now);
            self.times.truncate(WRONG_A_DAY);
        }
        within
    }
}

impl MemoryAccounts {
    /// Returns the number of consecutive wrong attempts at a row.
    #[must_use]
    pub fn wrong_in_a_row(&self, key: &AccountKey) -> u64 {
        self.0
            .lock()
            .expect("no test panicked inside")
            .get(key)
            .map_or(0, |row| row.sign_ins.in_a_row)
    }

    fn change<T>(&self, key: &AccountKey, change: impl FnOnce(&mut AccountRow) -> T) -> T {
        let mut rows = self.0.lock().expect("no test panicked inside");
        change(rows.entry(key.clone()).or_default())
    }

    fn write(
        &self,
        key: &AccountKey,
        write: impl FnOnce(&mut AccountRow) -> Option<()>,
    ) -> Written {
        match self.change(key, write) {
            Some(()) => Written::Done,
            None => Written::Refused,
        }
    }
}

/// True if the oldest of the `most` newest times lies at least `window` back.
fn has_room(times: &[u64], most: usize, window: u64, now: u64) -> bool {
    times.get(most - 1).is_none_or(|at| *at <= now.saturating_sub(window))
}

impl AccountRow {
    fn account(&self, key: &AccountKey, now: u64) -> Option<Account> {
        let stored = self.stored.as_ref()?;
        Some(Account {
            key: key.clone(),
            id: stored.id.clone(),
            kind: stored.kind,
            status: stored.status,
            version: self.versions,
            hash: stored.hash.clone(),
            identity: stored.identity.clone(),
            families: stored.active_families(now),
            credentials: stored.credentials(now),
            links: stored.links.iter().map(|(link, _)| link.clone()).collect(),
            nonces: stored.nonces(now),
        })
    }

    /// The stored of an active account, if this is its id and its version.
    fn active(&mut self, id: &AccountId, version: u64) -> Option<&mut StoredAccount> {
        let stored = self.stored.as_mut().filter(|_| self.versions == version)?;
        (stored.id == *id && stored.status == Status::Active).then_some(stored)
    }

    /// Returns the account with this id.
    fn known_as(&mut self, id: &AccountId) -> Option<&mut StoredAccount> {
        self.stored.as_mut().filter(|stored| stored.id == *id)
    }

    fn reset(&mut self) {
        self.sign_ins = Guesses::default();
        self.changes = Guesses::default();
    }
}

impl Accounts for MemoryAccounts {
    async fn register(&self, new: &Registration) -> Result<Written, StoreError> {
        Ok(self.write(&new.key, |row| {
            if let Some(stored) = &row.stored {
                let same = stored.hash.as_ref().is_some_and(|hash| hash.matches(&new.hash));
                return (same && stored.status == Status::Active).then_some(());
            }
            row.versions = 1;
            row.reset();
            row.stored = Some(StoredAccount {
                hash: Some(new.hash.clone()),
                ..StoredAccount::new(new.id.clone(), Kind::Directory)
            });
            Some(())
        }))
    }

    async fn attempt(&self, key: &AccountKey, now: u64) -> Result<Attempt, StoreError> {
        Ok(self.change(key, |row| {
            if !row.sign_ins.count(now) {
                return Attempt::Blocked;
            }
            Attempt::Reserved(row.account(key, now))
        }))
    }

    async fn reset_attempts(&self, key: &AccountKey) -> Result<(), StoreError> {
        self.change(key, AccountRow::reset);
        Ok(())
    }

    async fn mark_known(&self, key: &AccountKey) -> Result<(), StoreError> {
        self.reset_attempts(key).await
    }

    async fn begin(&self, new: &NewSession) -> Result<Written, StoreError> {
        Ok(self.write(&new.key, |row| {
            row.active(&new.id, new.version)?.begin(new)?;
            row.reset();
            Some(())
        }))
    }

    async fn read(&self, key: &AccountKey, now: u64) -> Result<Option<Account>, StoreError> {
        Ok(self.change(key, |row| row.account(key, now)))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Written, StoreError> {
        Ok(self.write(&rotation.key, |row| {
            let family = row.active(&rotation.id, rotation.version)?.usable(rotation)?;
            if family.generation == rotation.generation {
                family.generation += 1;
                family.rotated = rotation.now;
                family.idle = rotation.now + FAMILY_IDLE;
            }
            Some(())
        }))
    }

    async fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> Result<Written, StoreError> {
        Ok(self.write(&rotation.key, |row| {
            let stored = row.active(&rotation.id, rotation.version)?;
            stored.usable(rotation)?;
            stored.add(credentials, rotation.now)
        }))
    }

    async fn find_or_create(&self, new: &NewAccount) -> Result<Account, StoreError> {
        self.change(&new.key, |row| {
            if row.stored.is_none() {
                row.versions += 1;
                row.stored = Some(StoredAccount::new(new.id.clone(), new.kind));
            }
            let account = row.account(&new.key, new.now);
            let account = account.filter(|account| account.kind == new.kind);
            account.ok_or_else(|| {
                StoreError::new(Operation::FindOrCreate, LayoutError::Attribute("kd"))
            })
        })
    }

    async fn keep_identity(
        &self,
        key: &AccountKey,
        id: &AccountId,
        version: u64,
        identity: &str,
    ) -> Result<Written, StoreError> {
        Ok(self.write(key, |row| row.active(id, version)?.keep(identity)))
    }

    async fn revoke(
        &self,
        key: &AccountKey,
        id: &AccountId,
        ending: &Revocation,
    ) -> Result<Written, StoreError> {
        Ok(self.write(key, |row| {
            let stored = row.known_as(id)?;
            match ending {
                Revocation::Family(tag) => stored.families.retain(|family| family.tag != *tag),
                Revocation::Credentials(tag) => {
                    stored.credentials.retain(|session| session.tag != *tag);
                }
                Revocation::All => {
                    stored.revoke();
                    row.versions += 1;
                }
            }
            Some(())
        }))
    }
}
