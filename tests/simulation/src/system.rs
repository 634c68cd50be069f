//! One user with the deployment's functions, table, stream and mail service, in virtual time.

mod delivery;
mod invocations;
mod rounds;

use std::collections::{BTreeMap, BTreeSet};

use deliver_message::Sender;
use lifeguard_aws::{CodeKeys, KeyFault, KeySource};
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_testkit::Seeded;
use lifeguard_testkit::fixtures::{NOW, POOL, key_document};

use crate::clause::Clause;
use crate::cognito::Events;
use crate::deployment::Deployment;
use crate::hazards::Hazards;
use crate::ledger::{DAY, Ledger};
use crate::mail::{Mail, MailService};
use crate::rows::Rows;
use crate::stream::Queue;
use crate::table::{Table, TableFault};

pub use self::rounds::{Call, Outcome};

/// Greatest error of an instance's clock, in seconds.
const SKEW: u64 = 5;

/// A secret that is always there.
pub struct SimulatedSecret;

impl KeySource for SimulatedSecret {
    async fn read(&self) -> Result<String, KeyFault> {
        Ok(key_document(&[1]))
    }
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

/// State of the user at one app client.
pub struct Place {
    /// Events, as they happened.
    pub ledger: Ledger,
    /// Mails, in the order in which they were sent.
    pub mailbox: Vec<Arrived>,
    /// Numbers of mails that an injected fault has lost.
    pub lost: BTreeSet<u32>,
    row: RowKey,
    events: Events,
    queue: Queue,
    /// Marks of the pages of the sessions that caused a mail, by number.
    marks: BTreeMap<u32, String>,
    /// Answers that were right before the mail with them was sent.
    owed: Vec<(u32, String)>,
}

/// One user and everything around.
pub struct System {
    /// The functions and clients.
    pub deployment: Deployment,
    /// The hazards.
    pub hazards: Hazards,
    /// Now, in seconds since 1970.
    pub now: u64,
    /// Random numbers.
    pub random: Seeded,
    /// Seconds that passed between two invocations of one event.
    paused: u64,
    /// The user at each client.
    pub places: Vec<Place>,
    table: Table,
    service: MailService,
    keys: CodeKeys<SimulatedSecret>,
    sender: Sender<Table, MailService, SimulatedSecret>,
    journal: Option<Vec<String>>,
}

impl System {
    /// Builds the system of a seed on rows that no other seed with this user uses; with a journal
    /// if it is to be read.
    #[must_use]
    pub fn new(seed: u64, rows: Rows, journal: bool) -> Self {
        let mut random = Seeded::new(seed);
        let deployment = Deployment::draw(&mut random);
        let user_name = format!("user-{seed}");
        let (table, service) = (Table::new(rows), MailService::default());
        let policy = deployment.create.policy.clone();
        let keys = || CodeKeys::new(SimulatedSecret);
        let sender = Sender::new(policy, table.clone(), service.clone(), keys());
        let places = deployment.clients.iter().map(|client| {
            let rule = deployment.create.policy.clients[&client.id].password;
            Place {
                ledger: Ledger::default(),
                mailbox: Vec::new(),
                lost: BTreeSet::new(),
                row: RowKey::new(POOL, Factor::for_mail(rule), &client.id, &user_name),
                events: Events::new(client, &user_name),
                queue: Queue::default(),
                marks: BTreeMap::new(),
                owed: Vec::new(),
            }
        });
        let places = places.collect();
        let hazards = Hazards::draw(&mut random);
        let journal = journal.then(Vec::new);
        let now = NOW;
        Self {
            deployment,
            hazards,
            now,
            random,
            paused: 0,
            places,
            table,
            service,
            keys: keys(),
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

    /// The clock of the instance that takes the next call.
    fn instance_now(&mut self) -> u64 {
        match self.hazards.skew {
            true => self.now - SKEW + self.random.below(2 * SKEW + 1),
            false => self.now,
        }
    }

    /// Now and then lets the table's next call fail.
    fn arm(&mut self) -> bool {
        let armed = self.hazards.failures > 0 && self.random.once_in(self.hazards.failures);
        if armed {
            let throttled = self.random.once_in(2);
            let fault = if throttled { TableFault::Throttled } else { TableFault::AnswerLost };
            self.table.fail_next(fault);
        }
        armed
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
