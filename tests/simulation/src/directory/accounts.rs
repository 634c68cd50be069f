//! The accounts behind a table that fails when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_identity::linking::{Link, LoginKey};
use lifeguard_identity::registration_quota::RegistrationQuota;
use lifeguard_identity::session::CredentialsSession;
use lifeguard_store::StoreError;
use lifeguard_store::accounts::administration::{Administration, IdentityChange, NewStatus};
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::passwords::{NewPassword, Passwords, Rehash};
use lifeguard_store::accounts::{
    Account, Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Rotation, Written,
};
use lifeguard_store::quotas::{QuotaCount, Quotas};
use lifeguard_testkit::AccountRows;

use crate::faults::Faults;
use crate::rows::Rows;

/// The accounts; cloning shares them.
#[derive(Clone)]
pub struct AccountsTable {
    rows: AccountRows,
    faults: Faults,
    /// Number of times that the counts of wrong passwords were reset.
    resets: Arc<AtomicU64>,
}

/// Makes a call of the rows, unless a fault is in its way.
macro_rules! call {
    ($table:ident.$call:ident($($argument:expr),*)) => {
        $table.faults.call(async { $table.rows.$call($($argument),*).await }).await
    };
}

/// The same, for a call that resets the counts of wrong passwords.
macro_rules! reset {
    ($table:ident.$call:ident($($argument:expr),*)) => {
        $table.faults.call(async { $table.is_reset($table.rows.$call($($argument),*).await) }).await
    };
}

impl AccountsTable {
    /// Creates accounts beside these challenge rows, with these faults.
    #[must_use]
    pub fn new(rows: &Rows, faults: Faults) -> Self {
        Self { rows: rows.accounts(), faults, resets: Arc::default() }
    }

    /// Returns the number of times that the counts of wrong passwords were reset.
    #[must_use]
    pub fn resets(&self) -> u64 {
        self.resets.load(Ordering::Relaxed)
    }

    /// Erases the account of a row, as an operator does.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    pub async fn erase_account(&self, key: &AccountKey, now: u64) -> Result<(), StoreError> {
        let account = self.rows.read(key, now).await?;
        if let Some(account) = account {
            let _ = self.is_reset(self.rows.erase(key, &account.id).await)?;
        }
        Ok(())
    }

    fn is_reset(&self, written: Result<Written, StoreError>) -> Result<Written, StoreError> {
        if let Ok(Written::Done) = &written {
            self.resets.fetch_add(1, Ordering::Relaxed);
        }
        written
    }
}

impl Accounts for AccountsTable {
    async fn register(&self, new: &Registration) -> Result<Written, StoreError> {
        reset!(self.register(new))
    }

    async fn attempt(&self, key: &AccountKey, now: u64) -> Result<Attempt, StoreError> {
        call!(self.attempt(key, now))
    }

    async fn reset_attempts(&self, key: &AccountKey) -> Result<(), StoreError> {
        let reset = async {
            self.rows.reset_attempts(key).await?;
            self.resets.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        self.faults.call(reset).await
    }

    async fn mark_known(&self, key: &AccountKey) -> Result<(), StoreError> {
        call!(self.mark_known(key))
    }

    async fn begin(&self, new: &NewSession) -> Result<Written, StoreError> {
        reset!(self.begin(new))
    }

    async fn read(&self, key: &AccountKey, now: u64) -> Result<Option<Account>, StoreError> {
        call!(self.read(key, now))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Written, StoreError> {
        call!(self.rotate(rotation))
    }

    async fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> Result<Written, StoreError> {
        call!(self.add_credentials(rotation, credentials))
    }

    async fn find_or_create(&self, new: &NewAccount) -> Result<Account, StoreError> {
        call!(self.find_or_create(new))
    }

    async fn keep_identity(
        &self,
        key: &AccountKey,
        id: &AccountId,
        version: u64,
        identity: &str,
    ) -> Result<Written, StoreError> {
        call!(self.keep_identity(key, id, version, identity))
    }

    async fn revoke(
        &self,
        key: &AccountKey,
        id: &AccountId,
        revocation: &Revocation,
    ) -> Result<Written, StoreError> {
        call!(self.revoke(key, id, revocation))
    }
}

impl Passwords for AccountsTable {
    async fn attempt_change(
        &self,
        key: &AccountKey,
        id: &AccountId,
        now: u64,
    ) -> Result<Attempt, StoreError> {
        call!(self.attempt_change(key, id, now))
    }

    async fn replace(&self, new: &NewPassword) -> Result<Written, StoreError> {
        reset!(self.replace(new))
    }

    async fn rehash(&self, rehash: &Rehash) -> Result<Written, StoreError> {
        call!(self.rehash(rehash))
    }
}

impl Quotas for AccountsTable {
    async fn count(&self, quota: &RegistrationQuota) -> Result<QuotaCount, StoreError> {
        call!(self.count(quota))
    }
}

impl Administration for AccountsTable {
    async fn find(&self, id: &AccountId) -> Result<Option<AccountKey>, StoreError> {
        call!(self.find(id))
    }

    async fn set_status(
        &self,
        key: &AccountKey,
        id: &AccountId,
        status: NewStatus,
    ) -> Result<Written, StoreError> {
        call!(self.set_status(key, id, status))
    }

    async fn change_identity(&self, change: &IdentityChange) -> Result<Written, StoreError> {
        call!(self.change_identity(change))
    }

    async fn erase(&self, key: &AccountKey, id: &AccountId) -> Result<Written, StoreError> {
        call!(self.erase(key, id))
    }
}

impl Links for AccountsTable {
    async fn give_nonce(&self, session: &LinkSession) -> Result<Written, StoreError> {
        call!(self.give_nonce(session))
    }

    async fn list_link(&self, session: &LinkSession, link: &Link) -> Result<Written, StoreError> {
        call!(self.list_link(session, link))
    }

    async fn reserve_login(
        &self,
        login: &LoginKey,
        key: &AccountKey,
    ) -> Result<Written, StoreError> {
        call!(self.reserve_login(login, key))
    }

    async fn free_login(&self, login: &LoginKey, key: &AccountKey) -> Result<Written, StoreError> {
        call!(self.free_login(login, key))
    }

    async fn unlist_link(&self, key: &AccountKey, link: &Link) -> Result<Written, StoreError> {
        call!(self.unlist_link(key, link))
    }
}
