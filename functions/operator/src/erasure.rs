//! What goes when a person is to be erased, and in which order?
//!
//! First nobody gets in any more, then everything goes that hangs on somebody, and last those by
//! which everything else is found: whoever is interrupted finds the rest by the same request.
//!
//! Accounts that were merged are one person and go together; the identity pool says which they are.
//! An identity that only others have by now, after an unlinking, is left to them.

use lifeguard_identity::account::{AccountKey, Status};
use lifeguard_identity::linking::Link;
use lifeguard_runtime::Failure;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_store::accounts::administration::{Administration as _, NewStatus};
use lifeguard_store::accounts::links::Links as _;
use lifeguard_store::accounts::{Account, Written};
use lifeguard_store::profiles::ProfileKey;
use lifeguard_store::{Accounts as _, Profiles as _};
use serde_json::{Value, json};

use crate::budgets::rows_of_user;
use crate::identities::Identities;
use crate::person::{Found, find};
use crate::request::{Mode, Person};
use crate::users::{User, Users};
use crate::{Desk, Entry, Fault, Outcome, audit};

/// What there is of a person.
#[derive(Default)]
pub struct Traces {
    /// The user of the pool.
    pub user: Option<User>,
    /// The profile.
    pub profile: Option<ProfileKey>,
    /// Rows of challenges, of the user and of the account.
    pub challenges: Vec<RowKey>,
    /// The account.
    pub account: Option<Account>,
    /// Other accounts of the same identity.
    pub others: Vec<Account>,
    /// The identities that are nobody else's.
    pub identities: Vec<String>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Step {
    /// The user may sign in no more.
    LockUserOut,
    /// The user's sessions end.
    SignUserOut,
    /// The account may be used no more, and its sessions end.
    CloseAccount(Box<Account>),
    /// A login of another provider leads here no more.
    FreeLink(AccountKey, Link),
    /// The identity goes, and with it what the identity pool knows.
    DeleteIdentity(String),
    /// A row of challenges goes.
    EraseChallenges(RowKey),
    /// The profile goes.
    EraseProfile,
    /// The account goes.
    EraseAccount(Box<Account>),
    /// The user goes, with a profile that was written meanwhile.
    DeleteUser,
}

impl Step {
    /// What it is about, in fixed words.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::LockUserOut => "access of the user",
            Self::SignUserOut => "sessions of the user",
            Self::CloseAccount(_) => "sessions of the account",
            Self::FreeLink(..) => "link",
            Self::DeleteIdentity(_) => "identity",
            Self::EraseChallenges(_) => "challenges and budgets",
            Self::EraseProfile => "profile",
            Self::EraseAccount(_) => "account",
            Self::DeleteUser => "user",
        }
    }
}

/// What is to be done, in order.
#[must_use]
pub fn steps(traces: &Traces) -> Vec<Step> {
    let Traces { user, profile, challenges, account, others, identities } = traces;
    let mut steps = Vec::new();
    if user.is_some() {
        steps.extend([Step::LockUserOut, Step::SignUserOut]);
    }
    let boxed = |account: &Account| Box::new(account.clone());
    let accounts = || others.iter().chain(account);
    steps.extend(accounts().map(boxed).map(Step::CloseAccount));
    steps.extend(accounts().flat_map(|account| {
        account.links.iter().map(|link| Step::FreeLink(account.key.clone(), link.clone()))
    }));
    steps.extend(challenges.iter().cloned().map(Step::EraseChallenges));
    // The identity leads to them, so it goes after them.
    steps.extend(others.iter().map(boxed).map(Step::EraseAccount));
    steps.extend(identities.iter().cloned().map(Step::DeleteIdentity));
    steps.extend(profile.iter().map(|_| Step::EraseProfile));
    steps.extend(account.iter().map(boxed).map(Step::EraseAccount));
    steps.extend(user.iter().map(|_| Step::DeleteUser));
    steps
}

/// Erases a person everywhere, or says what there is.
///
/// # Errors
/// A refusal if the request names nobody; a fault if a service brought no answer, and then the
/// same request does what is left.
pub async fn erase(
    desk: &Desk<impl Users, impl Identities>,
    person: &Person,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let mut traces = gather(desk, person, now).await?;
    if mode == Mode::Apply {
        // What somebody who is signing in adds in this moment must be found too.
        for account in traces.account.iter().chain(&traces.others) {
            close(desk, account).await?;
        }
        traces = gather(desk, person, now).await?;
    }
    let user = traces.user.iter().map(|user| user.sub.as_str());
    let accounts = traces.account.iter().chain(&traces.others);
    for subject in user.chain(accounts.map(|account| account.id.as_str())) {
        audit("erase", mode, subject);
    }
    // What lies under the identity in buckets and tables of applications is for them to erase.
    let identity = traces.identities.first();
    let mut report = Vec::new();
    for step in steps(&traces) {
        match mode {
            Mode::DryRun => {}
            Mode::Apply => perform(desk, &traces, &step, now).await?,
        }
        report.push(Entry { what: step.what(), outcome: Outcome::of(mode) });
    }
    Ok(json!({"identity_id": identity, "report": report}))
}

