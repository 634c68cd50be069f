#![doc = include_str!("../README.md")]

mod batch;
pub mod delivery_decision;
mod delivery_error;
pub mod mailer;
pub mod message;
pub mod notice;
mod pace;
pub mod recipient;
pub mod settings;
mod templates;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use lifeguard_aws::{CodeKeys, KeySource};
use lifeguard_policy::Policy;
use lifeguard_runtime::{Answer, Reply, chain};
use lifeguard_sign_in::code::{self, Addressee};
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::link;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::ticket::mark;
use lifeguard_store::Outbox;
use lifeguard_store::outbox::{Claim, ClaimToken};
use lifeguard_store::stream::PendingMessage;
use serde_json::Value;

use crate::batch::{Batch, Record, UnreadableRecord};
use crate::delivery_decision::{DeliveryDecision, LinkPlan, TopicPlan, decide};
use crate::delivery_error::{DeliveryError, Remedy};
use crate::mailer::{Mailer, SendFault};
use crate::message::Message;
use crate::notice::{Link, Notice, TimedCode, Topic};
use crate::pace::{Next, next, pause};
use crate::recipient::Recipient;

/// Longest time of a call of the mail service: longer than the one attempt of its client, and short
/// enough to answer for the other rows in time.
const SEND_LIMIT: Duration = Duration::from_millis(1500);

/// Sends the messages of the outbox.
pub struct Sender<Table, Service, Source> {
    policy: Policy,
    outbox: Table,
    mailer: Service,
    keys: CodeKeys<Source>,
    /// The number of claims so far.
    claims: AtomicU64,
}

impl<Table: Outbox, Service: Mailer, Source: KeySource> Sender<Table, Service, Source> {
    /// Creates a sender of the messages in `outbox` through `mailer`.
    #[must_use]
    pub fn new(policy: Policy, outbox: Table, mailer: Service, keys: CodeKeys<Source>) -> Self {
        Self { policy, outbox, mailer, keys, claims: AtomicU64::new(0) }
    }

    /// Delivers the messages of one batch; `now` is in seconds since 1970. `random` is drawn anew for
    /// each batch: tokens of claims come from it, which must differ from those of every other batch.
    /// If a record is to come again, the reply waits for a pause, which its upper bits make longer or
    /// shorter.
    ///
    /// # Errors
    /// A fault if the event does not come from a stream.
    pub async fn handle(&self, event: Value, now: u64, random: u64) -> Answer {
        let batch = Batch::parse(&event)?;
        let invocation = Invocation { now, random };
        let mut failed = Vec::new();
        for UnreadableRecord { id, written, error } in batch.unreadable {
            let age = age(written, now);
            if report(&id, &error, age) == Next::Again {
                failed.push(FailedRecord { id, age });
            }
        }
        let rows = batch.rows.into_values();
        let delivered = join_all(rows.map(|records| self.contain_row(records, invocation))).await;
        failed.extend(delivered.into_iter().flatten());
        let outcome = match failed.as_slice() {
            [] => "done",
            _ => "partly",
        };
        let ids = failed.iter().map(|record| record.id.as_str());
        let reply = Reply::new(batch::answer(ids), outcome);
        // The youngest record sets the pause: none waits longer for the sake of an older one.
        let youngest = failed.iter().map(|record| record.age).min();
        Ok(reply.after(youngest.map_or(Duration::ZERO, |age| pause(age, invocation.jitter()))))
    }

    /// Delivers the messages of one row and contains a panic: it would fail the whole batch, and the
    /// records behind it in the stream would wait until this one is five minutes old.
    async fn contain_row(&self, records: Vec<Record>, invocation: Invocation) -> Vec<FailedRecord> {
        let all: Vec<_> = records.iter().map(|record| failed(record, invocation.now)).collect();
        let delivery = self.deliver_row(records, invocation);
        let delivered = AssertUnwindSafe(delivery).catch_unwind().await;
        delivered.unwrap_or_else(|_| {
            let again = |record: &FailedRecord| {
                report(&record.id, &DeliveryError::Panicked, record.age) == Next::Again
            };
            all.into_iter().filter(again).collect()
        })
    }

    /// Delivers the messages of one row in turn; returns the records that are to come again.
    async fn deliver_row(&self, records: Vec<Record>, invocation: Invocation) -> Vec<FailedRecord> {
        let now = invocation.now;
        let mut records = records.into_iter();
        while let Some(record) = records.next() {
            let Err(error) = self.deliver(&record.message, invocation).await else {
                continue;
            };
            match report(&record.id, &error, age(record.written, now)) {
                Next::GivenUp => {}
                Next::Again => {
                    let again = std::iter::once(record).chain(records);
                    return again.map(|record| failed(&record, now)).collect();
                }
            }
        }
        Vec::new()
    }

