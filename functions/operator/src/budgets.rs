//! What a factor of a person has counted, shown and taken back.

use identity::account::AccountKey;
use runtime::Failure;
use serde_json::{Value, json};
use sign_in::row::RowKey;
use store::Accounts as _;
use store::budgets::Counts;

use crate::person::{Found, find};
use crate::request::{Counted, FactorName, Mode, Person};
use crate::users::Users;
use crate::{Denial, Desk, Entry, Fault, Outcome, audit};

/// The row that counts.
enum Row {
    Challenge(RowKey),
    Account(AccountKey),
}

impl Row {
    fn subject(&self) -> &str {
        match self {
            Self::Challenge(row) => row.as_str(),
            Self::Account(key) => key.as_str(),
        }
    }
}

/// Shows what a factor has counted.
///
/// # Errors
/// A refusal if the request names nobody, a fault if a service brought no answer.
pub async fn show<U: Users, I>(
    desk: &Desk<U, I>,
    factor: FactorName,
    person: &Person,
    now: u64,
) -> Result<Value, Failure> {
    let row = row(desk, factor, person).await?;
    audit("show_budgets", Mode::DryRun, row.subject());
    Ok(json!({"counted": shown(counts(desk, &row, now).await?)}))
}

/// Takes back what a factor has counted.
///
/// # Errors
/// As [`show`].
pub async fn reset<U: Users, I>(
    desk: &Desk<U, I>,
    factor: FactorName,
    person: &Person,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let row = row(desk, factor, person).await?;
    audit("reset_budgets", mode, row.subject());
    let before = counts(desk, &row, now).await?;
    let report: Vec<Entry> =
        before.iter().map(|_| Entry { what: "budgets", outcome: Outcome::of(mode) }).collect();
    match (mode, &row) {
        (Mode::DryRun, _) => {}
        (Mode::Apply, Row::Challenge(row)) => {
            desk.challenges.pardon(row).await.map_err(Fault::from)?;
        }
        (Mode::Apply, Row::Account(key)) => {
            desk.accounts.take_back(key).await.map_err(Fault::from)?;
        }
    }
    Ok(json!({"counted": shown(before), "report": report}))
}

async fn row<U: Users, I>(
    desk: &Desk<U, I>,
    factor: FactorName,
    person: &Person,
) -> Result<Row, Failure> {
    let Found { user_name, account, .. } = find(desk, person).await?;
    let pool = desk.policy.scope.pool();
    match (factor.counted(), user_name, account) {
        (Counted::OfUser(factor), Some(name), _) => {
            Ok(Row::Challenge(RowKey::of(pool, factor, &name)))
        }
        (Counted::OfAccount(factor), _, Some(key)) => {
            Ok(Row::Challenge(RowKey::of(pool, factor, key.as_str())))
        }
        (Counted::InAccount, _, Some(key)) => Ok(Row::Account(key)),
        (Counted::OfUser(_), None, _) | (Counted::OfAccount(_) | Counted::InAccount, _, None) => {
            Err(Failure::refused(Denial::NobodyNamed))
        }
    }
}

async fn counts<U, I>(desk: &Desk<U, I>, row: &Row, now: u64) -> Result<Option<Counts>, Fault> {
    Ok(match row {
        Row::Challenge(row) => desk.challenges.counts(row, now).await?,
        Row::Account(key) => desk.accounts.counts(key, now).await?,
    })
}

fn shown(counts: Option<Counts>) -> Value {
    counts.map_or(Value::Null, |counts| {
        json!({
            "wrong_in_a_row": counts.wrong_in_a_row,
            "wrong_in_15_minutes": counts.wrong_in_a_quarter,
            "wrong_in_24_hours": counts.wrong_in_a_day,
            "messages_in_an_hour": counts.messages_in_an_hour,
            "messages_in_24_hours": counts.messages_in_a_day,
        })
    })
}
