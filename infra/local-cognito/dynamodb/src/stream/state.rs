//! State of the stream that tests read and set.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{Notify, OwnedRwLockWriteGuard, RwLock, RwLockReadGuard};

use local_cognito_aws_emulation::ring::Ring;

/// The most records that were given up and are kept; older ones are forgotten.
const MOST_DEAD_LETTERS: usize = 1_000;

/// A record that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The record as the function got it.
    pub record: Value,
    /// Outcome of the last try.
    pub reason: String,
}

/// Controls and newest dead letters of the stream; cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Stream(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    written: Notify,
    duplicates: AtomicBool,
    dead: Mutex<Ring<DeadLetter>>,
    /// Every delivery reads it while it lasts.
    deliveries: Arc<RwLock<()>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            written: Notify::default(),
            duplicates: AtomicBool::default(),
            dead: Mutex::new(Ring::new(MOST_DEAD_LETTERS)),
            deliveries: Arc::default(),
        }
    }
}

/// While it lives, no delivery begins.
#[derive(Debug)]
pub struct Paused(#[expect(dead_code, reason = "held, not read")] OwnedRwLockWriteGuard<()>);

impl Stream {
    /// The newest records that were given up, oldest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        let dead = self.0.dead.lock().unwrap_or_else(PoisonError::into_inner);
        dead.iter().cloned().collect()
    }

    /// From now on every batch that succeeds is delivered once more, as streams may do.
    pub fn deliver_twice(&self) {
        self.0.duplicates.store(true, Ordering::SeqCst);
    }

    /// Announces that a table may have changed.
    pub fn announce(&self) {
        self.0.written.notify_one();
    }

    /// Waits for the deliveries under way and lets no further one begin.
    pub async fn pause(&self) -> Paused {
        Paused(Arc::clone(&self.0.deliveries).write_owned().await)
    }

    /// Waits until a delivery may begin; it lasts as long as what is returned.
    pub(super) async fn delivery(&self) -> RwLockReadGuard<'_, ()> {
        self.0.deliveries.read().await
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::{MOST_DEAD_LETTERS, Stream};

    /// Polls a future once; true if it is done.
    async fn is_done(future: impl Future) -> bool {
        let mut future = pin!(future);
        poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
    }

    #[test]
    fn dead_letters_are_bounded() {
        let stream = Stream::default();
        for number in 0..=MOST_DEAD_LETTERS {
            stream.bury(number.into(), "poison");
        }
        let letters = stream.dead_letters();
        assert_eq!(letters.len(), MOST_DEAD_LETTERS);
        assert_eq!(letters[0].record, 1, "the oldest is forgotten");
    }

    #[tokio::test]
    async fn pause_waits_for_deliveries_and_holds_others_back() {
        let stream = Stream::default();
        let under_way = stream.delivery().await;
        assert!(is_done(stream.delivery()).await, "deliveries run side by side");
        assert!(!is_done(stream.pause()).await, "a delivery is under way");
        drop(under_way);
        let paused = stream.pause().await;
        assert!(!is_done(stream.delivery()).await, "a delivery began in a pause");
        drop(paused);
        assert!(is_done(stream.delivery()).await);
    }
}
