//! Budgets in numbers: a budget is a counted allowance of guesses or mails.
//!
//! The windows slide: the row keeps the times themselves. Times are seconds since 1970, spans are
//! seconds. Any caller can start a sign-in, so no limit here may lock the owner of a mailbox out:
//! mails are spaced by steps and never refused for long, and the long code of the newest mail
//! outlives the gap until the next one (`docs/decisions/0012-steps-instead-of-walls.md`).

/// Life of a short code and of a link that is bound to its session (ASVS 5.0, 6.5.5: 10 min).
pub const CODE_LIFE: u64 = 10 * 60;

/// Time for which a repeated invocation counts as the same one.
pub const REPEAT_WINDOW: u64 = 30;

/// Number of mails that a row keeps the times of.
pub const MAILS_KEPT: usize = 10;

/// One step: with at least this many mails in a day, the next one has to wait this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailStep {
    /// Mails of the last [`DAY`], the newest included.
    pub mails: usize,
    /// Least time between the newest mail and the next one.
    pub gap: u64,
}

/// The steps, in order. A success takes one mail off the log and lets the next one go at once.
pub const STEPS: [MailStep; 4] = [
    MailStep { mails: 1, gap: 30 },
    MailStep { mails: 2, gap: 5 * 60 },
    MailStep { mails: 6, gap: 20 * 60 },
    MailStep { mails: MAILS_KEPT, gap: HOUR },
];

/// Time by which the long code outlives the gap behind its mail: enough to read and type it.
const READING: u64 = 5 * 60;

/// Longest life of a long code.
pub const LONGEST_LIFE: u64 = HOUR + READING;

/// Most wrong short codes in [`DAY`] that are compared for one user, factor and client.
pub const WRONG_A_DAY: usize = 20;
/// Most wrong answers in a row; then short codes and passwords are refused until a success by
/// another way (NIST SP 800-63B-4, 3.2.2).
pub const WRONG_IN_A_ROW: u64 = 100;
/// Most wrong passwords of one account in [`QUARTER`].
pub const WRONG_A_QUARTER: usize = 10;

/// A quarter of an hour.
pub const QUARTER: u64 = 15 * 60;
/// An hour.
pub const HOUR: u64 = 60 * 60;
/// A day.
pub const DAY: u64 = 24 * HOUR;
/// Time for which the row of an unknown name is kept: longer than any window.
pub const UNKNOWN_ROW_LIFE: u64 = 25 * HOUR;

/// Greatest difference between the clocks of two instances, each five seconds off, when an answer is
/// judged or a verdict is repeated.
pub const SKEW: u64 = 10;

/// Returns the least time between the newest of `mails` mails of a day and the next one.
#[must_use]
pub fn gap(mails: usize) -> u64 {
    let reached = STEPS.iter().rev().find(|step| mails >= step.mails);
    reached.map_or(0, |step| step.gap)
}

/// Returns the life of the long code in the last of `mails` mails of a day. It ends after the
/// gap: while no other mail may go, the code of the newest one works.
#[must_use]
pub fn long_code_life(mails: usize) -> u64 {
    CODE_LIFE.max(gap(mails) + READING)
}

#[cfg(test)]
mod tests {
    use super::{CODE_LIFE, LONGEST_LIFE, MAILS_KEPT, gap, long_code_life};

    #[test]
    fn gaps_and_lives_follow_the_steps() {
        let expected = [
            (0, 0, 600),
            (1, 30, 600),
            (2, 300, 600),
            (5, 300, 600),
            (6, 1_200, 1_500),
            (9, 1_200, 1_500),
            (10, 3_600, 3_900),
            (11, 3_600, 3_900),
        ];
        for (mails, seconds, life) in expected {
            assert_eq!((gap(mails), long_code_life(mails)), (seconds, life), "{mails} mails");
        }
    }

    #[test]
    fn long_code_outlives_every_gap_by_five_minutes() {
        for mails in 0..=MAILS_KEPT {
            assert!(long_code_life(mails) >= gap(mails) + 300);
            assert!(long_code_life(mails) >= CODE_LIFE);
            assert!(long_code_life(mails) <= LONGEST_LIFE);
        }
    }
}
