//! Erases a person everywhere.
//!
//! First all access ends, then the data of the person is erased, and last the rows by which the rest
//! is found: after an interruption the same request finds the rest.
//!
//! Accounts that were merged are one person and are erased together; the identity pool names them.
//! An identity that only other accounts have, after an unlinking, is kept.

use lifeguard_identity::account::{AccountKey, Status};
use lifeguard_identity::linking::Link;
use lifeguard_runtime::Failure;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::administration::{Administration as _, NewStatus};
use lifeguard_store::accounts::links::Links as _;
use lifeguard_store::accounts::{Account, Written};
use lifeguard_store::profiles::ProfileKey;
use serde_json::{Value, json};

use crate::budgets::rows_of_user;
use crate::dependencies::Dependencies;
use crate::fault::Fault;
use crate::identities::Identities;
use crate::person::{Found, find};
use crate::report::{Entry, audit};
use crate::request::{Mode, Person};
use crate::users::{User, Users};

/// Data of a person.
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
    /// The identities that no other account has.
    pub identities: Vec<String>,
}

/// One step of an erasure.
#[derive(Clone, Debug)]
pub enum Step {
    /// Disables the user.
    DisableUser,
    /// Revokes the refresh tokens of the user.
    SignUserOut,
    /// Disables the account and revokes its sessions.
    DisableAccount(Box<Account>),
    /// Releases a login of another provider.
    ReleaseLink(AccountKey, Link),
    /// Deletes the identity, with all logins that the identity pool has for it.
    DeleteIdentity(String),
    /// Erases a row of challenges.
    EraseChallenges(RowKey),
    /// Erases the profile.
    EraseProfile,
    /// Erases the account.
    EraseAccount(Box<Account>),
    /// Deletes the user, with a profile that was written meanwhile.
    DeleteUser,
}

impl Step {
    /// Returns the kind of data, in fixed words.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::DisableUser => "access of the user",
            Self::SignUserOut => "sessions of the user",
            Self::DisableAccount(_) => "sessions of the account",
            Self::ReleaseLink(..) => "link",
            Self::DeleteIdentity(_) => "identity",
            Self::EraseChallenges(_) => "challenges and budgets",
            Self::EraseProfile => "profile",
            Self::EraseAccount(_) => "account",
            Self::DeleteUser => "user",
        }
    }
}