async fn gather(
    desk: &Desk<impl Users, impl Identities>,
    person: &Person,
    now: u64,
) -> Result<Traces, Failure> {
    let Found { user_name, user, account: key } = find(desk, person).await?;
    let pool = desk.policy.scope.pool();
    let account = match &key {
        Some(key) => desk.accounts.read(key, now).await.map_err(Fault::from)?,
        None => None,
    };
    let (others, identities) = match &account {
        Some(account) => shared(desk, account, now).await?,
        None => (Vec::new(), Vec::new()),
    };
    let of_user = user_name.iter().flat_map(|name| {
        let factors = [Factor::Email, Factor::EmailSecond].into_iter();
        factors.flat_map(|factor| rows_of_user(&desk.policy, factor, name)).map(|(_, row)| row)
    });
    let keys = key.iter().chain(others.iter().map(|other| &other.key));
    let of_accounts =
        keys.flat_map(|key| Occasion::ALL.map(|occasion| occasion.row(pool, key.as_str())));
    let mut challenges = Vec::new();
    for row in of_user.chain(of_accounts) {
        if desk.challenges.counts(&row, now).await.map_err(Fault::from)?.is_some() {
            challenges.push(row);
        }
    }
    let mut profile = user.as_ref().and_then(|user| ProfileKey::new(pool, &user.sub));
    if let Some(key) = &profile
        && !desk.profiles.exists(key).await.map_err(Fault::from)?
    {
        profile = None;
    }
    Ok(Traces { user, profile, challenges, account, others, identities })
}

/// The other accounts of the same identity, and the identities that are nobody else's.
async fn shared(
    desk: &Desk<impl Users, impl Identities>,
    account: &Account,
    now: u64,
) -> Result<(Vec<Account>, Vec<String>), Fault> {
    let Some(policy) = &desk.policy.identity else {
        return Ok((Vec::new(), account.identity.iter().cloned().collect()));
    };
    let pool = policy.identity_pool.as_str();
    let known = desk.identities.of_account(pool, &account.id).await?;
    let mut others = Vec::new();
    for id in known.iter().flat_map(|known| &known.accounts).filter(|id| **id != account.id) {
        if let Some(key) = desk.accounts.find(id).await? {
            let other = desk.accounts.read(&key, now).await?;
            others.extend(other.filter(|other| other.id == *id));
        }
    }
    let mut identities: Vec<String> = known.into_iter().map(|known| known.identity).collect();
    if let Some(stored) = &account.identity
        && !identities.contains(stored)
    {
        let holders = desk.identities.of_identity(pool, stored).await?;
        if holders.is_none_or(|holders| holders.accounts.is_empty()) {
            identities.push(stored.clone());
        }
    }
    Ok((others, identities))
}

async fn perform(
    desk: &Desk<impl Users, impl Identities>,
    traces: &Traces,
    step: &Step,
    now: u64,
) -> Result<(), Fault> {
    let pool = desk.policy.scope.pool();
    let Traces { user, profile, .. } = traces;
    match (step, user) {
        (Step::LockUserOut, Some(user)) => desk.users.lock_out(pool, &user.user_name).await?,
        (Step::SignUserOut, Some(user)) => desk.users.sign_out(pool, &user.user_name).await?,
        (Step::DeleteUser, Some(user)) => {
            // A repair may have written a profile before the user was locked out.
            if let Some(key) = ProfileKey::new(pool, &user.sub) {
                desk.profiles.erase(&key).await?;
            }
            desk.users.delete(pool, &user.user_name).await?;
        }
        (Step::CloseAccount(account), _) => close(desk, account).await?,
        (Step::FreeLink(key, link), _) => {
            desk.accounts.free_login(&link.login, key).await?;
            desk.accounts.unlist_link(key, link).await?;
        }
        (Step::EraseAccount(account), _) => {
            match desk.accounts.erase(&account.key, &account.id).await? {
                Written::Done => {}
                Written::Refused => {
                    let there = desk.accounts.read(&account.key, now).await?;
                    if there.is_some_and(|there| there.id == account.id) {
                        return Err(Fault::Unfinished);
                    }
                }
            }
        }
        (Step::DeleteIdentity(identity), _) => desk.identities.delete(identity).await?,
        (Step::EraseChallenges(row), _) => desk.challenges.erase(row).await?,
        (Step::EraseProfile, _) => {
            if let Some(key) = profile {
                desk.profiles.erase(key).await?;
            }
        }
        (Step::LockUserOut | Step::SignUserOut | Step::DeleteUser, None) => {}
    }
    Ok(())
}

/// Closes an account, if anybody can sign in to it.
async fn close<U, I>(desk: &Desk<U, I>, account: &Account) -> Result<(), Fault> {
    match account.status {
        Status::Active => {
            desk.accounts.set_status(&account.key, &account.id, NewStatus::Disabled).await?;
        }
        Status::Pending | Status::Disabled => {}
    }
    Ok(())
}
