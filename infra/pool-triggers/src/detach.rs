//! Takes the functions of a stack out of the triggers of a pool.

use crate::change::{ChangeError, Outcome, change};
use crate::record::{Record, RecordError};
use crate::snapshot::{Snapshot, SnapshotError};
use crate::terminal::Terminal;
use crate::triggers::{detached, triggers_of};
use crate::user_pools::UserPools;

/// Reason why a pool was not detached, or not correctly.
#[derive(Debug, thiserror::Error)]
pub enum DetachError {
    /// The pool cannot be read.
    #[error("{0}\nNothing was changed.")]
    Unread(#[from] SnapshotError),
    /// The record does not name the functions that were attached.
    #[error("The file does not help: {0}. Nothing was changed.")]
    Record(#[from] RecordError),
    /// The change failed.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

/// Sets the triggers of the pool back to the record, except those that have changed since.
///
/// # Errors
///
/// The change fails.
pub async fn detach(
    pools: &UserPools,
    record: &Record,
    terminal: &mut Terminal<'_>,
) -> Result<Outcome, DetachError> {
    let before = Snapshot::load(pools, &record.pool).await?;
    let functions = record.functions(&before.pool)?;
    let triggers = detached(&triggers_of(&before.pool), &functions, &record.triggers);
    Ok(change(pools, &record.pool, &before, &triggers, terminal, || Ok(())).await?)
}
