//! The pace of tries: a record that failed comes again after a pause, or does not.
//!
//! Tries are paced and not counted: the stream offers a record again until it is five minutes old
//! (`MaximumRecordAgeInSeconds`). A number of quick tries would let an attacker who keeps the mail
//! service throttled for some seconds take every mail from its owner
//! (`docs/decisions/0016-tries-are-paced.md`).

use std::time::Duration;

use crate::delivery_error::Remedy;

/// Shortest pause before the jitter.
const SHORTEST: Duration = Duration::from_secs(1);
/// Longest pause before the jitter.
const LONGEST: Duration = Duration::from_secs(20);
/// Age from which on a record is given up that fails for a reason of ours, so that it holds up no
/// later one.
const GIVE_UP: Duration = Duration::from_secs(30);

/// Future of a record that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It comes again.
    Again,
    /// It does not.
    GivenUp,
}

/// Decides if a record of this age comes again.
pub(crate) fn next(remedy: Remedy, age: Duration) -> Next {
    match remedy {
        Remedy::GiveBack | Remedy::Wait => Next::Again,
        Remedy::TryAgain if age < GIVE_UP => Next::Again,
        Remedy::TryAgain | Remedy::None => Next::GivenUp,
    }
}

/// Returns the pause after the failure of a record of this age: half its age, from 1 s to 20 s,
/// and that times 0.5 to 1.5 by `jitter`, so that many records do not come again at once.
pub(crate) fn pause(age: Duration, jitter: u16) -> Duration {
    let factor = 0.5 + f64::from(jitter) / f64::from(u16::MAX);
    (age / 2).clamp(SHORTEST, LONGEST).mul_f64(factor)
}

#[cfg(test)]
mod tests {
    use super::{Next, next, pause};
    use crate::delivery_error::Remedy;
    use std::time::Duration;

    #[test]
    fn only_faults_of_ours_are_given_up_by_age() {
        for (remedy, age, expected) in [
            (Remedy::GiveBack, 0, Next::Again),
            (Remedy::GiveBack, 299, Next::Again),
            (Remedy::GiveBack, u64::MAX, Next::Again),
            (Remedy::Wait, 0, Next::Again),
            (Remedy::Wait, u64::MAX, Next::Again),
            (Remedy::TryAgain, 0, Next::Again),
            (Remedy::TryAgain, 29, Next::Again),
            (Remedy::TryAgain, 30, Next::GivenUp),
            (Remedy::TryAgain, u64::MAX, Next::GivenUp),
            (Remedy::None, 0, Next::GivenUp),
        ] {
            assert_eq!(next(remedy, Duration::from_secs(age)), expected, "{remedy:?} at {age} s");
        }
    }

    #[test]
    fn pause_is_half_the_age_within_bounds_and_jittered() {
        for (age, least, most) in [
            (0, 500, 1_500),
            (2, 500, 1_500),
            (10, 2_500, 7_500),
            (20, 5_000, 15_000),
            (40, 10_000, 30_000),
            (299, 10_000, 30_000),
            (u64::MAX, 10_000, 30_000),
        ] {
            let pause = |jitter| pause(Duration::from_secs(age), jitter).as_millis();
            assert_eq!((pause(0), pause(u16::MAX)), (least, most), "{age} s");
            assert!(pause(1) >= least && pause(u16::MAX / 2) < most, "{age} s");
        }
    }
}
