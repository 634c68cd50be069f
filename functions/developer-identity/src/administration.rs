//! Commands of administrators on accounts of users: look up, disable and enable, unlink, merge.
//!
//! Every command, dry runs included, writes its audit lines before it acts, and is idempotent.

pub(crate) mod command;
mod merging;
mod problem;
mod unlinking;

use lifeguard_identity::account::{AccountId, AccountKey, Status};
use lifeguard_runtime::Audit;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::administration::{Administration as _, IdentityChange, Standing};
use lifeguard_store::accounts::{Account, Written};

use self::command::{AccountQuery, AdministrationCommand};
use self::merging::{MergeParty, Merging, NotMerged};
use self::problem::AdministrationProblem;
use self::unlinking::{SharedAccount, Unlinking};
use crate::caller::IamPrincipal;
use crate::fault::{Failure, Fault};
use crate::identity_pool::developer_users::{DeveloperIdentity, DeveloperUsers as _, MergeResult};
use crate::provider::{Adapters, Provider};
use crate::response::Response;
use crate::sessions::kind_name;
use crate::wire::administration::{
    AccountBody, FoundAccount, LinkOf, LookUpAnswer, MergeAnswer, MergeBody, Mode, Outcome,
    PartyAnswer, StatusAnswer, UnlinkAnswer,
};

type Result<T> = std::result::Result<T, Failure>;

impl<A: Adapters> Provider<A> {
    /// Runs an administrator's command.
    pub(crate) async fn administer(
        &self,
        principal: &IamPrincipal,
        command: AdministrationCommand,
        now: u64,
    ) -> Result<Response> {
        let audit = |mode: Mode, subject: &str| {
            let (function, action, outcome) =
                ("developer-identity", command.name(), mode.outcome().name());
            let (caller, key) = (principal.id.as_str(), principal.key.as_str());
            Audit { function, action, outcome, subject, caller, key }.write();
        };
        match &command {
            AdministrationCommand::LookUp(query) => self.look_up(query, audit, now).await,
            AdministrationCommand::SetStatus(body, standing) => {
                audit(body.mode, body.account_id.as_str());
                self.set_status(body, *standing, now).await
            }
            AdministrationCommand::Unlink(body) => {
                audit(body.mode, body.account_id.as_str());
                self.unlink_account(body, now).await
            }
            AdministrationCommand::Merge(body) => {
                audit(body.mode, body.source.as_str());
                audit(body.mode, body.destination.as_str());
                self.merge(body, now).await
            }
        }
    }

