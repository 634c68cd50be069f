//! The accounts in memory, with a count of the calls and a switch that disables every account.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use lifeguard_identity::account::{AccountId, AccountKey, Status};
use lifeguard_identity::linking::{Link, LoginKey};
use lifeguard_identity::registration_quota::RegistrationQuota;
use lifeguard_identity::session::CredentialsSession;
use lifeguard_store::accounts::administration::{Administration, IdentityChange, NewStatus};
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::passwords::{NewPassword, Passwords, Rehash};
use lifeguard_store::accounts::{
    Account, Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Rotation, Written,
};
use lifeguard_store::quotas::{QuotaCount, Quotas};
use lifeguard_store::{Operation, StoreError};
use lifeguard_testkit::{MemoryAccounts, StandIn};

/// Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Table {
    pub(crate) rows: MemoryAccounts,
    pub(crate) calls: Count,
    /// The calls of linking and administration.
    pub(crate) service: StandIn,
    /// True if every account reads as disabled.
    pub(crate) disabled: Arc<AtomicBool>,
}

/// A count that may be shared between threads, as the trait's futures must be.
#[derive(Clone, Default)]
pub(crate) struct Count(Arc<AtomicUsize>);

impl Count {
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn set(&self, to: usize) {
        self.0.store(to, Ordering::SeqCst);
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Table {
    fn seen(&self, mut account: Account) -> Account {
        if self.disabled.load(Ordering::SeqCst) {
            account.status = Status::Disabled;
        }
        account
    }

    async fn doing<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.calls.add();
        let answer = self.service.call(work).await;
        answer.unwrap_or_else(|_| Err(StoreError::new(Operation::ListLink, "lost")))
    }
}

impl Links for Table {
    async fn give_nonce(&self, session: &LinkSession) -> Result<Written, StoreError> {
        self.doing(self.rows.give_nonce(session)).await
    }

    async fn list_link(&self, session: &LinkSession, link: &Link) -> Result<Written, StoreError> {
        self.doing(self.rows.list_link(session, link)).await
    }

    async fn reserve_login(
        &self,
        login: &LoginKey,
        key: &AccountKey,
    ) -> Result<Written, StoreError> {
        self.doing(self.rows.reserve_login(login, key)).await
    }

    async fn free_login(&self, login: &LoginKey, key: &AccountKey) -> Result<Written, StoreError> {
        self.doing(self.rows.free_login(login, key)).await
    }

    async fn unlist_link(&self, key: &AccountKey, link: &Link) -> Result<Written, StoreError> {
        self.doing(self.rows.unlist_link(key, link)).await
    }
}

impl Accounts for Table {
    async fn register(&self, new: &Registration) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.register(new).await
    }

    async fn attempt(&self, key: &AccountKey, now: u64) -> Result<Attempt, StoreError> {
        self.calls.add();
        Ok(match self.rows.attempt(key, now).await? {
            Attempt::Reserved(account) => {
                Attempt::Reserved(account.map(|account| self.seen(account)))
            }
            Attempt::Blocked => Attempt::Blocked,
        })
    }

    async fn reset_attempts(&self, key: &AccountKey) -> Result<(), StoreError> {
        self.calls.add();
        self.rows.reset_attempts(key).await
    }

    async fn mark_known(&self, key: &AccountKey) -> Result<(), StoreError> {
        self.calls.add();
        self.rows.mark_known(key).await
    }

    async fn begin(&self, new: &NewSession) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.begin(new).await
    }

    async fn read(&self, key: &AccountKey, now: u64) -> Result<Option<Account>, StoreError> {
        self.calls.add();
        Ok(self.rows.read(key, now).await?.map(|account| self.seen(account)))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.rotate(rotation).await
    }

    async fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.add_credentials(rotation, credentials).await
    }

    async fn find_or_create(&self, newcomer: &NewAccount) -> Result<Account, StoreError> {
        self.calls.add();
        Ok(self.seen(self.rows.find_or_create(newcomer).await?))
    }

    async fn keep_identity(
        &self,
        key: &AccountKey,
        id: &AccountId,
        version: u64,
        identity: &str,
    ) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.keep_identity(key, id, version, identity).await
    }

    async fn revoke(
        &self,
        key: &AccountKey,
        id: &AccountId,
        ending: &Revocation,
    ) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.revoke(key, id, ending).await
    }
}

impl Quotas for Table {
    async fn count(&self, quota: &RegistrationQuota) -> Result<QuotaCount, StoreError> {
        self.doing(self.rows.count(quota)).await
    }
}

impl Passwords for Table {
    async fn attempt_change(
        &self,
        key: &AccountKey,
        id: &AccountId,
        now: u64,
    ) -> Result<Attempt, StoreError> {
        self.calls.add();
        Ok(match self.rows.attempt_change(key, id, now).await? {
            Attempt::Reserved(account) => {
                Attempt::Reserved(account.map(|account| self.seen(account)))
            }
            Attempt::Blocked => Attempt::Blocked,
        })
    }

    async fn replace(&self, new: &NewPassword) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.replace(new).await
    }

    async fn rehash(&self, rehash: &Rehash) -> Result<Written, StoreError> {
        self.calls.add();
        self.rows.rehash(rehash).await
    }
}

impl Administration for Table {
    async fn find(&self, id: &AccountId) -> Result<Option<AccountKey>, StoreError> {
        self.doing(self.rows.find(id)).await
    }

    async fn set_status(
        &self,
        key: &AccountKey,
        id: &AccountId,
        standing: NewStatus,
    ) -> Result<Written, StoreError> {
        self.doing(self.rows.set_status(key, id, standing)).await
    }

    async fn change_identity(&self, change: &IdentityChange) -> Result<Written, StoreError> {
        self.doing(self.rows.change_identity(change)).await
    }

    async fn erase(&self, key: &AccountKey, id: &AccountId) -> Result<Written, StoreError> {
        self.doing(self.rows.erase(key, id)).await
    }
}
