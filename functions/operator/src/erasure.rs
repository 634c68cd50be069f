//! What goes when a person is to be erased, and in which order?
//!
//! First nobody gets in any more, then everything goes that hangs on somebody, and last those by
//! which everything else is found: whoever is interrupted finds the rest by the same request.

use identity::linking::Link;
use runtime::Failure;
use serde_json::{Value, json};
use sign_in::row::{Factor, RowKey};
use store::Accounts as _;
use store::accounts::Account;
use store::accounts::administration::{Administration as _, Standing};
use store::accounts::links::Links as _;
use store::profiles::ProfileKey;

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
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The user may sign in no more.
    LockUserOut,
    /// The user's sessions end.
    SignUserOut,
    /// The account may be used no more, and its sessions end.
    CloseAccount,
    /// A login of another provider leads here no more.
    FreeLink(Link),
    /// The identity goes, and with it what the identity pool knows.
    DeleteIdentity(String),
    /// A row of challenges goes.
    EraseChallenges(RowKey),
    /// The profile goes.
    EraseProfile,
    /// The account goes.
    EraseAccount,
    /// The user goes.
    DeleteUser,
}

impl Step {
    /// What it is about, in fixed words.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::LockUserOut => "access of the user",
            Self::SignUserOut => "sessions of the user",
            Self::CloseAccount => "sessions of the account",
            Self::FreeLink(_) => "link",
            Self::DeleteIdentity(_) => "identity",
            Self::EraseChallenges(_) => "challenges and budgets",
            Self::EraseProfile => "profile",
            Self::EraseAccount => "account",
            Self::DeleteUser => "user",
        }
    }
}

/// What is to be done, in order.
#[must_use]
pub fn steps(traces: &Traces) -> Vec<Step> {
    let Traces { user, profile, challenges, account } = traces;
    let mut steps = Vec::new();
    if user.is_some() {
        steps.extend([Step::LockUserOut, Step::SignUserOut]);
    }
    if let Some(account) = account {
        steps.push(Step::CloseAccount);
        steps.extend(account.links.iter().cloned().map(Step::FreeLink));
        steps.extend(account.identity.iter().cloned().map(Step::DeleteIdentity));
    }
    steps.extend(challenges.iter().cloned().map(Step::EraseChallenges));
    steps.extend(profile.iter().map(|_| Step::EraseProfile));
    steps.extend(account.iter().map(|_| Step::EraseAccount));
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
    let traces = gather(desk, person, now).await?;
    for subject in [
        traces.user.as_ref().map(|user| user.sub.as_str()),
        traces.account.as_ref().map(|account| account.id.as_str()),
    ]
    .into_iter()
    .flatten()
    {
        audit("erase", mode, subject);
    }
    // What lies under the identity in buckets and tables of applications is for them to erase.
    let identity = traces.account.as_ref().and_then(|account| account.identity.clone());
    let mut report = Vec::new();
    for step in steps(&traces) {
        match mode {
            Mode::DryRun => {}
            Mode::Apply => perform(desk, &traces, &step).await?,
        }
        report.push(Entry { what: step.what(), outcome: Outcome::of(mode) });
    }
    Ok(json!({"identity_id": identity, "report": report}))
}

async fn gather<U: Users, I>(
    desk: &Desk<U, I>,
    person: &Person,
    now: u64,
) -> Result<Traces, Failure> {
    let Found { user_name, user, account: key } = find(desk, person).await?;
    let pool = desk.policy.scope.pool();
    let of_user = user_name.iter().flat_map(|name| {
        [Factor::Email, Factor::EmailSecond].map(|factor| RowKey::of(pool, factor, name))
    });
    let of_account = key.iter().flat_map(|key| {
        [Factor::Registration, Factor::Recovery]
            .map(|factor| RowKey::of(pool, factor, key.as_str()))
    });
    let mut challenges = Vec::new();
    for row in of_user.chain(of_account) {
        if desk.challenges.counts(&row, now).await.map_err(Fault::from)?.is_some() {
            challenges.push(row);
        }
    }
    let mut profile = user.as_ref().and_then(|user| ProfileKey::of(pool, &user.sub));
    if let Some(key) = &profile
        && !desk.profiles.exists(key).await.map_err(Fault::from)?
    {
        profile = None;
    }
    let account = match &key {
        Some(key) => desk.accounts.read(key, now).await.map_err(Fault::from)?,
        None => None,
    };
    Ok(Traces { user, profile, challenges, account })
}

async fn perform(
    desk: &Desk<impl Users, impl Identities>,
    traces: &Traces,
    step: &Step,
) -> Result<(), Fault> {
    let pool = desk.policy.scope.pool();
    let Traces { user, profile, account, .. } = traces;
    match (step, user, account) {
        (Step::LockUserOut, Some(user), _) => desk.users.lock_out(pool, &user.user_name).await?,
        (Step::SignUserOut, Some(user), _) => desk.users.sign_out(pool, &user.user_name).await?,
        (Step::DeleteUser, Some(user), _) => desk.users.delete(pool, &user.user_name).await?,
        (Step::CloseAccount, _, Some(Account { key, id, .. })) => {
            // One that is not confirmed has no sessions and is refused, which is as good.
            desk.accounts.set_standing(key, id, Standing::Closed).await?;
        }
        (Step::FreeLink(link), _, Some(Account { key, .. })) => {
            desk.accounts.free_login(&link.login, key).await?;
            desk.accounts.unlist_link(key, link).await?;
        }
        (Step::EraseAccount, _, Some(Account { key, id, .. })) => {
            desk.accounts.erase(key, id).await?;
        }
        (Step::DeleteIdentity(identity), _, _) => desk.identities.delete(identity).await?,
        (Step::EraseChallenges(row), _, _) => desk.challenges.erase(row).await?,
        (Step::EraseProfile, _, _) => {
            if let Some(key) = profile {
                desk.profiles.erase(key).await?;
            }
        }
        (Step::LockUserOut | Step::SignUserOut | Step::DeleteUser, None, _)
        | (Step::CloseAccount | Step::FreeLink(_) | Step::EraseAccount, _, None) => {}
    }
    Ok(())
}
