//! Puts the functions of a stack into the triggers of a pool.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::change::{ChangeError, Outcome, change};
use crate::record::Record;
use crate::snapshot::{Snapshot, SnapshotError};
use crate::stack::Stack;
use crate::terminal::Terminal;
use crate::triggers::{attached, taken, triggers_of};
use crate::user_pools::{CallError, UserPools};

/// Side effects that the operator accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Triggers that call other functions are replaced.
    pub replace: bool,
    /// App clients that the functions are not configured for stop working.
    pub other_clients_stop: bool,
}

/// Reason why a pool was not attached, or not correctly.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The file for the record exists.
    #[error("{0} exists; it may be what the pool has to be set back to.")]
    FileExists(PathBuf),
    /// The functions are configured for another pool.
    #[error("The functions of {stack} are configured for the pool {pool}. Nothing was changed.")]
    OtherPool {
        /// The stack's name.
        stack: String,
        /// The pool of the stack.
        pool: String,
    },
    /// The pool cannot be read.
    #[error("{0}\nNothing was changed.")]
    Unread(#[from] SnapshotError),
    /// The pool's app clients cannot be read.
    #[error("The app clients of the pool cannot be read: {0}\nNothing was changed.")]
    Clients(CallError),
    /// Triggers call other functions.
    #[error("These triggers call other functions: {0}. With --replace they are replaced.")]
    Taken(Value),
    /// App clients would stop working.
    #[error(
        "Sign-ups, confirmations and custom sign-ins through these clients would fail from now \
         on:\n{0}\nWith --other-clients-stop they may."
    )]
    OtherClients(String),
    /// The client for servers has no secret, so any caller can use it.
    #[error(
        "The app client {0} has no secret, and the functions count it as one that has: any caller \
         could guess there unseen. Name a client with a secret. Nothing was changed."
    )]
    PublicClient(String),
    /// The change failed.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The pool may still change, and the record is kept.
    #[error(
        "{error}\n{file} stays, for detaching: look at the triggers of the pool before you remove it."
    )]
    Recorded {
        /// The failure.
        error: ChangeError,
        /// The record.
        file: String,
    },
}

/// Attaches the stack to the pool; `file` keeps the pool as it was.
///
/// # Errors
///
/// The operator has not accepted an effect, or the change fails.
pub async fn attach(
    pools: &UserPools,
    stack: &Stack,
    pool: &str,
    file: &Path,
    accepted: Accepted,
    terminal: &mut Terminal<'_>,
) -> Result<Outcome, AttachError> {
    if file.exists() {
        return Err(AttachError::FileExists(file.to_owned()));
    }
    if stack.pool != pool {
        let (stack, pool) = (stack.name.clone(), stack.pool.clone());
        return Err(AttachError::OtherPool { stack, pool });
    }
    let before = Snapshot::load(pools, pool).await?;
    let now = triggers_of(&before.pool);
    let taken = taken(&now, &stack.functions);
    if !taken.is_empty() && !accepted.replace {
        return Err(AttachError::Taken(taken.into()));
    }
    let others = other_clients(pools, stack, pool).await.map_err(AttachError::Clients)?;
    if !others.is_empty() && !accepted.other_clients_stop {
        return Err(AttachError::OtherClients(others.join("\n")));
    }
    let client = &stack.secret_client;
    if !pools.has_secret(pool, client).await.map_err(AttachError::Clients)? {
        return Err(AttachError::PublicClient(client.clone()));
    }
    let record = || Record::new(pool, stack, &before).write(file);
    let triggers = attached(&now, &stack.functions);
    match change(pools, pool, &before, &triggers, terminal, record).await {
        Err(error @ ChangeError::Refused { .. }) => {
            // A pool that is as it was needs no record; one that cannot be removed does no harm.
            drop(fs::remove_file(file));
            Err(error.into())
        }
        Err(error @ ChangeError::Unanswered { .. }) => {
            Err(AttachError::Recorded { error, file: file.display().to_string() })
        }
        outcome => Ok(outcome?),
    }
}

/// Returns the name and id of each app client that is not the stack's.
async fn other_clients(
    pools: &UserPools,
    stack: &Stack,
    pool: &str,
) -> Result<Vec<String>, CallError> {
    let clients = pools.clients(pool).await?;
    Ok(clients
        .iter()
        .filter(|client| !stack.clients.contains(&client.id))
        .map(|client| format!("{} {}", client.name, client.id))
        .collect())
}
