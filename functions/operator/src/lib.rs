//! Operator: what whoever runs Lifeguard does for one person, or for all rows.
//!
//! Called by IAM principals only (`aws lambda invoke`), never by Cognito or a browser.
//! It shows and clears budgets, ends sessions, repairs and sweeps profiles, erases a person; each
//! first as a dry run, each may be repeated, and each leaves a line for the audit in the log.
//! On a fault it answers with an error (closed); the same request again does what is left.

pub mod budgets;
pub mod erasure;
pub mod identities;
pub mod person;
pub mod profiles;
pub mod request;
pub mod sessions;
pub mod settings;
pub mod users;

use lifeguard_policy::Policy;
use lifeguard_runtime::{Answer, Audit, Failure, Refusal, Reply};
use lifeguard_store::{AccountTable, ChallengeTable, ProfileTable, StoreError};
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::identities::{Identities, IdentitiesFault};
use crate::request::{Mode, Request};
use crate::users::{Users, UsersFault};

/// What the operator works on.
pub struct Desk<U, I> {
    /// The settings of all functions.
    pub policy: Policy,
    /// The rows of challenges.
    pub challenges: ChallengeTable,
    /// The rows of profiles.
    pub profiles: ProfileTable,
    /// The rows of accounts.
    pub accounts: AccountTable,
    /// The people of the user pool.
    pub users: U,
    /// The identities of the identity pool.
    pub identities: I,
}

/// Why something was not done, or not all of it.
#[derive(Debug, Error)]
pub enum Fault {
    /// A table brought no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The user pool brought no answer.
    #[error(transparent)]
    Users(#[from] UsersFault),
    /// The identity pool brought no answer.
    #[error(transparent)]
    Identities(#[from] IdentitiesFault),
    /// Something came to an account while it was erased.
    #[error("the account is not erased to its end: ask again")]
    Unfinished,
}

/// Why a request is turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denial {
    /// It is none of those in the documentation.
    #[error("The request is none that the operator knows")]
    UnknownRequest,
    /// It names nobody, or somebody in a way that does not fit the factor.
    #[error("The request does not say whom it is about")]
    NobodyNamed,
}

impl Refusal for Denial {
    fn code(self) -> &'static str {
        match self {
            Self::UnknownRequest => "UnknownRequest",
            Self::NobodyNamed => "NobodyNamed",
        }
    }
}

/// What was done to one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It would be done.
    WouldBeDone,
}

impl Outcome {
    /// What acting in this mode comes to.
    #[must_use]
    pub fn of(mode: Mode) -> Self {
        match mode {
            Mode::Apply => Self::Done,
            Mode::DryRun => Self::WouldBeDone,
        }
    }
}

/// One thing of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it is, in fixed words.
    pub what: &'static str,
    /// What became of it.
    pub outcome: Outcome,
}

/// Answers one request; `now` is in seconds since 1970.
///
/// # Errors
/// A refusal for what is no request, a fault if a service brought no answer.
pub async fn handle(desk: &Desk<impl Users, impl Identities>, request: Value, now: u64) -> Answer {
    let request: Request =
        serde_json::from_value(request).map_err(|_| Failure::refused(Denial::UnknownRequest))?;
    let action = request.action();
    let (payload, outcome) = match request {
        Request::ShowBudgets { factor, person } => {
            (budgets::show(desk, factor, &person, now).await?, "shown")
        }
        Request::ResetBudgets { factor, person, mode } => {
            (budgets::reset(desk, factor, &person, mode, now).await?, word(mode))
        }
        Request::EndSessions { person, mode } => {
            (sessions::end(desk, &person, mode, now).await?, word(mode))
        }
        Request::RepairProfiles { next, mode } => {
            (profiles::repair(desk, next, mode, now).await?, word(mode))
        }
        Request::SweepProfiles { next, mode } => {
            (profiles::sweep(desk, next.as_deref(), mode, now).await?, word(mode))
        }
        Request::Erase { person, mode } => {
            (erasure::erase(desk, &person, mode, now).await?, word(mode))
        }
    };
    Ok(Reply::new(payload, outcome).with_code(action))
}

/// Leaves a line for the audit before something is done: who asked for it, CloudTrail knows.
/// `subject` is a hash or an id of ours, never a name or an address.
pub(crate) fn audit(action: &'static str, mode: Mode, subject: &str) {
    let (function, outcome) = ("operator", word(mode));
    Audit { function, action, outcome, subject, caller: "", key: "" }.write();
}

fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::DryRun => "dry-run",
        Mode::Apply => "done",
    }
}
