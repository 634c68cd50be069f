//! The local Cognito's clock: the wall clock plus an offset that a test or a person can move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// A clock that every part of one local Cognito shares; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// Seconds since 1970, UTC.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.now_millis() / 1000
    }

    /// Milliseconds since 1970, UTC.
    #[must_use]
    pub fn now_millis(&self) -> u64 {
        wall_millis().saturating_add_signed(self.0.load(Ordering::SeqCst))
    }

    /// The wall clock in seconds since 1970, UTC: what clients sign their requests with, however
    /// far this clock has been moved.
    #[must_use]
    pub fn wall(&self) -> u64 {
        wall_millis() / 1000
    }

    /// Seconds by which this clock is ahead of the wall clock.
    #[must_use]
    pub fn ahead(&self) -> u64 {
        u64::try_from(self.0.load(Ordering::SeqCst) / 1000).unwrap_or_default()
    }

    /// Moves the clock forward; lifetimes of codes, sessions and tokens follow.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

#[expect(clippy::disallowed_methods, reason = "the host's one reading of the wall clock")]
fn wall_millis() -> u64 {
    let wall =
        std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    u64::try_from(wall).unwrap_or(u64::MAX)
}
