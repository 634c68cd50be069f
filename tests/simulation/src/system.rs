//! One user with the functions of a way in, table, stream and mail service, in virtual time.

pub mod changes;
mod delivery;
mod invocations;
mod rounds;

use std::collections::{BTreeMap, BTreeSet};

use deliver_message::Sender;
use lifeguard_aws::CodeKeys;
use lifeguard_policy::Policy;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Origin;
use lifeguard_testkit::Seeded;
use lifeguard_testkit::fixtures::NOW;

use crate::clause::Clause;
use crate::faults::{CallFault, Faults};
use crate::hazards::Hazards;
use crate::keys::SimulatedSecret;
use crate::ledger::{DAY, Ledger};
use crate::mail::{Mail, MailService};
use crate::stream::Queue;
use crate::table::Table;
use crate::triggers::Triggers;

pub use self::rounds::{Call, Outcome};

/// Greatest error of an instance's clock, in seconds.
pub const SKEW: u64 = 5;

/// Parts of a system that its functions share.
pub struct Environment {
    /// The challenge rows.
    pub table: Table,
    /// The faults of calls.
    pub faults: Faults,
    /// The hazards.
    pub hazards: Hazards,
    /// Random numbers.
    pub random: Seeded,
    /// The settings of deliver-message.
    pub policy: Policy,
    /// True if the journal is to be read.
    pub journal: bool,
}

/// A mail that was sent.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The number of its challenge: of two mails of a client the higher one was sent last.
    pub number: u32,
    /// Time of its arrival.
    pub at: u64,
    /// Content.
    pub mail: Mail,
}

/// State of the user at one place: at an app client, or at a kind of mail of the directory. Each
/// has a challenge row of its own.
pub struct Place {
    /// Events, as they happened.
    pub ledger: Ledger,
    /// Mails, in the order in which they were sent.
    pub mailbox: Vec<Arrived>,
    /// Numbers of mails that an injected fault has lost.
    pub lost: BTreeSet<u32>,
    row: RowKey,
    queue: Queue,
    /// Marks of the pages of the sessions that caused a mail, by number.
    marks: BTreeMap<u32, String>,
    /// Answers that were right before the mail with them was sent.
    owed: Vec<(u32, String)>,
}

impl Place {
    fn new(row: RowKey) -> Self {
        Self {
            ledger: Ledger::default(),
            mailbox: Vec::new(),
            lost: BTreeSet::new(),
            row,
            queue: Queue::default(),
            marks: BTreeMap::new(),
            owed: Vec::new(),
        }
    }
}

/// One user and everything around; `F` has the functions that the user meets.
pub struct System<F = Triggers> {
    /// The functions.
    pub functions: F,
    /// The hazards.
    pub hazards: Hazards,
    /// Now, in seconds since 1970.
    pub now: u64,
    /// Random numbers.
    pub random: Seeded,
    /// Seconds that passed between two invocations of one event.
    pub paused: u64,
    /// The user at each place.
    pub places: Vec<Place>,
    /// The challenge rows.
    pub table: Table,
    /// The faults of calls.
    pub faults: Faults,
    service: MailService,
    sender: Sender<Table, MailService, SimulatedSecret>,
    journal: Option<Vec<String>>,
}

impl<F> System<F> {
    /// Builds a system of these functions on rows that no other seed with this user uses.
    #[must_use]
    pub fn new(
        functions: F,
        environment: Environment,
        rows: impl IntoIterator<Item = RowKey>,
    ) -> Self {
        let Environment { table, faults, hazards, random, policy, journal } = environment;
        let service = MailService::default();
        let keys = CodeKeys::new(SimulatedSecret);
        let sender = Sender::new(policy, table.clone(), service.clone(), keys);
        let places = rows.into_iter().map(Place::new).collect();
        let (now, paused, journal) = (NOW, 0, journal.then(Vec::new));
        Self {
            functions,
            hazards,
            now,
            random,
            paused,
            places,
            table,
            faults,
            service,
            sender,
            journal,
        }
    }

