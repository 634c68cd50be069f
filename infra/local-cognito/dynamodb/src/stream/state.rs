//! State of the stream that tests read and set.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

/// A record that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The record as the function got it.
    pub record: Value,
    /// Outcome of the last try.
    pub reason: String,
}

/// Controls and dead letters of the stream; cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Stream(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    written: Notify,
    duplicates: AtomicBool,
    dead: Mutex<Vec<DeadLetter>>,
}

impl Stream {
    /// The records that were given up, oldest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.0.dead.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on every batch that succeeds is delivered once more, as streams may do.
    pub fn deliver_twice(&self) {
        self.0.duplicates.store(true, Ordering::SeqCst);
    }

    /// Announces that a table may have changed.
    pub fn announce(&self) {
        self.0.written.notify_one();
    }

    pub(super) fn delivers_twice(&self) -> bool {
        self.0.duplicates.load(Ordering::SeqCst)
    }

    pub(super) fn bury(&self, record: Value, reason: &str) {
        self.0
            .dead
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(DeadLetter { record, reason: reason.to_owned() });
    }

    /// Waits until a table may have changed.
    pub(super) async fn written(&self) {
        self.0.written.notified().await;
    }
}
