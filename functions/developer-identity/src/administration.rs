//! What administrators do with accounts of others: look up, close and open, unlink, merge.
//!
//! Every request leaves lines for the audit before anything is done, dry runs among them, and may
//! be repeated: what was done is found to be done.

mod merging;
mod refusal;
mod unlinking;

use lifeguard_identity::account::{AccountId, AccountKey, Status};
use lifeguard_runtime::Audit;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::administration::{Administration as _, IdentityChange, NewStatus};
use lifeguard_store::accounts::{Account, Written};

use self::merging::{Merging, NotMerged, Party};
use self::refusal::Refused;
use self::unlinking::Unlinking;
use crate::answer::Answered;
use crate::ask::administration::{Act, Mode, Whom};
use crate::fault::{Failure, Fault};
use crate::gateway::Principal;
use crate::identity_pool::developer_users::{DeveloperUsers as _, Known, Merged};
use crate::provider::{Provider, World};
use crate::routes::administration::answers::{
    FoundAccount, LinkOf, LookUpAnswer, MergeAnswer, Outcome, PartyAnswer, StandingAnswer,
    UnlinkAnswer,
};
use crate::sessions::word;

type Result<T> = std::result::Result<T, Failure<Refused>>;

impl<W: World> Provider<W> {
    /// Does what an administrator wants done.
    pub(crate) async fn administer(
        &self,
        principal: &Principal,
        act: Act,
        now: u64,
    ) -> Result<Answered> {
        let audit = |mode: Mode, subject: &str| {
            let (function, action, outcome) = ("developer-identity", act.word(), mode.word());
            let (caller, key) = (principal.id.as_str(), principal.key.as_str());
            Audit { function, action, outcome, subject, caller, key }.write();
        };
        match &act {
            Act::LookUp(whom) => self.look_up(whom, audit, now).await,
            Act::SetStanding(id, standing, mode) => {
                audit(*mode, id.as_str());
                self.set_status(id, *standing, *mode, now).await
            }
            Act::Unlink(id, mode) => {
                audit(*mode, id.as_str());
                self.unlink_account(id, *mode, now).await
            }
            Act::Merge(source, destination, mode) => {
                audit(*mode, source.as_str());
                audit(*mode, destination.as_str());
                self.merge(source, destination, *mode, now).await
            }
        }
    }

    async fn look_up(&self, whom: &Whom, audit: impl Fn(Mode, &str), now: u64) -> Result<Answered> {
        let mut accounts = Vec::new();
        match whom {
            Whom::Account(id) => accounts.extend(self.account_of(id, now).await?),
            Whom::Address(address) => {
                let address = Email::parse(address.expose()).ok_or(Refused::NoSuchAccount)?;
                let key = AccountKey::from_address(&address);
                accounts.extend(self.accounts.read(&key, now).await?);
            }
            Whom::Identity(identity) => {
                let known = self.pool.of_identity(identity).await?;
                for id in known.into_iter().flat_map(|known| known.users) {
                    accounts.extend(self.account_of(&id, now).await?);
                }
            }
        }
        let mut found = Vec::new();
        for account in &accounts {
            audit(Mode::DryRun, account.id.as_str());
            found.push(self.found(account).await?);
        }
        match found.as_slice() {
            [] => Err(Refused::NoSuchAccount.into()),
            [..] => Ok(Answered::of(200, &LookUpAnswer { accounts: found }, "looked-up")),
        }
    }

    async fn found(&self, account: &Account) -> Result<FoundAccount> {
        let known = self.pool.of_account(&account.id).await?;
        let others = known.iter().flat_map(|known| &known.users).filter(|id| **id != account.id);
        let link = |link: &lifeguard_identity::linking::Link| LinkOf {
            provider: link.provider.clone(),
            since: link.since,
        };
        Ok(FoundAccount {
            account_id: account.id.as_str().to_owned(),
            kind: word(account.kind),
            status: status_word(account.status),
            identity_id: account.identity.clone(),
            shares_identity_with: others.map(|id| id.as_str().to_owned()).collect(),
            identity_id_in_pool: known.as_ref().map(|known| known.identity.clone()),
            sessions: account.families.len(),
            credentials_sessions: account.credentials.len(),
            links: account.links.iter().map(link).collect(),
        })
    }

    async fn set_status(
        &self,
        id: &AccountId,
        standing: NewStatus,
        mode: Mode,
        now: u64,
    ) -> Result<Answered> {
        let account = self.need(id, now).await?;
        let (outcome, status) = match (account.status, standing) {
            (Status::Pending, _) => return Err(Refused::NotConfirmed.into()),
            (Status::Active, NewStatus::Active) => (Outcome::AlreadyDone, Status::Active),
            (Status::Disabled, NewStatus::Disabled) => (Outcome::AlreadyDone, Status::Disabled),
            (Status::Active, NewStatus::Disabled) => (Outcome::of(mode), Status::Disabled),
            (Status::Disabled, NewStatus::Active) => (Outcome::of(mode), Status::Active),
        };
        if outcome == Outcome::Done {
            let written = self.accounts.set_status(&account.key, id, standing).await?;
            done(written)?;
        }
        let body = StandingAnswer {
            outcome,
            account_id: id.as_str().to_owned(),
            status: status_word(status),
            ended_sessions: match standing {
                NewStatus::Disabled => account.families.len() + account.credentials.len(),
                NewStatus::Active => 0,
            },
        };
        Ok(Answered::of(200, &body, outcome.word()))
    }

