//! A reference of one row, written from the description of the layout in numbers and sentences: it
//! knows neither the expressions of the table nor the store in memory.

use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::verdict::Verdict;
use lifeguard_store::challenges::Recorded;
use lifeguard_store::outbox::Claim;
use serde_json::Value;

use super::observed::Call;

const DAY: u64 = 86_400;

/// One row as the description has it. Times are the newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    newest: u32,
    spent: u32,
    sent: u32,
    caused_by: [u8; 8],
    mails: Vec<u64>,
    wrong: Vec<u64>,
    in_a_row: u64,
    last_wrong: Option<[u8; 8]>,
    last_right: Option<(u32, [u8; 8], u64)>,
}

/// Numbers of a row, by which an item is compared with the reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    newest: u64,
    spent: u64,
    sent: u64,
    mails: Vec<u64>,
    wrong: Vec<u64>,
    in_a_row: u64,
}

impl Counts {
    pub(crate) fn from_item(item: &Value) -> Self {
        let number = |name: &str| {
            let text = item[name]["N"].as_str().unwrap_or("0");
            text.parse::<u64>().unwrap()
        };
        let log = |log: &str, length: u64| {
            let times = (1..=length).map(|place| number(&format!("{log}{place}")));
            times.filter(|at| *at > 0).collect()
        };
        Self {
            newest: number("seq"),
            spent: number("done"),
            sent: number("sent"),
            mails: log("s", 10),
            wrong: log("t", 20),
            in_a_row: number("bad"),
        }
    }
}

impl Reference {
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            newest: self.newest.into(),
            spent: self.spent.into(),
            sent: self.sent.into(),
            mails: self.mails.clone(),
            wrong: self.wrong.clone(),
            in_a_row: self.in_a_row,
        }
    }

    pub(crate) fn newest(&self) -> u32 {
        self.newest
    }

    pub(crate) fn spent(&self) -> u32 {
        self.spent
    }

    /// True if no short code is compared at this time.
    pub(crate) fn is_locked(&self, now: u64) -> bool {
        let day = self.wrong.iter().filter(|at| **at + DAY > now).count();
        day >= 20 || self.in_a_row >= 100
    }

    /// Time that has to pass between the newest mail and the next one.
    fn gap(&self, now: u64) -> u64 {
        match self.mails.iter().filter(|at| **at + DAY > now).count() {
            0 | 1 => 30,
            2..=5 => 300,
            6..=9 => 1_200,
            _ => 3_600,
        }
    }

    /// Compares the result of a call with the description, and takes it over.
    #[track_caller]
    pub(crate) fn take(&mut self, now: u64, call: &Call) {
        match *call {
            Call::Issue { session, issued, number } => {
                self.take_issue(now, session, issued, number)
            }
            Call::Record { number, form, tag, verdict, recorded } => {
                let expected = self.judge(now, number, form, tag, verdict);
                assert_eq!(recorded, expected, "{call:?} at {now}, {self:?}");
            }
            Call::Claim { number, claim } => {
                let ours = self.sent < number && number <= self.newest;
                let expected = if ours { Claim::Ours } else { Claim::Taken };
                assert_eq!(claim, expected, "{call:?}, {self:?}");
                if ours {
                    self.sent = number;
                }
            }
            Call::GiveBack { number } => {
                if self.sent == number {
                    self.sent = number - 1;
                }
            }
        }
    }

    #[track_caller]
    fn take_issue(&mut self, now: u64, session: [u8; 8], issued: &str, number: u32) {
        let waited = self.mails.first().is_none_or(|at| at + self.gap(now) <= now);
        let expected = match (self.newest == self.spent || waited, session == self.caused_by) {
            (true, _) => "fresh",
            (false, true) => "again",
            (false, false) => "joined",
        };
        assert_eq!(issued, expected, "at {now}, {self:?}");
        if issued == "fresh" {
            if self.newest == 0 {
                let first = u32::try_from(now).unwrap();
                (self.newest, self.spent, self.sent) = (first, first, first);
            }
            self.newest += 1;
            self.caused_by = session;
            self.mails.insert(0, now);
            self.mails.truncate(10);
        }
        assert_eq!(number, self.newest, "{issued} at {now}");
    }

    fn judge(
        &mut self,
        now: u64,
        number: u32,
        form: CodeLength,
        tag: [u8; 8],
        verdict: Verdict,
    ) -> Recorded {
        let live = self.spent < number && number <= self.newest;
        let counted = self.last_wrong == Some(tag);
        let locked = form == CodeLength::Short && self.is_locked(now);
        match (live && !counted && !locked, verdict, form) {
            (true, Verdict::Right, _) => {
                self.spent = self.newest;
                self.in_a_row = 0;
                self.last_wrong = None;
                self.last_right = Some((number, tag, now));
                if !self.mails.is_empty() {
                    self.mails.remove(0);
                }
                Recorded::Counted
            }
            (true, Verdict::Wrong, _) | (true, Verdict::Late, CodeLength::Short) => {
                self.in_a_row += 1;
                self.last_wrong = Some(tag);
                self.wrong.insert(0, now);
                self.wrong.truncate(20);
                Recorded::Counted
            }
            (false, Verdict::Right, _) | (_, Verdict::Late, _) => match self.last_right {
                Some((right, right_tag, at))
                    if (right, right_tag) == (number, tag) && now <= at + 30 =>
                {
                    Recorded::Repeated
                }
                _ => Recorded::Refused,
            },
            (false, Verdict::Wrong, _) => Recorded::Refused,
        }
    }
}
