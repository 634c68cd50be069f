//! Revokes every session of a person.

use lifeguard_runtime::Failure;
use lifeguard_store::Accounts as _;
use lifeguard_store::accounts::Revocation;
use serde_json::{Value, json};

use crate::dependencies::Dependencies;
use crate::fault::Fault;
use crate::person::{Found, find};
use crate::report::{Entry, audit};
use crate::request::{Mode, Person};
use crate::users::Users;

/// Revokes every session: the refresh tokens of the user, the families of the account. Temporary
/// credentials that STS has issued stay valid, for up to an hour.
///
/// # Errors
/// A refusal if the request names no person, a fault if a call of a service failed.
pub async fn end<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    person: &Person,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let Found { user, account, .. } = find(dependencies, person).await?;
    let mut report = Vec::new();
    if let Some(user) = user {
        audit("end_sessions", mode, &user.sub);
        report.push(Entry::new("sessions of the user", mode));
        if mode == Mode::Apply {
            let pool = dependencies.policy.scope.pool();
            dependencies.users.sign_out(pool, &user.user_name).await.map_err(Fault::from)?;
        }
    }
    if let Some(key) = account
        && let Some(account) = dependencies.accounts.read(&key, now).await.map_err(Fault::from)?
    {
        audit("end_sessions", mode, account.id.as_str());
        report.push(Entry::new("sessions of the account", mode));
        if mode == Mode::Apply {
            let revoked = dependencies.accounts.revoke(&key, &account.id, &Revocation::All).await;
            revoked.map_err(Fault::from)?;
        }
    }
    Ok(json!({"report": report}))
}