    /// Claims a message and sends it. The mail is composed before the claim, so that a missing key
    /// costs no claim; and the message is claimed even if nothing will be sent, because the claim
    /// also removes the address from the row.
    async fn deliver(
        &self,
        pending: &PendingMessage,
        invocation: Invocation,
    ) -> Result<(), DeliveryError> {
        let composed = match self.compose(pending, invocation.now).await {
            Err(error) if error.remedy() == Remedy::TryAgain => return Err(error),
            composed => composed,
        };
        let number = pending.challenge.number;
        let claim = self.outbox.claim(&pending.row, number, self.token(invocation)).await;
        match claim.map_err(DeliveryError::Claim)? {
            Claim::Taken => return Ok(()),
            Claim::Ours => {}
        }
        let Some((recipient, message)) = composed? else { return Ok(()) };
        let sent = tokio::time::timeout(SEND_LIMIT, self.mailer.send(&recipient, &message)).await;
        let Err(fault) = sent.unwrap_or(Err(SendFault::Unknown)) else { return Ok(()) };
        let error = DeliveryError::Send(fault);
        match error.remedy() {
            Remedy::GiveBack => match self.outbox.give_back(&pending.row, number).await {
                Ok(()) => Err(error),
                Err(fault) => Err(DeliveryError::Kept(Box::new(error), fault)),
            },
            Remedy::TryAgain | Remedy::Wait | Remedy::None => Err(error),
        }
    }

    /// Returns a token that no other claim has. The number of the claim makes it differ from those of
    /// the same batch, in which a record may stand twice.
    fn token(&self, invocation: Invocation) -> ClaimToken {
        let claim = self.claims.fetch_add(1, Ordering::Relaxed);
        ClaimToken::new(invocation.random.wrapping_add(claim).to_be_bytes())
    }

    /// Composes the mail of a message; `None` if no mail is to be sent.
    async fn compose(
        &self,
        pending: &PendingMessage,
        now: u64,
    ) -> Result<Option<(Recipient, Message)>, DeliveryError> {
        let decided = decide(pending, &self.policy, now);
        let (recipient, language, digits, minutes, long_minutes, topic) = match decided {
            DeliveryDecision::Send {
                recipient,
                language,
                digits,
                minutes,
                long_minutes,
                topic,
            } => (recipient, language, digits, minutes, long_minutes, topic),
            DeliveryDecision::NoRecipient => return Ok(None),
            DeliveryDecision::Expired => return Err(DeliveryError::Expired),
            DeliveryDecision::UnknownClient => return Err(DeliveryError::UnknownClient),
            DeliveryDecision::UnusableAddress => return Err(DeliveryError::UnusableAddress),
            DeliveryDecision::UnknownRedirect => return Err(DeliveryError::UnknownRedirect),
        };
        let key = self.key(pending.challenge.key_version, now).await?;
        let topic = match topic {
            TopicPlan::Code => Topic::Code,
            TopicPlan::Link(plan) => Topic::Link(self.link(pending, &key, &plan)),
            TopicPlan::Directory(occasion) => Topic::Directory(occasion),
        };
        let addressee = self.addressee(pending);
        let short = || code::short(&key, &pending.challenge, addressee, digits);
        let long = code::long(&key, &pending.challenge, addressee);
        let notice = Notice {
            topic,
            client: self.policy.client_names.get(&pending.client).map(String::as_str),
            application: self.policy.application.as_deref(),
            short_code: minutes.map(|minutes| TimedCode { code: short(), minutes }),
            long_code: TimedCode { code: code::grouped(&long), minutes: long_minutes },
            mark: mark(&pending.session),
            issued: pending.challenge.issued,
        };
        let message = message::compose(&notice, language).map_err(DeliveryError::Render)?;
        Ok(Some((recipient, message)))
    }

    async fn key(&self, version: u16, now: u64) -> Result<CodeKey, DeliveryError> {
        let key = self.keys.key(version, now).await.map_err(DeliveryError::Key)?;
        key.ok_or(DeliveryError::NoKey(version))
    }

    /// Returns the link of a message.
    fn link(&self, pending: &PendingMessage, key: &CodeKey, plan: &LinkPlan) -> Link {
        let name = &pending.outgoing.user_name;
        let addressee = self.addressee(pending);
        let fragment = link::fragment(key, &pending.challenge, plan.binding, addressee, name);
        Link { address: link::address(&plan.redirect, &fragment), minutes: plan.minutes }
    }

    fn addressee<'a>(&'a self, pending: &'a PendingMessage) -> Addressee<'a> {
        let pool = self.policy.scope.pool();
        let Outgoing { sub, destination, user_name, .. } = &pending.outgoing;
        match Occasion::from_client(&pending.client) {
            Some(occasion) => occasion.addressee(pool, user_name, sub),
            None => Addressee { pool, client: &pending.client, sub, destination },
        }
    }
}

/// Time and randomness of one invocation.
#[derive(Clone, Copy)]
struct Invocation {
    /// In seconds since 1970.
    now: u64,
    random: u64,
}

impl Invocation {
    /// Returns the upper bits of the random number.
    fn jitter(self) -> u16 {
        let [high, low, ..] = self.random.to_be_bytes();
        u16::from_be_bytes([high, low])
    }
}

/// A record that failed.
struct FailedRecord {
    id: String,
    age: Duration,
}

fn failed(record: &Record, now: u64) -> FailedRecord {
    FailedRecord { id: record.id.clone(), age: age(record.written, now) }
}

/// Returns the age of a record at `now`.
fn age(written: u64, now: u64) -> Duration {
    Duration::from_secs(now.saturating_sub(written))
}

/// Logs the failure of a record and decides if it comes again.
fn report(id: &str, error: &DeliveryError, age: Duration) -> Next {
    let next = next(error.remedy(), age);
    let outcome = match next {
        Next::Again => "a message was not sent",
        Next::GivenUp => "a message was given up",
    };
    tracing::error!(
        target: "lifeguard", record = id, code = error.code(),
        "{outcome}: {}", chain(error)
    );
    next
}
