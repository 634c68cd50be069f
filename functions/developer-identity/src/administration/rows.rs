//! Rows of accounts that administrators change.

use lifeguard_identity::account::{AccountId, Status};
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::administration::{Administration as _, IdentityChange};
use lifeguard_store::accounts::{Account, Written};

use super::problem::AdministrationProblem;
use crate::fault::Failure;
use crate::provider::{Adapters, Provider};

impl<A: Adapters> Provider<A> {
    /// Stores the identity that the pool names now in the row of an account.
    pub(super) async fn update_row(
        &self,
        id: &AccountId,
        identity: &str,
        now: u64,
    ) -> Result<(), Failure> {
        let Some(account) = self.find_account(id, now).await? else { return Ok(()) };
        match account.identity.as_deref() {
            Some(stored) if stored == identity => Ok(()),
            stored => {
                self.change_identity(&account, stored.unwrap_or(identity), Some(identity)).await
            }
        }
    }

    /// Replaces the identity in the row of an account.
    pub(super) async fn change_identity(
        &self,
        account: &Account,
        from: &str,
        to: Option<&str>,
    ) -> Result<(), Failure> {
        let Account { key, id, .. } = account;
        let (key, id, from) = (key.clone(), id.clone(), from.to_owned());
        let change = IdentityChange { key, id, from, to: to.map(str::to_owned) };
        require_written(self.accounts.change_identity(&change).await?)
    }

    /// Finds an account by its id, or refuses the command.
    pub(super) async fn require_account(
        &self,
        id: &AccountId,
        now: u64,
    ) -> Result<Account, Failure> {
        self.find_account(id, now).await?.ok_or(AdministrationProblem::NoSuchAccount.into())
    }

    /// Finds an account by its id.
    pub(super) async fn find_account(
        &self,
        id: &AccountId,
        now: u64,
    ) -> Result<Option<Account>, Failure> {
        let Some(key) = self.accounts.find(id).await? else { return Ok(None) };
        // The index lags: the row may be of another account by now.
        let account = self.accounts.read(&key, now).await?;
        Ok(account.filter(|account| account.id == *id))
    }
}

/// Refuses a command if another request changed the row: the same command again reads the change.
pub(super) fn require_written(written: Written) -> Result<(), Failure> {
    match written {
        Written::Done => Ok(()),
        Written::Refused => Err(AdministrationProblem::ChangedInBetween.into()),
    }
}

/// Returns the name of a status.
pub(super) const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Disabled => "disabled",
    }
}