    async fn look_up(
        &self,
        query: &AccountQuery,
        audit: impl Fn(Mode, &str),
        now: u64,
    ) -> Result<Response> {
        let mut accounts = Vec::new();
        match query {
            AccountQuery::Account(id) => accounts.extend(self.find_account(id, now).await?),
            AccountQuery::Address(address) => {
                let address = Email::parse(address.expose());
                let address = address.ok_or(AdministrationProblem::NoSuchAccount)?;
                let key = AccountKey::of_address(&address);
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

    async fn describe(&self, account: &Account) -> Result<FoundAccount> {
        let in_pool = self.pool.find_by_account(&account.id).await?;
        let others = in_pool.iter().flat_map(|in_pool| &in_pool.users);
        let others = others.filter(|id| **id != account.id);
        let link = |link: &lifeguard_identity::linking::Link| LinkOf {
            provider: link.provider.clone(),
            since: link.since,
        };
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

    async fn set_status(
        &self,
        body: &AccountBody,
        standing: Standing,
        now: u64,
    ) -> Result<Response> {
        let id = &body.account_id;
        let account = self.require_account(id, now).await?;
        let (outcome, status) = match (account.status, standing) {
            (Status::Pending, _) => return Err(AdministrationProblem::NotConfirmed.into()),
            (Status::Active, Standing::Open) => (Outcome::AlreadyDone, Status::Active),
            (Status::Disabled, Standing::Closed) => (Outcome::AlreadyDone, Status::Disabled),
            (Status::Active, Standing::Closed) => (body.mode.outcome(), Status::Disabled),
            (Status::Disabled, Standing::Open) => (body.mode.outcome(), Status::Active),
        };
        if outcome == Outcome::Done {
            let written = self.accounts.set_standing(&account.key, id, standing).await?;
            require_written(written)?;
        }
        let body = StatusAnswer {
            outcome,
            account_id: id.as_str().to_owned(),
            status: status_name(status),
            ended_sessions: match standing {
                Standing::Closed => account.families.len() + account.credentials.len(),
                Standing::Open => 0,
            },
        };
        Ok(Response::json(200, &body, outcome.name()))
    }

    async fn unlink_account(&self, body: &AccountBody, now: u64) -> Result<Response> {
        let id = &body.account_id;
        let account = self.require_account(id, now).await?;
        let in_pool = self.pool.find_by_account(id).await?;
        let plan = unlinking::plan(&SharedAccount {
            id,
            status: account.status,
            stored: account.identity.as_deref(),
            links: account.links.len(),
            in_pool: in_pool.as_ref(),
        });
        let from = match plan {
            Unlinking::Unlink { from } | Unlinking::Settle { from } => from,
            Unlinking::Refuse(reason) => {
                return Err(AdministrationProblem::NotUnlinked(reason).into());
            }
        };
        let outcome = body.mode.outcome();
        if outcome == Outcome::Done {
            match plan {
                Unlinking::Unlink { from } => {
                    self.pool.unlink(&self.identity.provider, from, id).await?;
                }
                Unlinking::Settle { .. } | Unlinking::Refuse(_) => {}
            }
            self.change_identity(&account, from, None).await?;
        }
        let remaining = in_pool.iter().filter(|in_pool| in_pool.identity == from);
        let remaining = remaining.flat_map(|in_pool| &in_pool.users).filter(|user| *user != id);
        let body = UnlinkAnswer {
            outcome,
            account_id: id.as_str().to_owned(),
            identity_id: from.to_owned(),
            remaining_accounts: remaining.map(|user| user.as_str().to_owned()).collect(),
        };
        Ok(Response::json(200, &body, outcome.name()))
    }

    async fn merge(&self, body: &MergeBody, now: u64) -> Result<Response> {
        let MergeBody { source, destination, mode } = body;
        let from = self.require_account(source, now).await?;
        let to = self.require_account(destination, now).await?;
        let source_in_pool = self.pool.find_by_account(source).await?;
        let destination_in_pool = self.pool.find_by_account(destination).await?;
        let plan = merging::plan(
            &party(&from, source_in_pool.as_ref()),
            &party(&to, destination_in_pool.as_ref()),
        );
        let (remaining, outcome) = match plan {
            Merging::Merge { to, .. } | Merging::Settle { to } => (to, mode.outcome()),
            Merging::Settled { to } => (to, Outcome::AlreadyDone),
            Merging::Refuse(reason) => return Err(AdministrationProblem::NotMerged(reason).into()),
        };
        if outcome == Outcome::Done {
            match plan {
                Merging::Merge { to, .. } => self.merge_in_pool(source, destination, to).await?,
                Merging::Settle { .. } | Merging::Settled { .. } | Merging::Refuse(_) => {}
            }
            for id in source_in_pool.iter().flat_map(|in_pool| &in_pool.users) {
                self.update_row(id, remaining, now).await?;
            }
        }
        let before = |account: &Account, in_pool: &Option<DeveloperIdentity>| PartyAnswer {
            account_id: account.id.as_str().to_owned(),
            identity_id: account
                .identity
                .clone()
                .or_else(|| in_pool.as_ref().map(|in_pool| in_pool.identity.clone())),
        };
        let source = before(&from, &source_in_pool);
        let body = MergeAnswer {
            outcome,
            disabled_identity_id: source
                .identity_id
                .clone()
                .filter(|identity| identity != remaining),
            source,
            destination: before(&to, &destination_in_pool),
            remaining_identity_id: remaining.to_owned(),
        };
        Ok(Response::json(200, &body, outcome.name()))
    }

    async fn merge_in_pool(
        &self,
        source: &AccountId,
        destination: &AccountId,
        expected: &str,
    ) -> Result<()> {
        match self.pool.merge(&self.identity.provider, source, destination).await? {
            MergeResult::Into(identity) if identity == expected => Ok(()),
            MergeResult::Into(_) => Err(Fault::OtherIdentity.into()),
            MergeResult::Conflict => {
                Err(AdministrationProblem::NotMerged(NotMerged::SameProvider).into())
            }
            MergeResult::Unknown => {
                Err(AdministrationProblem::NotMerged(NotMerged::NoIdentity).into())
            }
        }
    }

    /// Stores the identity that the pool names now in the row of an account.
    async fn update_row(&self, id: &AccountId, identity: &str, now: u64) -> Result<()> {
        let Some(account) = self.find_account(id, now).await? else { return Ok(()) };
        match account.identity.as_deref() {
            Some(stored) if stored == identity => Ok(()),
            stored => {
                self.change_identity(&account, stored.unwrap_or(identity), Some(identity)).await
            }
        }
    }

    async fn change_identity(&self, account: &Account, from: &str, to: Option<&str>) -> Result<()> {
        let Account { key, id, .. } = account;
        let (key, id, from) = (key.clone(), id.clone(), from.to_owned());
        let change = IdentityChange { key, id, from, to: to.map(str::to_owned) };
        require_written(self.accounts.change_identity(&change).await?)
    }

    async fn require_account(&self, id: &AccountId, now: u64) -> Result<Account> {
        self.find_account(id, now).await?.ok_or(AdministrationProblem::NoSuchAccount.into())
    }

    async fn find_account(&self, id: &AccountId, now: u64) -> Result<Option<Account>> {
        let Some(key) = self.accounts.find(id).await? else { return Ok(None) };
        // The index lags: the row may be of another account by now.
        let account = self.accounts.read(&key, now).await?;
        Ok(account.filter(|account| account.id == *id))
    }
}

/// Refuses a command if another request changed the row: the same command again reads the change.
fn require_written(written: Written) -> Result<()> {
    match written {
        Written::Done => Ok(()),
        Written::Refused => Err(AdministrationProblem::ChangedInBetween.into()),
    }
}

fn party<'a>(account: &'a Account, in_pool: Option<&'a DeveloperIdentity>) -> MergeParty<'a> {
    MergeParty {
        id: &account.id,
        kind: account.kind,
        status: account.status,
        stored: account.identity.as_deref(),
        providers: account.links.iter().map(|link| link.provider.as_str()).collect(),
        in_pool,
    }
}

const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Pending => "pending",
        Status::Active => "active",
        Status::Disabled => "disabled",
    }
}
