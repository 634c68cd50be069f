//! Deliver message: sends the mail that a challenge asked for.
//!
//! Called with records of the challenge table's stream, off the path of the sign-in.
//! It answers which records are to come again; a fault lets the whole batch come again.
//! Contract: <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>
//!
//! A message may be lost, but is never doubled: its number is claimed in the row before anything
//! else, and the claim is given back only if the mail certainly did not leave. That also holds
//! where the batch comes again as a whole.
//!
//! Rows do not wait for each other. The messages of one row go out in the order of the stream: if
//! one is to come again, the later ones of its row come again with it, because claiming a later
//! number would end the earlier one's turn for good. An expired message holds up no other, so a row
//! never stands still for longer than a long code lives.

mod batch;
pub mod fate;
pub mod mailer;
pub mod message;
pub mod recipient;
pub mod settings;
mod templates;
mod trouble;

use std::time::Duration;

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
use lifeguard_store::outbox::Claim;
use lifeguard_store::stream::PendingMessage;
use serde_json::Value;

use crate::batch::{Batch, Record};
use crate::fate::{Fate, LinkPlan, TopicPlan};
use crate::mailer::{Mailer, SendFault};
use crate::message::{Link, Message, Notice, Topic};
use crate::recipient::Recipient;
use crate::trouble::{Remedy, Trouble};

/// How long the mail service may take: longer than the one attempt of its client, and short
/// enough to answer for the other rows in time.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Sends the messages of the outbox.
pub struct Sender<Table, Service, Source> {
    policy: Policy,
    outbox: Table,
    mailer: Service,
    keys: CodeKeys<Source>,
}

impl<Table: Outbox, Service: Mailer, Source: KeySource> Sender<Table, Service, Source> {
    /// A sender of messages in `outbox` through `mailer`.
    #[must_use]
    pub fn new(policy: Policy, outbox: Table, mailer: Service, keys: CodeKeys<Source>) -> Self {
        Self { policy, outbox, mailer, keys }
    }

    /// Delivers the messages of one batch; `now` is in seconds since 1970.
    ///
    /// # Errors
    /// A fault if the event is not one of a stream.
    pub async fn handle(&self, event: Value, now: u64) -> Answer {
        let batch = Batch::read(&event)?;
        let mut failed = Vec::new();
        for (id, trouble) in batch.unreadable {
            report(&id, &trouble);
            match trouble.remedy() {
                Remedy::None => {}
                Remedy::GiveBack | Remedy::TryAgain => failed.push(id),
            }
        }
        let rows = batch.rows.into_values();
        failed.extend(join_all(rows.map(|records| self.deliver_row(records, now))).await.concat());
        let outcome = match failed.as_slice() {
            [] => "done",
            _ => "partly",
        };
        Ok(Reply::new(batch::answer(&failed), outcome))
    }

    /// Delivers the messages of one row in turn; what comes back is to come again.
    async fn deliver_row(&self, records: Vec<Record>, now: u64) -> Vec<String> {
        let mut records = records.into_iter();
        while let Some(Record { id, due }) = records.next() {
            let Err(trouble) = self.deliver(&due, now).await else {
                continue;
            };
            report(&id, &trouble);
            match trouble.remedy() {
                Remedy::None => {}
                Remedy::GiveBack | Remedy::TryAgain => {
                    let later = records.map(|record| record.id);
                    return std::iter::once(id).chain(later).collect();
                }
            }
        }
        Vec::new()
    }

    /// Claims a message and sends it. It is composed before it is claimed, so that a key that
    /// cannot be had costs no claim; and it is claimed even if nothing will be sent, because that
    /// also removes the address from the row.
    async fn deliver(&self, due: &PendingMessage, now: u64) -> Result<(), Trouble> {
        let composed = match self.compose(due, now).await {
            Err(trouble) if trouble.remedy() == Remedy::TryAgain => return Err(trouble),
            composed => composed,
        };
        let number = due.challenge.number;
        let claim = self.outbox.claim(&due.row, number).await;
        match claim.map_err(Trouble::Claim)? {
            Claim::Taken => return Ok(()),
            Claim::Ours => {}
        }
        let Some((recipient, message)) = composed? else { return Ok(()) };
        let sent = tokio::time::timeout(PATIENCE, self.mailer.send(&recipient, &message)).await;
        let Err(fault) = sent.unwrap_or(Err(SendFault::Unknown)) else { return Ok(()) };
        let trouble = Trouble::Send(fault);
        match trouble.remedy() {
            Remedy::GiveBack => match self.outbox.give_back(&due.row, number).await {
                Ok(()) => Err(trouble),
                Err(fault) => Err(Trouble::Kept(Box::new(trouble), fault)),
            },
            Remedy::TryAgain | Remedy::None => Err(trouble),
        }
    }

    /// The message and who gets it; `None` if nobody is to be written to.
    async fn compose(
        &self,
        due: &PendingMessage,
        now: u64,
    ) -> Result<Option<(Recipient, Message)>, Trouble> {
        let decided = fate::decide(due, &self.policy, now);
        let (recipient, language, digits, minutes, long_minutes, topic) = match decided {
            Fate::Send { recipient, language, digits, minutes, long_minutes, topic } => {
                (recipient, language, digits, minutes, long_minutes, topic)
            }
            Fate::Nobody => return Ok(None),
            Fate::Expired => return Err(Trouble::Expired),
            Fate::UnknownClient => return Err(Trouble::UnknownClient),
            Fate::NoAddress => return Err(Trouble::NoAddress),
            Fate::NoRedirect => return Err(Trouble::NoRedirect),
        };
        let key = self.key(due.challenge.key_version, now).await?;
        let topic = match topic {
            TopicPlan::Code => Topic::Code,
            TopicPlan::Link(plan) => Topic::Link(self.link(due, &key, &plan)),
            TopicPlan::Directory(occasion) => Topic::Directory(occasion),
        };
        let notice = Notice {
            topic,
            application: self.policy.application.as_deref(),
            code: code::short(&key, &due.challenge, self.addressee(due), digits),
            minutes,
            long_code: code::grouped(&code::long(&key, &due.challenge, self.addressee(due))),
            long_minutes,
            mark: mark(&due.session),
            issued: due.challenge.issued,
        };
        Ok(Some((recipient, message::compose(&notice, language))))
    }

    async fn key(&self, version: u16, now: u64) -> Result<CodeKey, Trouble> {
        let key = self.keys.key(version, now).await.map_err(Trouble::Key)?;
        key.ok_or(Trouble::NoKey(version))
    }

    /// The link of a message.
    fn link(&self, due: &PendingMessage, key: &CodeKey, plan: &LinkPlan) -> Link {
        let name = &due.outgoing.user_name;
        let addressee = self.addressee(due);
        let fragment = link::fragment(key, &due.challenge, plan.binding, addressee, name);
        Link { address: link::address(&plan.redirect, &fragment), minutes: plan.minutes }
    }

    fn addressee<'a>(&'a self, due: &'a PendingMessage) -> Addressee<'a> {
        let pool = self.policy.scope.pool();
        let Outgoing { sub, destination, user_name, .. } = &due.outgoing;
        match Occasion::from_client(&due.client) {
            Some(occasion) => occasion.addressee(pool, user_name, sub),
            None => Addressee { pool, client: &due.client, sub, destination },
        }
    }
}

fn report(id: &str, trouble: &Trouble) {
    tracing::error!(
        target: "lifeguard", trigger = "deliver-message", record = id,
        "a message was not sent: {}", chain(trouble)
    );
}
