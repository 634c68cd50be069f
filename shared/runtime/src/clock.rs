//! The wall clock, and how far ahead of it the clock of a local Cognito is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use thiserror::Error;

/// Variable with the seconds by which the clock of a local Cognito is ahead of the wall clock.
const CLOCK_AHEAD: &str = "LOCAL_COGNITO_CLOCK_AHEAD";
/// Variable that AWS Lambda sets in every function, and a local Cognito in none.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
const LAMBDA_ONLY: &str = "AWS_LAMBDA_INITIALIZATION_TYPE";

/// Seconds by which [`now`] is ahead of the wall clock: 0 in AWS.
static AHEAD: AtomicU64 = AtomicU64::new(0);

/// A clock that may not be moved, or not in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ClockError {
    #[error("{CLOCK_AHEAD} must not be set in AWS Lambda")]
    InLambda,
    #[error("{CLOCK_AHEAD} must be a whole number of seconds from 0 on")]
    NotSeconds,
}

/// Seconds since 1970, UTC.
#[must_use]
pub fn now() -> u64 {
    wall().saturating_add(AHEAD.load(Ordering::Relaxed))
}

/// Milliseconds since 1970, UTC, by the wall clock: the time of metrics.
pub(crate) fn wall_milliseconds() -> u64 {
    let milliseconds = since_1970().as_millis();
    u64::try_from(milliseconds).unwrap_or(u64::MAX)
}

fn wall() -> u64 {
    since_1970().as_secs()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Moves the clock ahead of the wall clock by these seconds.
pub(crate) fn set_ahead(seconds: u64) {
    AHEAD.store(seconds, Ordering::Relaxed);
}

/// Reads the seconds by which the clock is ahead; 0 without the variable. A moved clock would let
/// expired codes and tokens live in AWS, so a function does not start with it there.
pub(crate) fn read_ahead(look_up: &dyn Fn(&str) -> Option<String>) -> Result<u64, ClockError> {
    match (look_up(CLOCK_AHEAD), look_up(LAMBDA_ONLY)) {
        (None, _) => Ok(0),
        (Some(_), Some(_)) => Err(ClockError::InLambda),
        (Some(text), None) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().map_err(|_| ClockError::NotSeconds)
        }
        (Some(_), None) => Err(ClockError::NotSeconds),
    }
}

#[cfg(test)]
mod tests {
    use super::{CLOCK_AHEAD, ClockError, LAMBDA_ONLY, read_ahead};

    #[track_caller]
    fn check(ahead: Option<&str>, lambda: Option<&str>, expected: Result<u64, ClockError>) {
        let look_up = |name: &str| match name {
            CLOCK_AHEAD => ahead.map(str::to_owned),
            LAMBDA_ONLY => lambda.map(str::to_owned),
            other => panic!("{other} is read"),
        };
        assert_eq!(read_ahead(&look_up), expected, "{ahead:?} {lambda:?}");
    }

    #[test]
    fn clock_ahead_is_a_whole_number_of_seconds() {
        check(None, None, Ok(0));
        check(Some("0"), None, Ok(0));
        check(Some("86400"), None, Ok(86_400));
        for text in ["", "-1", "+1", "1.5", " 1", "1h", "soon", "18446744073709551616"] {
            check(Some(text), None, Err(ClockError::NotSeconds));
        }
    }

    #[test]
    fn clock_of_a_function_in_aws_is_never_moved() {
        check(None, Some("on-demand"), Ok(0));
        for ahead in ["0", "60", "", "soon"] {
            for kind in ["on-demand", "provisioned-concurrency", "snap-start", ""] {
                check(Some(ahead), Some(kind), Err(ClockError::InLambda));
            }
        }
    }
}
