//! Changes the triggers of a pool and nothing else.

use std::io;

use serde_json::{Map, Value};

use crate::members::{mfa_request, unknown, update_request};
use crate::snapshot::{Snapshot, SnapshotError};
use crate::terminal::Terminal;
use crate::triggers::{comparison, triggers_of};
use crate::user_pools::{CallError, UserPools};

/// Reason why a change was not made, or not correctly.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The pool could not be read before the change.
    #[error("{0}\nNothing was changed.")]
    Unread(#[from] SnapshotError),
    /// The operator did not consent.
    #[error("Nothing was changed.")]
    Declined,
    /// Another caller has changed the pool since it was read.
    #[error("The pool has been changed in the meantime; nothing was changed here:\n{0}")]
    Concurrent(String),
    /// The record of the pool could not be written.
    #[error("The file cannot be written: {0}\nNothing was changed.")]
    Unrecorded(io::Error),
    /// The terminal failed before the change.
    #[error("The terminal cannot be used: {0}\nNothing was changed.")]
    Terminal(#[from] io::Error),
    /// Cognito refused `UpdateUserPool` and the pool is as before.
    #[error("UpdateUserPool failed: {error}\n{unknown}Nothing was changed.")]
    Refused {
        /// The failure.
        error: CallError,
        /// A line that names members which this tool does not know, or nothing.
        unknown: String,
    },
    /// `UpdateUserPool` brought no answer; the pool is as before, and may still change.
    #[error(
        "UpdateUserPool brought no answer: {error}\n{unknown}It is not known if the pool changes. It \
         was as before when it was read again."
    )]
    Unanswered {
        /// The failure.
        error: CallError,
        /// As in [`ChangeError::Refused`].
        unknown: String,
    },
    /// The pool could not be read after the change.
    #[error("The pool may have changed and cannot be read again. {0}")]
    Unverified(SnapshotError),
    /// The triggers are not as they should be.
    #[error("The triggers are not as they should be:\n{0}")]
    Triggers(String),
    /// Other settings have changed as well.
    #[error("More than the triggers has changed, set it back by hand:\n{0}")]
    SideEffects(String),
}

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The triggers were as wanted already.
    Unchanged,
    /// The triggers have changed.
    Changed,
}

/// Gives the pool these triggers: shows the difference, asks, records, changes, and compares.
/// `before` is the pool as it was when the triggers were decided; `record` runs after consent,
/// right before the change.
///
/// # Errors
///
/// The change was not made, or more has changed.
pub async fn change(
    pools: &UserPools,
    id: &str,
    before: &Snapshot,
    triggers: &Map<String, Value>,
    terminal: &mut Terminal<'_>,
    record: impl FnOnce() -> io::Result<()>,
) -> Result<Outcome, ChangeError> {
    let now = triggers_of(&before.pool);
    if now == *triggers {
        terminal.say("Nothing is to be changed.")?;
        return Ok(Outcome::Unchanged);
    }
    terminal.say(&format!("Triggers of {id}:"))?;
    for line in comparison(&now, triggers) {
        terminal.say(&line)?;
    }
    let unknown = unknown_members(&before.pool);
    if !unknown.is_empty() {
        terminal.say(unknown.trim_end())?;
    }
    if !terminal.consents(&format!("Change the triggers of {id}?"))? {
        return Err(ChangeError::Declined);
    }
    let meanwhile = before.changes(&Snapshot::load(pools, id).await?);
    if !meanwhile.is_empty() {
        return Err(ChangeError::Concurrent(meanwhile.join("\n")));
    }
    record().map_err(ChangeError::Unrecorded)?;
    let sent = pools.update(&update_request(id, &before.pool, triggers)).await;
    let mut after = read_again(pools, id).await?;
    if let Err(error) = sent {
        if before.changes(&after).is_empty() {
            return Err(match error {
                CallError::Refused { .. } => ChangeError::Refused { error, unknown },
                CallError::Failed(_) => ChangeError::Unanswered { error, unknown },
            });
        }
        warn(terminal, &format!("UpdateUserPool failed, but the pool has changed: {error}"));
    }
    let mfa_changes = before.mfa_changes(&after);
    if !mfa_changes.is_empty() {
        restore_mfa(pools, id, before, &mfa_changes, terminal).await;
        after = read_again(pools, id).await?;
    }
    verify(before, &after, triggers)?;
    warn(terminal, "Only the triggers have changed.");
    Ok(Outcome::Changed)
}

async fn read_again(pools: &UserPools, id: &str) -> Result<Snapshot, ChangeError> {
    Snapshot::load(pools, id).await.map_err(ChangeError::Unverified)
}

/// Sets second factors and passkeys back; the comparison that follows tells if it worked.
async fn restore_mfa(
    pools: &UserPools,
    id: &str,
    before: &Snapshot,
    changes: &[String],
    terminal: &mut Terminal<'_>,
) {
    let changes = changes.join("\n");
    warn(terminal, &format!("UpdateUserPool has changed MFA settings, set back now:\n{changes}"));
    if let Err(error) = pools.set_mfa_config(&mfa_request(id, &before.mfa)).await {
        warn(terminal, &format!("SetUserPoolMfaConfig failed: {error}"));
    }
}

/// Writes a line after the change, when a closed terminal must not end the work half done.
fn warn(terminal: &mut Terminal<'_>, line: &str) {
    drop(terminal.say(line));
}

/// Compares the pool before and after with what was wanted.
fn verify(
    before: &Snapshot,
    after: &Snapshot,
    triggers: &Map<String, Value>,
) -> Result<(), ChangeError> {
    let effects = before.side_effects(after);
    if !effects.is_empty() {
        return Err(ChangeError::SideEffects(effects.join("\n")));
    }
    let missing = after.trigger_changes(triggers);
    if !missing.is_empty() {
        return Err(ChangeError::Triggers(missing.join("\n")));
    }
    Ok(())
}

fn unknown_members(pool: &Map<String, Value>) -> String {
    match unknown(pool).as_slice() {
        [] => String::new(),
        names => format!("Sent as they are, not known here: {}\n", names.join(", ")),
    }
}