    async fn unlink_account(&self, id: &AccountId, mode: Mode, now: u64) -> Result<Answered> {
        let account = self.need(id, now).await?;
        let known = self.pool.of_account(id).await?;
        let plan = unlinking::plan(&unlinking::Standing {
            id,
            status: account.status,
            stored: account.identity.as_deref(),
            links: account.links.len(),
            known: known.as_ref(),
        });
        let from = match plan {
            Unlinking::Unlink { from } | Unlinking::Settle { from } => from,
            Unlinking::Refuse(why) => return Err(Refused::NotUnlinked(why).into()),
        };
        let outcome = Outcome::of(mode);
        if outcome == Outcome::Done {
            match plan {
                Unlinking::Unlink { from } => {
                    self.pool.unlink(&self.identity.provider, from, id).await?;
                }
                Unlinking::Settle { .. } | Unlinking::Refuse(_) => {}
            }
            self.change_identity(&account, from, None).await?;
        }
        let stays = known.iter().filter(|known| known.identity == from);
        let stays = stays.flat_map(|known| &known.users).filter(|user| *user != id);
        let body = UnlinkAnswer {
            outcome,
            account_id: id.as_str().to_owned(),
            identity_id: from.to_owned(),
            remaining_accounts: stays.map(|user| user.as_str().to_owned()).collect(),
        };
        Ok(Answered::of(200, &body, outcome.word()))
    }

    async fn merge(
        &self,
        source: &AccountId,
        destination: &AccountId,
        mode: Mode,
        now: u64,
    ) -> Result<Answered> {
        let (from, to) = (self.need(source, now).await?, self.need(destination, now).await?);
        let source_known = self.pool.of_account(source).await?;
        let destination_known = self.pool.of_account(destination).await?;
        let plan = merging::plan(
            &party(&from, source_known.as_ref()),
            &party(&to, destination_known.as_ref()),
        );
        let (remaining, outcome) = match plan {
            Merging::Merge { to, .. } | Merging::Settle { to } => (to, Outcome::of(mode)),
            Merging::Settled { to } => (to, Outcome::AlreadyDone),
            Merging::Refuse(why) => return Err(Refused::NotMerged(why).into()),
        };
        if outcome == Outcome::Done {
            match plan {
                Merging::Merge { to, .. } => self.merge_in_pool(source, destination, to).await?,
                Merging::Settle { .. } | Merging::Settled { .. } | Merging::Refuse(_) => {}
            }
            for id in source_known.iter().flat_map(|known| &known.users) {
                self.follow(id, remaining, now).await?;
            }
        }
        let before = |account: &Account, known: &Option<Known>| PartyAnswer {
            account_id: account.id.as_str().to_owned(),
            identity_id: account
                .identity
                .clone()
                .or_else(|| known.as_ref().map(|known| known.identity.clone())),
        };
        let source = before(&from, &source_known);
        let body = MergeAnswer {
            outcome,
            disabled_identity_id: source
                .identity_id
                .clone()
                .filter(|identity| identity != remaining),
            source,
            destination: before(&to, &destination_known),
            remaining_identity_id: remaining.to_owned(),
        };
        Ok(Answered::of(200, &body, outcome.word()))
    }

    async fn merge_in_pool(
        &self,
        source: &AccountId,
        destination: &AccountId,
        expected: &str,
    ) -> Result<()> {
        match self.pool.merge(&self.identity.provider, source, destination).await? {
            Merged::Into(identity) if identity == expected => Ok(()),
            Merged::Into(_) => Err(Fault::OtherIdentity.into()),
            Merged::Conflict => Err(Refused::NotMerged(NotMerged::SameProvider).into()),
            Merged::Unknown => Err(Refused::NotMerged(NotMerged::NoIdentity).into()),
        }
    }

    /// Lets the row of an account name the identity that the pool gives it now. Whoever shared the
    /// source's identity comes along.
    async fn follow(&self, id: &AccountId, identity: &str, now: u64) -> Result<()> {
        let Some(account) = self.account_of(id, now).await? else { return Ok(()) };
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
        done(self.accounts.change_identity(&change).await?)
    }

    async fn need(&self, id: &AccountId, now: u64) -> Result<Account> {
        self.account_of(id, now).await?.ok_or(Failure::Refused(Refused::NoSuchAccount))
    }

    async fn account_of(&self, id: &AccountId, now: u64) -> Result<Option<Account>> {
        let Some(key) = self.accounts.find(id).await? else { return Ok(None) };
        // The row may be another's by now: the index is behind by a moment.
        let account = self.accounts.read(&key, now).await?;
        Ok(account.filter(|account| account.id == *id))
    }
}

/// A write that was refused met a row that had changed in between: the same request again sees it.
fn done(written: Written) -> Result<()> {
    match written {
        Written::Done => Ok(()),
        Written::Refused => Err(Refused::ChangedInBetween.into()),
    }
}

fn party<'a>(account: &'a Account, known: Option<&'a Known>) -> Party<'a> {
    Party {
        id: &account.id,
        kind: account.kind,
        status: account.status,
        stored: account.identity.as_deref(),
        providers: account.links.iter().map(|link| link.provider.as_str()).collect(),
        known,
    }
}

const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Pending => "pending",
        Status::Active => "active",
        Status::Disabled => "disabled",
    }
}
