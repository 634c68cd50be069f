//! The limits as numbers, checked from outside: this module knows none of the functions' code.

use std::collections::{BTreeMap, BTreeSet};

use crate::clause::Clause;

/// A day, in seconds.
pub const DAY: u64 = 24 * 3600;

/// Most mails of one client in any day, beside one for each completed sign-in.
const MAILS_A_DAY: usize = 32;

/// Most wrong short codes in any day less the clock skew.
const GUESSES_A_DAY: usize = 20;

/// Most wrong short codes without a success.
const GUESSES_IN_A_ROW: u64 = 100;

/// Most wrong passwords in any quarter of an hour less the clock skew, and in any day less it.
const PASSWORDS: (usize, usize) = (10, GUESSES_A_DAY);

/// A quarter of an hour, in seconds.
const QUARTER: u64 = 900;

/// Sum of the errors of two clocks, in seconds.
const SKEW: u64 = 10;

/// Fewest pairs of sessions from which the marks are judged.
const PAIRS: u64 = 12;

/// Events of one user at one client, as they happened, and what the guarantee says of them.
#[derive(Default)]
pub struct Ledger {
    issued: Vec<u64>,
    sent: Vec<u64>,
    successes: Vec<u64>,
    new_holders: Vec<u64>,
    guesses: Vec<u64>,
    in_a_row: u64,
    unanswered: Vec<u64>,
    newest: u32,
    spent: u32,
    arrived: BTreeSet<u32>,
    marks: BTreeMap<u32, String>,
    pairs: u64,
    equal: u64,
    attacked: Option<u64>,
}

impl Ledger {
    /// Adds a challenge with a mail on its way.
    ///
    /// # Errors
    /// The mail is one too many for its day.
    pub fn issue(&mut self, now: u64, number: u32) -> Result<(), Clause> {
        self.issued.push(now);
        self.unanswered.push(now);
        self.newest = self.newest.max(number);
        let (mails, successes) =
            (within(&self.issued, DAY, now), within(&self.successes, DAY, now));
        match mails <= MAILS_A_DAY + successes + within(&self.new_holders, DAY, now) {
            true => Ok(()),
            false => Err(Clause::Mails(mails, successes)),
        }
    }

    /// Adds a challenge without a mail.
    pub fn issue_without_mail(&mut self, number: u32) {
        self.newest = self.newest.max(number);
    }

    /// Adds another account of the same address, to which a mail may go at once.
    pub fn change_holder(&mut self, now: u64) {
        self.new_holders.push(now);
    }

    /// Adds a mail that was sent.
    ///
    /// # Errors
    /// The same mail was sent before.
    pub fn send(&mut self, now: u64, number: u32) -> Result<(), Clause> {
        self.sent.push(now);
        match self.arrived.insert(number) {
            true => Ok(()),
            false => Err(Clause::MailTwice(number)),
        }
    }

    /// Adds a wrong short code that was compared.
    ///
    /// # Errors
    /// It is one too many.
    pub fn guess(&mut self, now: u64) -> Result<(), Clause> {
        self.guesses.push(now);
        self.in_a_row += 1;
        let guesses = within(&self.guesses, DAY - SKEW, now);
        match guesses <= GUESSES_A_DAY && self.in_a_row <= GUESSES_IN_A_ROW {
            true => Ok(()),
            false => Err(Clause::Guesses(guesses, self.in_a_row)),
        }
    }

    /// Adds a right answer to the challenge of this number.
    ///
    /// # Errors
    /// It or a later challenge was answered before.
    pub fn success(&mut self, now: u64, number: u32) -> Result<(), Clause> {
        let second = number <= self.spent;
        self.successes.push(now);
        self.in_a_row = 0;
        self.unanswered.pop();
        self.spent = self.newest;
        match second {
            true => Err(Clause::SecondUse(number)),
            false => Ok(()),
        }
    }

    /// Adds the mark that a session with this challenge shows.
    ///
    /// # Errors
    /// Sessions with one challenge show the same marks, so the marks tell of the challenge.
    pub fn mark(&mut self, number: u32, mark: &str) -> Result<(), Clause> {
        let Some(other) = self.marks.insert(number, mark.to_owned()) else {
            return Ok(());
        };
        self.pairs += 1;
        self.equal += u64::from(other == mark);
        match self.pairs < PAIRS || self.equal * 2 < self.pairs {
            true => Ok(()),
            false => Err(Clause::Mark(self.equal, self.pairs)),
        }
    }

    /// Notes that an attacker touched the row.
    pub fn attack(&mut self, now: u64) {
        self.attacked = Some(now);
    }

    /// True if an attacker touched the row within the day before.
    #[must_use]
    pub fn is_attacked(&self, now: u64) -> bool {
        self.attacked.is_some_and(|at| at + DAY > now)
    }

    /// True if no further short code will be compared.
    #[must_use]
    pub fn is_locked(&self, now: u64) -> bool {
        within(&self.guesses, DAY, now) >= GUESSES_A_DAY || self.in_a_row >= GUESSES_IN_A_ROW
    }

    /// Returns the number of the newest challenge.
    #[must_use]
    pub const fn newest(&self) -> u32 {
        self.newest
    }

    /// Returns the number of right answers so far.
    #[must_use]
    pub fn successes(&self) -> usize {
        self.successes.len()
    }

