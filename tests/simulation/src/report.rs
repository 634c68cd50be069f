//! Sums of a run.

use std::collections::BTreeMap;
use std::fmt;

use crate::owner::SignedIn;

/// Steps of the mail limits, by unanswered mails.
const STEPS: [&str; 5] = ["no", "1", "2 to 5", "6 to 9", "10 or more"];

/// Fewest sign-ins of which shares are judged.
const MANY: u64 = 1_000;

/// Sums of a run, and the worst that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Sign-ins that needed no mail.
    pub without_mail: u64,
    ways: BTreeMap<&'static str, Sums>,
    days: u64,
    mails: usize,
    mailbox: usize,
    mailbox_sum: u64,
    guesses: usize,
}

/// Sums of one way in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    attacked: u64,
    all: u64,
    steps: [u64; 5],
    starts: [u64; 4],
    timed: u64,
    seconds: u64,
    seconds_with_error: u64,
    meanwhile: u64,
    disturbed: u64,
    late: u64,
    longest_wait: u64,
    lost: u64,
}

impl Report {
    /// Returns the sums of a way in.
    pub fn way(&mut self, name: &'static str) -> &mut Sums {
        self.ways.entry(name).or_default()
    }

    /// Returns the number of sign-ins with a row that an attacker touched within the day before.
    #[must_use]
    pub fn attacked(&self) -> u64 {
        self.ways.values().map(|sums| sums.attacked).sum()
    }

    /// Returns the number of them that needed two starts.
    #[must_use]
    pub fn with_two_starts(&self) -> u64 {
        self.ways.values().map(|sums| sums.starts[2]).sum()
    }

    /// Returns the least share of one step of a way in per cent, if one has so many sign-ins that
    /// shares tell; beginning without a mail is no step.
    #[must_use]
    pub fn least_share(&self) -> Option<u64> {
        let many = self.ways.values().filter(|sums| sums.attacked >= MANY);
        many.map(Sums::least_share).min()
    }

    /// Adds the mails and guesses of the last day at each client.
    pub fn day(
        &mut self,
        mails: impl Iterator<Item = usize>,
        guesses: impl Iterator<Item = usize>,
    ) {
        let mut mailbox = 0;
        for mails in mails {
            self.mails = self.mails.max(mails);
            mailbox += mails;
        }
        self.mailbox = self.mailbox.max(mailbox);
        self.mailbox_sum += mailbox as u64;
        self.days += 1;
        self.guesses = self.guesses.max(guesses.max().unwrap_or_default());
    }

    /// Adds another run.
    pub fn add(&mut self, other: &Self) {
        self.without_mail += other.without_mail;
        for (name, sums) in &other.ways {
            self.way(name).add(sums);
        }
        self.days += other.days;
        self.mails = self.mails.max(other.mails);
        self.mailbox = self.mailbox.max(other.mailbox);
        self.mailbox_sum += other.mailbox_sum;
        self.guesses = self.guesses.max(other.guesses);
    }
}

impl Sums {
    /// Adds a sign-in that began with so many unanswered mails.
    pub fn sign_in(&mut self, signed_in: &SignedIn, mails: usize, attacked: bool) {
        self.all += 1;
        if !attacked {
            return;
        }
        self.attacked += 1;
        let step = match mails {
            0 => 0,
            1 => 1,
            2..=5 => 2,
            6..=9 => 3,
            _ => 4,
        };
        self.steps[step] += 1;
        self.starts[signed_in.starts.saturating_sub(signed_in.meanwhile).clamp(1, 3) as usize] += 1;
        match signed_in.seconds {
            None => {}
            Some((seconds, false)) => self.seconds = self.seconds.max(seconds),
            Some((seconds, true)) => self.seconds_with_error = self.seconds_with_error.max(seconds),
        }
        self.timed += u64::from(signed_in.seconds.is_some());
        self.meanwhile += signed_in.meanwhile;
        self.disturbed += signed_in.disturbed;
        self.late += signed_in.late.0;
        self.longest_wait = self.longest_wait.max(signed_in.late.1);
        self.lost += signed_in.lost;
    }

    fn add(&mut self, other: &Self) {
        self.attacked += other.attacked;
        self.all += other.all;
        self.steps.iter_mut().zip(other.steps).for_each(|(sum, more)| *sum += more);
        self.starts.iter_mut().zip(other.starts).for_each(|(sum, more)| *sum += more);
        self.timed += other.timed;
        self.seconds = self.seconds.max(other.seconds);
        self.seconds_with_error = self.seconds_with_error.max(other.seconds_with_error);
        self.meanwhile += other.meanwhile;
        self.disturbed += other.disturbed;
        self.late += other.late;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
        self.lost += other.lost;
    }

    fn least_share(&self) -> u64 {
        self.steps.iter().skip(1).map(|step| step * 100 / self.attacked.max(1)).min().unwrap_or(0)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        let Self { attacked, all, timed, .. } = self;
        writeln!(f, "{attacked} {name} of owners attacked within the day before, of {all}")?;
        for (name, count) in STEPS.iter().zip(self.steps) {
            let share = count as f64 * 100.0 / (*attacked).max(1) as f64;
            writeln!(f, "{share:5.1} % began with {name} unanswered mails")?;
        }
        let [_, one, two, more] = self.starts;
        writeln!(
            f,
            "starts: {one} with one, {two} with two, {more} with more and a fault between"
        )?;
        writeln!(
            f,
            "worst time: {} s, {} s with a typing error, of {timed} with nothing between",
            self.seconds, self.seconds_with_error
        )?;
        writeln!(
            f,
            "beside them: {} starts with an injected fault, {} that another device spent, {} with \
             a mail that was throttled for too long, {} lost mails; longest wait for a mail {} s",
            self.disturbed, self.meanwhile, self.late, self.lost, self.longest_wait
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, sums) in &self.ways {
            sums.write(f, name)?;
        }
        if self.without_mail > 0 {
            writeln!(f, "{} sign-ins by a password alone", self.without_mail)?;
        }
        let mean = self.mailbox_sum as f64 / self.days.max(1) as f64;
        writeln!(
            f,
            "mails a day: at most {} of one row, {} in one mailbox, {mean:.1} on average",
            self.mails, self.mailbox
        )?;
        write!(f, "wrong short codes compared in a day: at most {}", self.guesses)
    }
}