    /// Adds a line to the journal.
    pub fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(journal) = &mut self.journal {
            journal.push(format!("{:>8} {}", self.now - NOW, line()));
        }
    }

    /// Returns the lines of the journal.
    #[must_use]
    pub fn journal(&self) -> &[String] {
        self.journal.as_deref().unwrap_or_default()
    }

    /// Returns the clock of the instance that takes the next call.
    pub fn instance_now(&mut self) -> u64 {
        match self.hazards.skew {
            true => self.now - SKEW + self.random.below(2 * SKEW + 1),
            false => self.now,
        }
    }

    /// Now and then lets one of the next so many calls fail; true if it will.
    pub fn arm(&mut self, calls: u64) -> bool {
        let armed = self.hazards.failures > 0 && self.random.once_in(self.hazards.failures);
        if armed {
            let throttled = self.random.once_in(2);
            let fault = if throttled { CallFault::Throttled } else { CallFault::AnswerLost };
            let passes = if calls > 1 { self.random.below(calls) } else { 0 };
            self.faults.fail_after(passes, fault);
        }
        armed
    }

    /// Any place.
    pub fn any_place(&mut self) -> usize {
        self.random.below(self.places.len() as u64) as usize
    }

    /// Enters the challenge and the mark that a session shows.
    ///
    /// # Errors
    /// The session has no challenge, or its mark tells of the challenge.
    pub fn enter(
        &mut self,
        place: usize,
        number: u32,
        origin: Origin,
        mark: &str,
    ) -> Result<(), Clause> {
        if number == 0 {
            return Err(Clause::NoChallenge);
        }
        let at = &mut self.places[place];
        at.ledger.mark(number, mark)?;
        if origin == Origin::Caused {
            at.marks.insert(number, mark.to_owned());
        }
        self.note(|| format!("place {place}: {origin:?} challenge {number}"));
        Ok(())
    }

    /// Lets the time pass and delivers mails meanwhile.
    ///
    /// # Errors
    /// A clause that a delivery breaks.
    pub async fn advance(&mut self, to: u64) -> Result<(), Clause> {
        while let Some((due, client)) = self.next_delivery().filter(|(due, _)| *due <= to) {
            self.now = self.now.max(due);
            self.deliver(client).await?;
        }
        self.now = self.now.max(to);
        Ok(())
    }

    /// Returns time and client of the next delivery.
    #[must_use]
    pub fn next_delivery(&self) -> Option<(u64, usize)> {
        let queues = self.places.iter().map(|place| place.queue.next());
        queues.enumerate().filter_map(|(client, due)| Some((due?, client))).min()
    }

    /// Returns the seconds that people saw pass: all but those between two invocations of one
    /// event.
    #[must_use]
    pub fn clock(&self) -> u64 {
        self.now - self.paused
    }

    /// Returns the mail of a client that was sent last, of those that have arrived.
    #[must_use]
    pub fn newest_mail(&self, client: usize) -> Option<&Arrived> {
        let arrived = self.places[client].mailbox.iter().filter(|mail| mail.at <= self.now);
        arrived.max_by_key(|mail| mail.number)
    }

    /// True if the mail of this challenge or a later one is under way.
    #[must_use]
    pub fn is_awaited(&self, client: usize, number: u32) -> bool {
        let place = &self.places[client];
        let under_way =
            place.mailbox.iter().any(|mail| mail.number >= number && mail.at > self.now);
        under_way || place.queue.records.iter().any(|record| record.number >= number)
    }

    /// Returns the time of the newest mail of a client.
    #[must_use]
    pub fn issued(&self, client: usize) -> u64 {
        self.log(client).first().copied().unwrap_or(self.now)
    }

    /// Returns the number of mails of the last day that a client's row has logged.
    #[must_use]
    pub fn logged(&self, client: usize) -> usize {
        of_the_day(&self.log(client), self.now)
    }

    fn log(&self, client: usize) -> Vec<u64> {
        self.table.rows.mails(&self.places[client].row)
    }

    /// Returns the time from which on another mail of a client may go, as the row shows it to an
    /// attacker who can read it.
    #[must_use]
    pub fn next_mail(&self, client: usize) -> u64 {
        let log = self.log(client);
        match self.table.rows.is_spent(&self.places[client].row) {
            true => 0,
            false => log.first().map_or(0, |newest| newest + gap(of_the_day(&log, self.now))),
        }
    }
}

fn of_the_day(log: &[u64], now: u64) -> usize {
    log.iter().filter(|at| **at + DAY > now).count()
}

/// The wait for the next mail after so many unanswered ones, as the documentation has it.
const fn gap(mails: usize) -> u64 {
    match mails {
        0 => 0,
        1 => 30,
        2..=5 => 300,
        6..=9 => 1_200,
        _ => 3_600,
    }
}
