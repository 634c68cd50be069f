//! How often one may guess and how often we send, in numbers.
//!
//! The windows slide: the row keeps the times themselves. Times are seconds since 1970.

/// A code's life in seconds (ASVS 5.0, 6.5.5 allows 10 min).
pub const CODE_LIFE: u64 = 5 * 60;

/// A link's life in seconds. The code beside it lives for [`CODE_LIFE`].
pub const LINK_LIFE: u64 = 10 * 60;

/// The least time in seconds between two messages to one person, and the time for which a
/// repeated invocation counts as the same one.
pub const SEND_GAP: u64 = 30;
/// The most messages to one person in [`HOUR`].
pub const SENDS_AN_HOUR: usize = 5;
/// The most messages to one person in [`DAY`].
pub const SENDS_A_DAY: usize = 15;

/// The most wrong short codes of one person in [`QUARTER`].
pub const WRONG_A_QUARTER: usize = 10;
/// The most wrong short codes of one person in [`DAY`].
pub const WRONG_A_DAY: usize = 20;
/// The most wrong short codes in a row; then short codes are blocked until a success by another
/// way (NIST SP 800-63B-4, 3.2.2).
pub const WRONG_IN_A_ROW: u64 = 100;

/// A quarter of an hour, in seconds.
pub const QUARTER: u64 = 15 * 60;
/// An hour, in seconds.
pub const HOUR: u64 = 60 * 60;
/// A day, in seconds.
pub const DAY: u64 = 24 * HOUR;
/// How long the row of a name that belongs to nobody is kept, in seconds: longer than any window.
pub const UNKNOWN_ROW_LIFE: u64 = 25 * HOUR;

/// How far another instance's clock may be behind, in seconds, when an answer is judged or a
/// verdict is repeated.
pub const SKEW: u64 = 5;

/// The wrong answers that a row holds, as far as they decide whether short codes are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongAnswers {
    /// How many in a row since the last success.
    pub in_a_row: u64,
    /// The time of the tenth newest; 0 if there are fewer.
    pub tenth: u64,
    /// The time of the twentieth newest; 0 if there are fewer.
    pub twentieth: u64,
}

impl WrongAnswers {
    /// Whether short codes are blocked at `now`, so that a message carries a long one.
    #[must_use]
    pub fn block_short_codes(self, now: u64) -> bool {
        self.in_a_row >= WRONG_IN_A_ROW
            || (self.tenth > 0 && self.tenth.saturating_add(QUARTER) > now)
            || (self.twentieth > 0 && self.twentieth.saturating_add(DAY) > now)
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, QUARTER, WrongAnswers};

    #[track_caller]
    fn check(in_a_row: u64, tenth: u64, twentieth: u64, now: u64, blocked: bool) {
        assert_eq!(WrongAnswers { in_a_row, tenth, twentieth }.block_short_codes(now), blocked);
    }

    #[test]
    fn each_window_blocks_until_its_last_second() {
        check(0, 0, 0, 1_000_000, false);
        check(99, 0, 0, 1_000_000, false);
        check(100, 0, 0, 1_000_000, true);
        check(0, 1_000, 0, 1_000 + QUARTER - 1, true);
        check(0, 1_000, 0, 1_000 + QUARTER, false);
        check(0, 0, 1_000, 1_000 + DAY - 1, true);
        check(0, 0, 1_000, 1_000 + DAY, false);
    }
}
