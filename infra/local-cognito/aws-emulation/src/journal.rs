//! The journal, in order: trigger events and the AWS calls that functions made.
//!
//! Kept in memory for tests, the tour and the page; it holds whole events, so it never leaves
//! the laptop.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::clock::Clock;

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
        /// Answer of the function, or a short text of the failure.
        outcome: Result<Value, String>,
        /// Duration of the invocation, in milliseconds.
        millis: u64,
    },
    /// A function called an AWS service.
    Called {
        /// The function with the credentials that signed the call; `-` for other callers.
        function: String,
        /// The service, such as `dynamodb`.
        service: String,
        /// The action, such as `UpdateItem`.
        action: String,
    },
}

/// An entry with its place in the journal.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its place, from 1.
    pub number: usize,
    /// Time of recording, in milliseconds since 1970: for an invocation, its end.
    pub at: u64,
    /// The entry.
    pub entry: Entry,
}

/// An append-only list of entries; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    clock: Clock,
    entries: Arc<Mutex<Vec<Recorded>>>,
}

impl Journal {
    /// Returns an empty journal; its entries bear the time of `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, ..Self::default() }
    }

    /// Adds an entry.
    pub fn record(&self, entry: Entry) {
        let mut entries = self.entries();
        let recorded = Recorded { number: entries.len() + 1, at: self.clock.now_millis(), entry };
        entries.push(recorded);
    }

    /// Returns the number of entries: a mark for [`Journal::since`].
    #[must_use]
    pub fn mark(&self) -> usize {
        self.entries().len()
    }

    /// The entries recorded after `mark`.
    #[must_use]
    pub fn since(&self, mark: usize) -> Vec<Entry> {
        self.entries().iter().skip(mark).map(|recorded| recorded.entry.clone()).collect()
    }

    /// The newest entries recorded after `mark`, at most `most` of them, oldest first.
    #[must_use]
    pub fn newest_since(&self, mark: usize, most: usize) -> Vec<Recorded> {
        let entries = self.entries();
        let skipped = mark.max(entries.len().saturating_sub(most));
        entries.iter().skip(skipped).cloned().collect()
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

    fn entries(&self) -> MutexGuard<'_, Vec<Recorded>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Journal};

    #[track_caller]
    fn check(after: usize, most: usize, expected: &[usize]) {
        let journal = Journal::default();
        for number in 1..=5 {
            let action = number.to_string();
            journal.record(Entry::Called { function: "-".into(), service: "s".into(), action });
        }
        let newest = journal.newest_since(after, most);
        let numbers: Vec<usize> = newest.iter().map(|recorded| recorded.number).collect();
        assert_eq!(numbers, expected, "after {after}, at most {most}");
    }

    #[test]
    fn the_newest_entries_after_a_mark_are_found() {
        check(0, 9, &[1, 2, 3, 4, 5]);
        check(3, 9, &[4, 5]);
        check(0, 2, &[4, 5]);
        check(4, 2, &[5]);
        check(5, 2, &[]);
        check(9, 2, &[]);
    }
}
