//! Finds accounts and describes them, without their e-mail addresses.

use lifeguard_identity::account::AccountKey;
use lifeguard_identity::linking::Link;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::Account;

use super::command::AccountQuery;
use super::problem::AdministrationProblem;
use super::rows::status_name;
use crate::fault::Failure;
use crate::identity_pool::developer_users::DeveloperUsers as _;
use crate::provider::{Adapters, Provider};
use crate::response::Response;
use crate::wire::account_kind::kind_name;
use crate::wire::administration::{FoundAccount, LinkOf, LookUpAnswer, Mode};

impl<A: Adapters> Provider<A> {
    /// Looks accounts up, and writes an audit line for each.
    pub(super) async fn look_up(
        &self,
        query: &AccountQuery,
        audit: impl Fn(Mode, &str),
        now: u64,
    ) -> Result<Response, Failure> {
        let mut accounts = Vec::new();
        match query {
            AccountQuery::Account(id) => accounts.extend(self.find_account(id, now).await?),
            AccountQuery::Address(address) => {
                let address = Email::parse(address.expose());
                let address = address.ok_or(AdministrationProblem::NoSuchAccount)?;
                let key = AccountKey::from_address(&address);
                accounts.extend(self.accounts.read(&key, now).await?);
            }
            AccountQuery::Identity(identity) => {
                let in_pool = self.pool.find_by_identity(identity).await?;
                for id in in_pool.into_iter().flat_map(|in_pool| in_pool.users) {
                    accounts.extend(self.find_account(&id, now).await?);
                }
            }
        }
        let mut found = Vec::new();
        for account in &accounts {
            audit(Mode::DryRun, account.id.as_str());
            found.push(self.describe(account).await?);
        }
        match found.as_slice() {
            [] => Err(AdministrationProblem::NoSuchAccount.into()),
            [..] => Ok(Response::json(200, &LookUpAnswer { accounts: found }, "looked-up")),
        }
    }

    async fn describe(&self, account: &Account) -> Result<FoundAccount, Failure> {
        let in_pool = self.pool.find_by_account(&account.id).await?;
        let others = in_pool.iter().flat_map(|in_pool| &in_pool.users);
        let others = others.filter(|id| **id != account.id);
        let link = |link: &Link| LinkOf { provider: link.provider.clone(), since: link.since };
        Ok(FoundAccount {
            account_id: account.id.as_str().to_owned(),
            kind: kind_name(account.kind),
            status: status_name(account.status),
            identity_id: account.identity.clone(),
            shares_identity_with: others.map(|id| id.as_str().to_owned()).collect(),
            identity_id_in_pool: in_pool.as_ref().map(|in_pool| in_pool.identity.clone()),
            sessions: account.families.len(),
            credentials_sessions: account.credentials.len(),
            links: account.links.iter().map(link).collect(),
        })
    }
}
