//! Shows and resets the counts of a factor of a person.

use lifeguard_identity::account::AccountKey;
use lifeguard_policy::Policy;
use lifeguard_runtime::Failure;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::Written;
use lifeguard_store::budgets::{ChallengeCounts, PasswordCounts};
use serde_json::{Map, Value, json};

use crate::dependencies::Dependencies;
use crate::fault::{Denial, Fault};
use crate::person::{Found, find};
use crate::report::{Entry, audit};
use crate::request::{Counted, FactorName, Mode, Person};
use crate::users::Users;

/// Rows that count for a factor.
enum Rows {
    /// One row for each app client, by its id.
    Challenges(Vec<(String, RowKey)>),
    /// The row of the account.
    Account(AccountKey),
}

/// Returns the rows of a user for one factor: one for each app client of the settings.
pub(crate) fn rows_of_user(
    policy: &Policy,
    factor: Factor,
    user_name: &str,
) -> impl Iterator<Item = (String, RowKey)> {
    let pool = policy.scope.pool();
    let of_client =
        move |client: &String| (client.clone(), RowKey::new(pool, factor, client, user_name));
    policy.clients.keys().map(of_client)
}

/// Shows the counts of a factor.
///
/// # Errors
/// A refusal if the request names no person, a fault if a call of a service failed.
pub async fn show<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    factor: FactorName,
    person: &Person,
    now: u64,
) -> Result<Value, Failure> {
    let counted = match rows(dependencies, factor, person).await? {
        Rows::Challenges(rows) => {
            let mut counted = Map::new();
            for (client, row) in rows {
                audit("show_budgets", Mode::DryRun, row.as_str());
                counted.insert(client, shown(counts(dependencies, &row, now).await?));
            }
            Value::Object(counted)
        }
        Rows::Account(key) => {
            audit("show_budgets", Mode::DryRun, key.as_str());
            shown_password(dependencies.accounts.counts(&key, now).await.map_err(Fault::from)?)
        }
    };
    Ok(json!({"counted": counted}))
}

/// Resets the counts of a factor: every limit starts from zero.
///
/// # Errors
/// As [`show`].
pub async fn reset<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    factor: FactorName,
    person: &Person,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let mut report: Vec<Entry> = Vec::new();
    let entry = || Entry::new("budgets", mode);
    let counted = match rows(dependencies, factor, person).await? {
        Rows::Challenges(rows) => {
            let mut counted = Map::new();
            for (client, row) in rows {
                audit("reset_budgets", mode, row.as_str());
                let before = counts(dependencies, &row, now).await?;
                report.extend(before.iter().map(|_| entry()));
                counted.insert(client, shown(before));
                match mode {
                    Mode::DryRun => {}
                    Mode::Apply => {
                        // Where there is no row, nothing is counted.
                        let (Written::Done | Written::Refused) =
                            dependencies.challenges.reset(&row).await.map_err(Fault::from)?;
                    }
                }
            }
            Value::Object(counted)
        }
        Rows::Account(key) => {
            audit("reset_budgets", mode, key.as_str());
            let before = dependencies.accounts.counts(&key, now).await.map_err(Fault::from)?;
            report.extend(before.iter().map(|_| entry()));
            match mode {
                Mode::DryRun => {}
                Mode::Apply => {
                    dependencies.accounts.reset_attempts(&key).await.map_err(Fault::from)?
                }
            }
            shown_password(before)
        }
    };
    Ok(json!({"counted": counted, "report": report}))
}

async fn rows<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    factor: FactorName,
    person: &Person,
) -> Result<Rows, Failure> {
    let Found { user_name, account, .. } = find(dependencies, person).await?;
    let of_account = |occasion: Occasion, key: &AccountKey| {
        let row = occasion.row(dependencies.policy.scope.pool(), key.as_str());
        Rows::Challenges(vec![(occasion.client().to_owned(), row)])
    };
    match (factor.counted(), user_name, account) {
        (Counted::OfUser(factor), Some(name), _) => {
            Ok(Rows::Challenges(rows_of_user(&dependencies.policy, factor, &name).collect()))
        }
        (Counted::OfAccount(occasion), _, Some(key)) => Ok(of_account(occasion, &key)),
        (Counted::InAccount, _, Some(key)) => Ok(Rows::Account(key)),
        (Counted::OfUser(_), None, _) | (Counted::OfAccount(_) | Counted::InAccount, _, None) => {
            Err(Failure::refused(Denial::PersonMissing))
        }
    }
}

async fn counts<U, I>(
    dependencies: &Dependencies<U, I>,
    row: &RowKey,
    now: u64,
) -> Result<Option<ChallengeCounts>, Fault> {
    Ok(dependencies.challenges.counts(row, now).await?)
}

fn shown(counts: Option<ChallengeCounts>) -> Value {
    counts.map_or(Value::Null, |counts| {
        json!({
            "wrong_in_a_row": counts.wrong_in_a_row,
            "wrong_in_24_hours": counts.wrong_in_a_day,
            "mails_in_24_hours": counts.mails_in_a_day,
        })
    })
}

fn shown_password(counts: Option<PasswordCounts>) -> Value {
    counts.map_or(Value::Null, |counts| {
        json!({
            "wrong_in_a_row": counts.wrong_in_a_row,
            "wrong_in_15_minutes": counts.wrong_in_a_quarter,
            "wrong_in_24_hours": counts.wrong_in_a_day,
        })
    })
}
