#![doc = include_str!("../README.md")]

pub mod budgets;
pub mod challenges;
pub mod dependencies;
pub mod erasure;
pub mod fault;
pub mod identities;
pub mod person;
pub mod profiles;
pub mod report;
pub mod request;
pub mod sessions;
pub mod settings;
pub mod users;

use lifeguard_runtime::{Answer, Failure, Reply};
use serde_json::Value;

use crate::dependencies::Dependencies;
use crate::fault::Denial;
use crate::identities::Identities;
use crate::report::log_word;
use crate::request::Request;
use crate::users::Users;

/// Answers one request; `now` is in seconds since 1970.
///
/// # Errors
/// A refusal if the request is unknown or names no person, a fault if a call of a service failed.
pub async fn handle(
    dependencies: &Dependencies<impl Users, impl Identities>,
    request: Value,
    now: u64,
) -> Answer {
    let request: Request =
        serde_json::from_value(request).map_err(|_| Failure::refused(Denial::UnknownRequest))?;
    let action = request.action();
    let (payload, outcome) = match request {
        Request::ShowBudgets { factor, person } => {
            (budgets::show(dependencies, factor, &person, now).await?, "shown")
        }
        Request::ResetBudgets { factor, person, mode } => {
            (budgets::reset(dependencies, factor, &person, mode, now).await?, log_word(mode))
        }
        Request::EndSessions { person, mode } => {
            (sessions::end(dependencies, &person, mode, now).await?, log_word(mode))
        }
        Request::RepairProfiles { next, mode } => {
            (profiles::repair(dependencies, next, mode, now).await?, log_word(mode))
        }
        Request::SweepProfiles { next, mode } => {
            (profiles::sweep(dependencies, next.as_deref(), mode, now).await?, log_word(mode))
        }
        Request::SweepChallenges { next, mode } => {
            (challenges::sweep(dependencies, next.as_deref(), mode).await?, log_word(mode))
        }
        Request::Erase { person, mode } => {
            (erasure::erase(dependencies, &person, mode, now).await?, log_word(mode))
        }
    };
    Ok(Reply::new(payload, outcome).with_code(action))
}
