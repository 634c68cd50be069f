//! The challenge rows in memory: a second implementation, written from the description of the
//! row and not from the expressions of the real one.

mod item;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::budget::{DAY, HOUR, SKEW, WRONG_A_DAY, WRONG_IN_A_ROW};
use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_sign_in::verdict::{Judgement, Verdict};
use lifeguard_store::StoreError;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::{Claim, ClaimToken, Outbox};
use lifeguard_store::ties::{Holder, Tie, Ties};

/// All rows; cloning shares them.
#[derive(Clone, Default)]
pub struct MemoryChallenges(Arc<Mutex<HashMap<RowKey, Row>>>);

#[derive(Clone, Default)]
struct Row {
    /// Number before the first.
    start: u32,
    issued: u32,
    spent: u32,
    newest: Option<Newest>,
    /// Value that the codes of the newest challenge are tied to, where they are.
    tie: Option<Tie>,
    /// Account that the newest challenge is for, where the row belongs to an address.
    holder: Option<Holder>,
    /// Times of the mails, the newest first; a success takes the newest away.
    mails: Vec<u64>,
    wrong: Vec<u64>,
    in_a_row: u64,
    last_wrong: Option<[u8; 8]>,
    last_right: Option<(u32, [u8; 8], u64)>,
    sent: u32,
    claimed_by: Option<ClaimToken>,
    expires: Option<u64>,
}

#[derive(Clone)]
struct Newest {
    challenge: Challenge,
    session: [u8; 8],
    outgoing: Outgoing,
}

impl MemoryChallenges {
    /// The newest challenge of a row and its outbox note, as the table's stream would show them.
    #[must_use]
    pub fn newest(&self, row: &RowKey) -> Option<(Challenge, Outgoing)> {
        let rows = self.0.lock().expect("no test panicked inside");
        let newest = rows.get(row)?.newest.clone()?;
        Some((newest.challenge, newest.outgoing))
    }

    /// Returns the number of challenges of a row that were issued.
    #[must_use]
    pub fn issued(&self, row: &RowKey) -> u32 {
        self.0
            .lock()
            .expect("no test panicked inside")
            .get(row)
            .map_or(0, |row| row.issued - row.start)
    }

    /// Returns the number of consecutive wrong answers.
    #[must_use]
    pub fn wrong_in_a_row(&self, row: &RowKey) -> u64 {
        self.0.lock().expect("no test panicked inside").get(row).map_or(0, |row| row.in_a_row)
    }

    /// Returns the times of the mails in the log of a row, the newest first.
    ///
    /// # Panics
    /// If a test panicked while it held the rows.
    #[must_use]
    pub fn mails(&self, row: &RowKey) -> Vec<u64> {
        let rows = self.0.lock().expect("no test panicked inside");
        rows.get(row).map(|row| row.mails.clone()).unwrap_or_default()
    }

    /// True if the newest challenge of a row is spent, or if it has none.
    ///
    /// # Panics
    /// If a test panicked while it held the rows.
    #[must_use]
    pub fn is_spent(&self, row: &RowKey) -> bool {
        let rows = self.0.lock().expect("no test panicked inside");
        rows.get(row).is_none_or(|row| row.spent == row.issued)
    }

    fn change<T>(&self, key: &RowKey, change: impl FnOnce(&mut Row) -> T) -> T {
        let mut rows = self.0.lock().expect("no test panicked inside");
        change(rows.entry(key.clone()).or_default())
    }
}

/// Steps between mails: with so many of a day, the next one waits so many seconds.
const STEPS: [(usize, u64); 4] = [(1, 30), (2, 300), (6, 1_200), (10, 3_600)];

/// True if the time at this place of a log, counted from 1, lies less than a day back.
fn is_of_the_day(times: &[u64], place: usize, now: u64) -> bool {
    times.get(place - 1).is_some_and(|at| *at > now.saturating_sub(DAY))
}

impl Row {
    fn issue(&mut self, new: &NewChallenge) -> Issued {
        let unspent = self.newest.is_some() && self.spent < self.issued;
        let waited = self.mails.first().is_none_or(|newest| {
            STEPS.iter().all(|(mails, wait)| {
                let reached = *mails == 1 || is_of_the_day(&self.mails, *mails, new.now);
                !reached || newest + wait <= new.now
            })
        });
        if unspent && !waited {
            return self.join(new);
        }
        self.issue_now(new)
    }

