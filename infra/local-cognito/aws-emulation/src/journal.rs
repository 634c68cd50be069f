//! The journal, in order: the newest trigger events and AWS calls that functions made.
//!
//! Kept in memory for tests, the tour and the page; it holds whole events, so it never leaves
//! the laptop.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::clock::Clock;
use crate::ring::Ring;

/// The most entries that are kept; older ones are forgotten.
pub const MOST_ENTRIES: usize = 5_000;

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

/// The newest entries and the number of all; cloning shares them.
#[derive(Clone, Debug)]
pub struct Journal {
    clock: Clock,
    entries: Arc<Mutex<Ring<(u64, Entry)>>>,
}

impl Default for Journal {
    fn default() -> Self {
        Self::new(Clock::default())
    }
}

impl Journal {
    /// Returns an empty journal; its entries bear the time of `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, entries: Arc::new(Mutex::new(Ring::new(MOST_ENTRIES))) }
    }

    /// Adds an entry.
    pub fn record(&self, entry: Entry) {
        let mut entries = self.entries();
        entries.push((self.clock.now_millis(), entry));
    }

    /// Returns the number of all entries, forgotten ones included: a mark for [`Journal::since`].
    #[must_use]
    pub fn mark(&self) -> usize {
        self.entries().added()
    }

    /// The entries recorded after `mark`.
    #[must_use]
    pub fn since(&self, mark: usize) -> Vec<Entry> {
        let entries = self.entries();
        entries.newest_since(mark, usize::MAX).map(|(_, (_, entry))| entry.clone()).collect()
    }

    /// The newest entries recorded after `mark`, at most `most` of them, oldest first.
    #[must_use]
    pub fn newest_since(&self, mark: usize, most: usize) -> Vec<Recorded> {
        let entries = self.entries();
        let newest = entries.newest_since(mark, most);
        newest
            .map(|(number, (at, entry))| Recorded { number, at: *at, entry: entry.clone() })
            .collect()
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

    fn entries(&self) -> MutexGuard<'_, Ring<(u64, Entry)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Journal, MOST_ENTRIES};

    #[test]
    fn full_journal_forgets_the_oldest_and_keeps_numbers() {
        let journal = Journal::default();
        let last = MOST_ENTRIES + 2;
        for number in 1..=last {
            let action = number.to_string();
            journal.record(Entry::Called { function: "-".into(), service: "s".into(), action });
        }
        assert_eq!(journal.mark(), last);
        assert_eq!(journal.since(0).len(), MOST_ENTRIES);
        assert_eq!(journal.since(last - 1).len(), 1);
        let newest = journal.newest_since(0, 2);
        let numbers: Vec<usize> = newest.iter().map(|recorded| recorded.number).collect();
        assert_eq!(numbers, [last - 1, last]);
        for recorded in newest {
            let Entry::Called { action, .. } = recorded.entry else { panic!("no call") };
            assert_eq!(action, recorded.number.to_string());
        }
    }
}
