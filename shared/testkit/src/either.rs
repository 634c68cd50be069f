//! Challenges and accounts, in memory or in a table, behind one type each.

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_identity::linking::{Link, LoginKey};
use lifeguard_identity::registration_quota::RegistrationQuota;
use lifeguard_identity::session::CredentialsSession;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_store::accounts::administration::{Administration, IdentityChange, NewStatus};
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::passwords::{NewPassword, Passwords, Rehash};
use lifeguard_store::accounts::{
    Account, Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Rotation, Written,
};
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::{Claim, ClaimToken, Outbox};
use lifeguard_store::quotas::{QuotaCount, Quotas};
use lifeguard_store::ties::{Holder, Tie, Ties};
use lifeguard_store::{AccountTable, ChallengeTable, StoreError};

use crate::{MemoryAccounts, MemoryChallenges};

/// Challenge rows; cloning shares them.
#[derive(Clone)]
pub enum ChallengeRows {
    /// In memory.
    Memory(MemoryChallenges),
    /// In a table, by the code that is deployed.
    Table(ChallengeTable),
}

/// Rows of accounts; cloning shares them.
#[derive(Clone)]
pub enum AccountRows {
    /// In memory.
    Memory(MemoryAccounts),
    /// In a table, by the code that is deployed.
    Table(AccountTable),
}

/// Calls the same operation of the implementation that it is.
macro_rules! on {
    ($rows:expr, $operation:ident($($argument:expr),*)) => {
        match $rows {
            Self::Memory(rows) => rows.$operation($($argument),*).await,
            Self::Table(rows) => rows.$operation($($argument),*).await,
        }
    };
}

impl Challenges for ChallengeRows {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        on!(self, issue(new))
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        on!(self, record(judgement))
    }
}

impl Ties for ChallengeRows {
    async fn issue_for(
        &self,
        new: &NewChallenge,
        holder: &Holder,
        tie: Option<&Tie>,
    ) -> Result<Issued, StoreError> {
        on!(self, issue_for(new, holder, tie))
    }

    async fn tie(&self, row: &RowKey) -> Result<Option<Tie>, StoreError> {
        on!(self, tie(row))
    }
}

impl Outbox for ChallengeRows {
    async fn claim(
        &self,
        row: &RowKey,
        number: u32,
        token: ClaimToken,
    ) -> Result<Claim, StoreError> {
        on!(self, claim(row, number, token))
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        on!(self, give_back(row, number))
    }
}

impl Accounts for AccountRows {
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

impl Quotas for AccountRows {
    async fn count(&self, quota: &RegistrationQuota) -> Result<QuotaCount, StoreError> {
        on!(self, count(quota))
    }
}

impl Passwords for AccountRows {
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

impl Administration for AccountRows {
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

impl Links for AccountRows {
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