/// Returns the steps of an erasure, in order.
#[must_use]
pub fn steps(traces: &Traces) -> Vec<Step> {
    let Traces { user, profile, challenges, account, others, identities } = traces;
    let mut steps = Vec::new();
    if user.is_some() {
        steps.extend([Step::DisableUser, Step::SignUserOut]);
    }
    let boxed = |account: &Account| Box::new(account.clone());
    let accounts = || others.iter().chain(account);
    steps.extend(accounts().map(boxed).map(Step::DisableAccount));
    steps.extend(accounts().flat_map(|account| {
        account.links.iter().map(|link| Step::ReleaseLink(account.key.clone(), link.clone()))
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

/// Erases a person everywhere, or reports the data.
///
/// # Errors
/// A refusal if the request names no person; a fault if a call of a service failed, and then the
/// same request does the rest.
pub async fn erase(
    dependencies: &Dependencies<impl Users, impl Identities>,
    person: &Person,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let mut traces = gather(dependencies, person, now).await?;
    if mode == Mode::Apply {
        // A sign-in that is under way may add data, which must be found too.
        for account in traces.account.iter().chain(&traces.others) {
            disable(dependencies, account).await?;
        }
        traces = gather(dependencies, person, now).await?;
    }
    let user = traces.user.iter().map(|user| user.sub.as_str());
    let accounts = traces.account.iter().chain(&traces.others);
    for subject in user.chain(accounts.map(|account| account.id.as_str())) {
        audit("erase", mode, subject);
    }
    // Applications erase the data that they keep under the identity.
    let identity = traces.identities.first();
    let mut report = Vec::new();
    for step in steps(&traces) {
        match mode {
            Mode::DryRun => {}
            Mode::Apply => perform(dependencies, &traces, &step, now).await?,
        }
        report.push(Entry::new(step.what(), mode));
    }
    Ok(json!({"identity_id": identity, "report": report}))
}

async fn gather(
    dependencies: &Dependencies<impl Users, impl Identities>,
    person: &Person,
    now: u64,
) -> Result<Traces, Failure> {
    let Found { user_name, user, account: key } = find(dependencies, person).await?;
    let pool = dependencies.policy.scope.pool();
    let account = match &key {
        Some(key) => dependencies.accounts.read(key, now).await.map_err(Fault::from)?,
        None => None,
    };
    let (others, identities) = match &account {
        Some(account) => shared(dependencies, account, now).await?,
        None => (Vec::new(), Vec::new()),
    };
    let of_user = user_name.iter().flat_map(|name| {
        let factors = [Factor::Email, Factor::EmailSecond].into_iter();
        factors
            .flat_map(|factor| rows_of_user(&dependencies.policy, factor, name))
            .map(|(_, row)| row)
    });
    let keys = key.iter().chain(others.iter().map(|other| &other.key));
    let of_accounts =
        keys.flat_map(|key| Occasion::ALL.map(|occasion| occasion.row(pool, key.as_str())));
    let mut challenges = Vec::new();
    for row in of_user.chain(of_accounts) {
        if dependencies.challenges.counts(&row, now).await.map_err(Fault::from)?.is_some() {
            challenges.push(row);
        }
    }
    let mut profile = user.as_ref().and_then(|user| ProfileKey::new(pool, &user.sub));
    if let Some(key) = &profile
        && !dependencies.profiles.exists(key).await.map_err(Fault::from)?
    {
        profile = None;
    }
    Ok(Traces { user, profile, challenges, account, others, identities })
}

/// Finds the other accounts of the same identity, and the identities that no other account has.
async fn shared(
    dependencies: &Dependencies<impl Users, impl Identities>,
    account: &Account,
    now: u64,
) -> Result<(Vec<Account>, Vec<String>), Fault> {
    let Some(policy) = &dependencies.policy.identity else {
        return Ok((Vec::new(), account.identity.iter().cloned().collect()));
    };
    let pool = policy.identity_pool.as_str();
    let known = dependencies.identities.of_account(pool, &account.id).await?;
    let mut others = Vec::new();
    for id in known.iter().flat_map(|known| &known.accounts).filter(|id| **id != account.id) {
        if let Some(key) = dependencies.accounts.find(id).await? {
            let other = dependencies.accounts.read(&key, now).await?;
            others.extend(other.filter(|other| other.id == *id));
        }
    }
    let mut identities: Vec<String> = known.into_iter().map(|known| known.identity).collect();
    if let Some(stored) = &account.identity
        && !identities.contains(stored)
    {
        let holders = dependencies.identities.of_identity(pool, stored).await?;
        if holders.is_none_or(|holders| holders.accounts.is_empty()) {
            identities.push(stored.clone());
        }
    }
    Ok((others, identities))
}

async fn perform(
    dependencies: &Dependencies<impl Users, impl Identities>,
    traces: &Traces,
    step: &Step,
    now: u64,
) -> Result<(), Fault> {
    let pool = dependencies.policy.scope.pool();
    let Traces { user, profile, .. } = traces;
    match (step, user) {
        (Step::DisableUser, Some(user)) => {
            dependencies.users.disable(pool, &user.user_name).await?
        }
        (Step::SignUserOut, Some(user)) => {
            dependencies.users.sign_out(pool, &user.user_name).await?
        }
        (Step::DeleteUser, Some(user)) => {
            // A repair may have written a profile before the user was disabled.
            if let Some(key) = ProfileKey::new(pool, &user.sub) {
                dependencies.profiles.erase(&key).await?;
            }
            dependencies.users.delete(pool, &user.user_name).await?;
        }
        (Step::DisableAccount(account), _) => disable(dependencies, account).await?,
        (Step::ReleaseLink(key, link), _) => {
            dependencies.accounts.free_login(&link.login, key).await?;
            dependencies.accounts.unlist_link(key, link).await?;
        }
        (Step::EraseAccount(account), _) => {
            match dependencies.accounts.erase(&account.key, &account.id).await? {
                Written::Done => {}
                Written::Refused => {
                    let there = dependencies.accounts.read(&account.key, now).await?;
                    if there.is_some_and(|there| there.id == account.id) {
                        return Err(Fault::Unfinished);
                    }
                }
            }
        }
        (Step::DeleteIdentity(identity), _) => dependencies.identities.delete(identity).await?,
        (Step::EraseChallenges(row), _) => dependencies.challenges.erase(row).await?,
        (Step::EraseProfile, _) => {
            if let Some(key) = profile {
                dependencies.profiles.erase(key).await?;
            }
        }
        (Step::DisableUser | Step::SignUserOut | Step::DeleteUser, None) => {}
    }
    Ok(())
}

/// Disables an account, unless it is disabled.
async fn disable<U, I>(dependencies: &Dependencies<U, I>, account: &Account) -> Result<(), Fault> {
    match account.status {
        Status::Active => {
            dependencies
                .accounts
                .set_status(&account.key, &account.id, NewStatus::Disabled)
                .await?;
        }
        Status::Disabled => {}
    }
    Ok(())
}
