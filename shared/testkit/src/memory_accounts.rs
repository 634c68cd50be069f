//! The accounts in memory: a second implementation, written from the description of the row and
//! not from the expressions of the real one.

mod care;
mod links;
mod quotas;
mod stored_account;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use lifeguard_identity::account::{AccountKey, Kind, Status};
use lifeguard_identity::limits::{FAMILY_IDLE, RESERVATION};
use lifeguard_identity::session::CredentialsSession;
use lifeguard_sign_in::budget::{DAY, QUARTER, WRONG_A_DAY, WRONG_A_QUARTER, WRONG_IN_A_ROW};
use lifeguard_store::accounts::{
    Account, Accounts, Attempt, NewAccount, NewSession, Registered, Registration, Revocation,
    Rotation, Written,
};
use lifeguard_store::{LayoutError, Operation, StoreError};

use stored_account::{State, StoredAccount};

/// All rows; cloning shares them.
#[derive(Clone, Default)]
pub struct MemoryAccounts(Arc<Mutex<HashMap<AccountKey, AccountRow>>>);

#[derive(Default)]
struct AccountRow {
    stored: Option<StoredAccount>,
    wrong: Vec<u64>,
    in_a_row: u64,
    versions: u64,
    /// Of the row of a quota: its count.
    registrations: u64,
    /// Of the row of a login: the account that it is reserved for.
    reserved_for: Option<AccountKey>,
}

impl MemoryAccounts {
    /// Returns the number of consecutive wrong attempts at a row.
    #[must_use]
    pub fn wrong_in_a_row(&self, key: &AccountKey) -> u64 {
        self.0.lock().expect("no test panicked inside").get(key).map_or(0, |row| row.in_a_row)
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
        let status = match stored.state {
            State::ReservedUntil(end) if end <= now => return None,
            State::ReservedUntil(_) => Status::Pending,
            State::Active => Status::Active,
            State::Disabled => Status::Disabled,
        };
        Some(Account {
            key: key.clone(),
            id: stored.id.clone(),
            kind: stored.kind,
            status,
            version: self.versions,
            hash: stored.hash.clone(),
            identity: stored.identity.clone(),
            families: stored.active_families(now),
            credentials: stored.credentials(now),
            links: stored.links.iter().map(|(link, _)| link.clone()).collect(),
            nonces: stored.nonces(now),
        })
    }

    /// The stored of an active account, if this is its version.
    fn active(&mut self, version: u64) -> Option<&mut StoredAccount> {
        let stored = self.stored.as_mut().filter(|_| self.versions == version)?;
        match stored.state {
            State::Active => Some(stored),
            State::ReservedUntil(_) | State::Disabled => None,
        }
    }

    fn reset(&mut self) {
        self.wrong.clear();
        self.in_a_row = 0;
    }
}

impl Accounts for MemoryAccounts {
    async fn register(&self, new: &Registration) -> Result<Registered, StoreError> {
        Ok(self.change(&new.key, |row| {
            let free = row.stored.as_ref().is_none_or(|stored| match stored.state {
                State::Active | State::Disabled => false,
                State::ReservedUntil(end) => {
                    end <= new.now || stored.registration == Some(new.registration)
                }
            });
            if !free {
                return Registered::Taken;
            }
            row.versions += 1;
            row.stored = Some(StoredAccount {
                registration: Some(new.registration),
                hash: Some(new.hash.clone()),
                ..StoredAccount::new(
                    new.id.clone(),
                    Kind::Directory,
                    State::ReservedUntil(new.now + RESERVATION),
                )
            });
            Registered::Reserved
        }))
    }

    async fn confirm(
        &self,
        key: &AccountKey,
        registration: [u8; 16],
        now: u64,
    ) -> Result<Written, StoreError> {
        Ok(self.write(key, |row| {
            let stored = row.stored.as_mut()?;
            (stored.registration == Some(registration)).then_some(())?;
            match stored.state {
                State::ReservedUntil(end) if end <= now => None,
                State::Disabled => None,
                State::ReservedUntil(_) | State::Active => {
                    stored.state = State::Active;
                    row.reset();
                    Some(())
                }
            }
        }))
    }

    async fn attempt(&self, key: &AccountKey, now: u64) -> Result<Attempt, StoreError> {
        Ok(self.change(key, |row| {
            let within = row.in_a_row < WRONG_IN_A_ROW
                && has_room(&row.wrong, WRONG_A_QUARTER, QUARTER, now)
                && has_room(&row.wrong, WRONG_A_DAY, DAY, now);
            if !within {
                return Attempt::Blocked;
            }
            row.in_a_row += 1;
            row.wrong.insert(0, now);
            row.wrong.truncate(WRONG_A_DAY);
            let account = row.account(key, now);
            Attempt::Reserved(account.filter(|account| account.status != Status::Pending))
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
            row.active(new.version)?.begin(new)?;
            row.reset();
            Some(())
        }))
    }

    async fn read(&self, key: &AccountKey, now: u64) -> Result<Option<Account>, StoreError> {
        Ok(self.change(key, |row| row.account(key, now)))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Written, StoreError> {
        Ok(self.write(&rotation.key, |row| {
            let family = row.active(rotation.version)?.usable(rotation)?;
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
            let stored = row.active(rotation.version)?;
            stored.usable(rotation)?;
            stored.add(credentials, rotation.now)
        }))
    }

    async fn find_or_create(&self, new: &NewAccount) -> Result<Account, StoreError> {
        self.change(&new.key, |row| {
            if row.stored.is_none() {
                row.versions += 1;
                row.stored = Some(StoredAccount::new(new.id.clone(), new.kind, State::Active));
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
        version: u64,
        identity: &str,
    ) -> Result<Written, StoreError> {
        Ok(self.write(key, |row| row.active(version)?.keep(identity)))
    }

    async fn revoke(&self, key: &AccountKey, ending: &Revocation) -> Result<Written, StoreError> {
        Ok(self.write(key, |row| {
            let stored = row.stored.as_mut()?;
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
