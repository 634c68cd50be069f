//! The end of every session of a person.

use lifeguard_runtime::Failure;
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::Revocation;
use serde_json::{Value, json};

use crate::person::{Found, find};
use crate::request::{Mode, Person};
use crate::users::Users;
use crate::{Desk, Entry, Fault, Outcome, audit};

/// Ends every session: the refresh tokens of the user, the families of the account. What STS has
/// handed out lives on, for up to an hour.
///
/// # Errors
/// A refusal if the request names nobody, a fault if a service brought no answer.
pub async fn end<U: Users, I>(
    desk: &Desk<U, I>,
    person: &Person,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let Found { user, account, .. } = find(desk, person).await?;
    let outcome = Outcome::of(mode);
    let mut report = Vec::new();
    if let Some(user) = user {
        audit("end_sessions", mode, &user.sub);
        report.push(Entry { what: "sessions of the user", outcome });
        if mode == Mode::Apply {
            let pool = desk.policy.scope.pool();
            desk.users.sign_out(pool, &user.user_name).await.map_err(Fault::from)?;
        }
    }
    if let Some(key) = account
        && let Some(account) = desk.accounts.read(&key, now).await.map_err(Fault::from)?
    {
        audit("end_sessions", mode, account.id.as_str());
        report.push(Entry { what: "sessions of the account", outcome });
        if mode == Mode::Apply {
            desk.accounts.revoke(&key, &Revocation::All).await.map_err(Fault::from)?;
        }
    }
    Ok(json!({"report": report}))
}
