//! Commands of administrators on accounts of users: look up, disable and enable, unlink, merge.
//!
//! Every command, dry runs included, writes its audit lines before it acts, and is idempotent.

pub(crate) mod command;
mod look_up;
mod merging;
mod problem;
mod rows;
mod unlinking;

use lifeguard_identity::account::{AccountId, Status};
use lifeguard_runtime::Audit;
use lifeguard_store::accounts::Account;
use lifeguard_store::accounts::administration::{Administration as _, NewStatus};

use self::command::AdministrationCommand;
use self::merging::{MergeParty, Merging, NotMerged};
use self::problem::AdministrationProblem;
use self::rows::{require_written, status_name};
use self::unlinking::{SharedAccount, Unlinking};
use crate::caller::IamPrincipal;
use crate::fault::{Failure, Fault};
use crate::identity_pool::developer_users::{DeveloperIdentity, DeveloperUsers as _, MergeResult};
use crate::provider::{Adapters, Provider};
use crate::response::Response;
use crate::wire::administration::{
    AccountBody, MergeAnswer, MergeBody, Mode, Outcome, PartyAnswer, StatusAnswer, UnlinkAnswer,
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

    async fn set_status(
        &self,
        body: &AccountBody,
        standing: NewStatus,
        now: u64,
    ) -> Result<Response> {
        let id = &body.account_id;
        let account = self.require_account(id, now).await?;
        let (outcome, status) = match (account.status, standing) {
            (Status::Active, NewStatus::Active) => (Outcome::AlreadyDone, Status::Active),
            (Status::Disabled, NewStatus::Disabled) => (Outcome::AlreadyDone, Status::Disabled),
            (Status::Active, NewStatus::Disabled) => (body.mode.outcome(), Status::Disabled),
            (Status::Disabled, NewStatus::Active) => (body.mode.outcome(), Status::Active),
        };
        if outcome == Outcome::Done {
            let written = self.accounts.set_status(&account.key, id, standing).await?;
            require_written(written)?;
        }
        let body = StatusAnswer {
            outcome,
            account_id: id.as_str().to_owned(),
            status: status_name(status),
            ended_sessions: match standing {
                NewStatus::Disabled => account.families.len() + account.credentials.len(),
                NewStatus::Active => 0,
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
