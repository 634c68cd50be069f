//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, UTC.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
