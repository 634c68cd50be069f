//! Entries of an answer and of the audit log.

use lifeguard_runtime::Audit;
use serde::Serialize;

use crate::request::Mode;

/// Outcome for one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The change was made.
    Done,
    /// The change would be made.
    WouldBeDone,
}

impl Outcome {
    /// Returns the outcome of a request in this mode.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        match mode {
            Mode::Apply => Self::Done,
            Mode::DryRun => Self::WouldBeDone,
        }
    }
}

/// One thing of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The kind of thing, in fixed words.
    pub what: &'static str,
    /// Its outcome.
    pub outcome: Outcome,
}

impl Entry {
    /// Returns an entry of a request in this mode.
    #[must_use]
    pub fn new(what: &'static str, mode: Mode) -> Self {
        Self { what, outcome: Outcome::new(mode) }
    }
}

/// Writes a line of the audit log before a change is made; CloudTrail knows the caller.
/// `subject` is a hash or an id of this project, never a name or an address.
pub(crate) fn audit(action: &'static str, mode: Mode, subject: &str) {
    let (function, outcome) = ("operator", log_word(mode));
    Audit { function, action, outcome, subject, caller: "", key: "" }.write();
}

/// Returns the word of a mode in the log.
pub(crate) fn log_word(mode: Mode) -> &'static str {
    match mode {
        Mode::DryRun => "dry-run",
        Mode::Apply => "done",
    }
}