    fn issue_now(&mut self, new: &NewChallenge) -> Issued {
        if self.newest.is_none() {
            self.start = u32::try_from(new.now).expect("tests live before 2106");
            (self.issued, self.spent, self.sent) = (self.start, self.start, self.start);
        }
        self.issued += 1;
        self.mails.insert(0, new.now);
        self.mails.truncate(10);
        self.expires = (new.user == Existence::Unknown).then_some(new.now + 25 * HOUR);
        let challenge = Challenge {
            id: new.id,
            number: self.issued,
            issued: new.now,
            life: self.life(new.now),
            key_version: new.key_version,
        };
        self.newest = Some(Newest {
            challenge: challenge.clone(),
            session: new.session,
            outgoing: new.outgoing.clone(),
        });
        Issued::Fresh(challenge)
    }

    /// The long code outlives the wait for the next mail by five minutes.
    fn life(&self, now: u64) -> u64 {
        let mails = self.mails.iter().filter(|at| **at > now.saturating_sub(DAY)).count();
        let wait = STEPS.iter().rev().find(|(reached, _)| mails >= *reached);
        600.max(wait.map_or(0, |(_, wait)| wait + 300))
    }

    fn join(&self, new: &NewChallenge) -> Issued {
        match &self.newest {
            Some(newest) if newest.challenge.issued + newest.challenge.life > new.now => {
                match newest.session == new.session {
                    true => Issued::Again(newest.challenge.clone()),
                    false => Issued::Joined(newest.challenge.clone()),
                }
            }
            _ => Issued::Unanswerable,
        }
    }

    fn record(&mut self, judgement: &Judgement) -> Recorded {
        let Judgement { number, code_length, tag, verdict, now, .. } = judgement;
        let open = self.issued > 0 && *number > self.spent && *number <= self.issued;
        let new = self.last_wrong != Some(*tag);
        let in_budget = match code_length {
            CodeLength::Long => true,
            CodeLength::Short => {
                self.in_a_row < WRONG_IN_A_ROW && !is_of_the_day(&self.wrong, WRONG_A_DAY, *now)
            }
        };
        match (open && new && in_budget, verdict, code_length) {
            (true, Verdict::Right, _) => {
                self.spent = self.issued;
                self.in_a_row = 0;
                self.last_wrong = None;
                self.last_right = Some((*number, *tag, *now));
                if !self.mails.is_empty() {
                    self.mails.remove(0);
                }
                Recorded::Counted
            }
            (true, Verdict::Wrong, _) | (true, Verdict::Late, CodeLength::Short) => {
                self.in_a_row += 1;
                self.last_wrong = Some(*tag);
                self.wrong.insert(0, *now);
                self.wrong.truncate(WRONG_A_DAY);
                Recorded::Counted
            }
            (false, Verdict::Right, _) | (_, Verdict::Late, _) => match self.last_right {
                Some((counted, counted_tag, at))
                    if counted == *number
                        && counted_tag == *tag
                        && at <= now + SKEW
                        && *now <= at + 30 =>
                {
                    Recorded::Repeated
                }
                _ => Recorded::Refused,
            },
            (false, Verdict::Wrong, _) => Recorded::Refused,
        }
    }
}

impl Challenges for MemoryChallenges {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        Ok(self.change(&new.row, |row| row.issue(new)))
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        Ok(self.change(&judgement.row, |row| row.record(judgement)))
    }
}

impl Ties for MemoryChallenges {
    async fn issue_for(
        &self,
        new: &NewChallenge,
        holder: &Holder,
        tie: Option<&Tie>,
    ) -> Result<Issued, StoreError> {
        Ok(self.change(&new.row, |row| {
            let of_another = row.holder.as_ref().is_some_and(|known| known != holder);
            let issued = if of_another { row.issue_now(new) } else { row.issue(new) };
            if matches!(issued, Issued::Fresh(_)) {
                row.holder = Some(holder.clone());
                row.tie = tie.copied().or(row.tie);
            }
            issued
        }))
    }

    async fn tie(&self, row: &RowKey) -> Result<Option<Tie>, StoreError> {
        Ok(self.change(row, |row| row.tie))
    }
}

impl Outbox for MemoryChallenges {
    async fn claim(
        &self,
        row: &RowKey,
        number: u32,
        token: ClaimToken,
    ) -> Result<Claim, StoreError> {
        Ok(self.change(row, |row| {
            if row.sent < number && number <= row.issued {
                (row.sent, row.claimed_by) = (number, Some(token));
            }
            let ours = row.sent == number && row.claimed_by == Some(token);
            if ours { Claim::Ours } else { Claim::Taken }
        }))
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        self.change(row, |row| {
            if row.sent == number {
                row.sent = number - 1;
            }
        });
        Ok(())
    }
}