    /// Returns the number of unanswered mails of the last day.
    #[must_use]
    pub fn unanswered(&self, now: u64) -> usize {
        within(&self.unanswered, DAY, now)
    }

    /// Returns the number of mails that were sent within the last day.
    #[must_use]
    pub fn mails(&self, now: u64) -> usize {
        within(&self.sent, DAY, now)
    }

    /// Returns the number of wrong short codes that were compared within the last day.
    #[must_use]
    pub fn guesses(&self, now: u64) -> usize {
        within(&self.guesses, DAY, now)
    }
}

/// Wrong passwords of one account since its counts were reset last.
#[derive(Default)]
pub struct PasswordLedger {
    times: Vec<u64>,
    resets: u64,
}

impl PasswordLedger {
    /// Adds so many wrong passwords that were compared, after this number of resets.
    ///
    /// # Errors
    /// One of them is too many.
    pub fn compare(&mut self, now: u64, wrong: u64, resets: u64) -> Result<(), Clause> {
        if self.resets != resets {
            self.resets = resets;
            self.times.clear();
        }
        self.times.extend((0..wrong).map(|_| now));
        let (quarter, day) =
            (within(&self.times, QUARTER - SKEW, now), within(&self.times, DAY - SKEW, now));
        let in_a_row = self.times.len();
        let is_within = quarter <= PASSWORDS.0 && day <= PASSWORDS.1;
        match is_within && in_a_row as u64 <= GUESSES_IN_A_ROW {
            true => Ok(()),
            false => Err(Clause::Passwords(quarter, day, in_a_row)),
        }
    }

    /// True if no further wrong password will be compared.
    #[must_use]
    pub fn is_locked(&self, now: u64) -> bool {
        within(&self.times, QUARTER, now) >= PASSWORDS.0
            || within(&self.times, DAY, now) >= PASSWORDS.1
            || self.times.len() as u64 >= GUESSES_IN_A_ROW
    }
}

/// Counts the times within `span` seconds before `now`; times only grow.
fn within(times: &[u64], span: u64, now: u64) -> usize {
    times.iter().rev().take_while(|at| **at + span > now).count()
}

#[cfg(test)]
mod tests {
    use super::{DAY, Ledger, PasswordLedger};
    use crate::clause::Clause;

    #[test]
    fn mail_above_32_a_day_needs_a_success() {
        let mut ledger = Ledger::default();
        (0..32).for_each(|place| ledger.issue(u64::from(place), place + 1).unwrap());
        assert_eq!(ledger.issue(100, 33), Err(Clause::Mails(33, 0)));
        ledger.success(101, 33).unwrap();
        assert_eq!(ledger.issue(102, 34), Err(Clause::Mails(34, 1)));
        assert_eq!(ledger.issue(DAY + 1, 35), Ok(()));
    }

    #[test]
    fn guess_above_20_a_day_or_100_in_a_row_is_found() {
        let mut ledger = Ledger::default();
        (0..20).for_each(|at| ledger.guess(at).unwrap());
        assert_eq!(ledger.guess(DAY - 11), Err(Clause::Guesses(21, 21)));
        let mut ledger = Ledger::default();
        (0..100).for_each(|place| ledger.guess(place * DAY).unwrap());
        assert_eq!(ledger.guess(100 * DAY), Err(Clause::Guesses(1, 101)));
    }

    #[test]
    fn password_above_10_in_a_quarter_or_20_a_day_is_found() {
        let mut ledger = PasswordLedger::default();
        assert_eq!(ledger.compare(0, 10, 0), Ok(()));
        assert_eq!(ledger.compare(889, 1, 0), Err(Clause::Passwords(11, 11, 11)));
        let mut ledger = PasswordLedger::default();
        (0..2).for_each(|place| ledger.compare(place * 1_000, 10, 0).unwrap());
        assert_eq!(ledger.compare(DAY - 11, 1, 0), Err(Clause::Passwords(1, 21, 21)));
        assert_eq!(ledger.compare(DAY, 10, 1), Ok(()), "a success resets the counts");
    }

    #[test]
    fn answer_to_a_spent_challenge_is_a_second_use() {
        let mut ledger = Ledger::default();
        (1..4).for_each(|number| ledger.issue(u64::from(number), number).unwrap());
        ledger.success(5, 2).unwrap();
        assert_eq!(ledger.success(6, 2), Err(Clause::SecondUse(2)));
        assert_eq!(ledger.success(7, 3), Err(Clause::SecondUse(3)));
        ledger.issue(8, 4).unwrap();
        assert_eq!(ledger.success(9, 4), Ok(()));
    }

    #[test]
    fn marks_of_one_challenge_differ() {
        let mut ledger = Ledger::default();
        let mut marks =
            (0..40).map(|place| ledger.mark(1, if place % 9 == 0 { "AA" } else { "AB" }));
        assert!(marks.any(|mark| mark.is_err()));
        for place in 0..40 {
            let mut other = Ledger::default();
            assert_eq!(other.mark(1, &place.to_string()), Ok(()));
        }
    }

    #[test]
    fn mail_that_comes_twice_is_found() {
        let mut ledger = Ledger::default();
        ledger.send(1, 7).unwrap();
        assert_eq!(ledger.send(2, 7), Err(Clause::MailTwice(7)));
    }
}
