//! What happened, in order: trigger events and the AWS calls that functions made.
//!
//! Kept in memory for tests, the tour and the page; it holds whole events, so it never leaves
//! the laptop.

use std::sync::{Arc, Mutex};

use serde_json::Value;

/// One entry of the journal.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A function was invoked.
    Invoked {
        /// The function's name, such as `pre-sign-up`.
        function: String,
        /// The event's `triggerSource`; empty for events that carry none.
        source: String,
        /// The event that was sent.
        event: Value,
        /// What the function answered, or a short text of how it failed.
        outcome: Result<Value, String>,
        /// How long the invocation took, in milliseconds.
        millis: u64,
    },
    /// A function called an AWS service.
    Called {
        /// The function whose credentials signed the call; `-` for other callers.
        function: String,
        /// The service, such as `dynamodb`.
        service: String,
        /// The action, such as `UpdateItem`.
        action: String,
    },
}

/// An append-only list of entries; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<Vec<Entry>>>);

impl Journal {
    /// Adds an entry.
    pub fn record(&self, entry: Entry) {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .push(entry);
    }

    /// How many entries there are: a mark for [`Journal::since`].
    #[must_use]
    pub fn mark(&self) -> usize {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .len()
    }

    /// The entries recorded after `mark`.
    #[must_use]
    pub fn since(&self, mark: usize) -> Vec<Entry> {
        let entries = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        entries.iter().skip(mark).cloned().collect()
    }

    /// The trigger sources invoked after `mark`, in order.
    #[must_use]
    pub fn sources_since(&self, mark: usize) -> Vec<String> {
        self.since(mark)
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::Invoked { source, .. } => Some(source),
                Entry::Called { .. } => None,
            })
            .collect()
    }
}
