#![doc = include_str!("../README.md")]

mod batch;
pub mod delivery_decision;
mod delivery_error;
pub mod mailer;
pub mod message;
pub mod notice;
pub mod recipient;
pub mod settings;
mod templates;

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
use crate::delivery_decision::{DeliveryDecision, LinkPlan, TopicPlan, decide};
use crate::delivery_error::{DeliveryError, Remedy};
use crate::mailer::{Mailer, SendFault};
use crate::message::Message;
use crate::notice::{Link, Notice, Topic};
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
}

impl<Table: Outbox, Service: Mailer, Source: KeySource> Sender<Table, Service, Source> {
    /// Creates a sender of the messages in `outbox` through `mailer`.
    #[must_use]
    pub fn new(policy: Policy, outbox: Table, mailer: Service, keys: CodeKeys<Source>) -> Self {
        Self { policy, outbox, mailer, keys }
    }

    /// Delivers the messages of one batch; `now` is in seconds since 1970.
    ///
    /// # Errors
    /// A fault if the event does not come from a stream.
    pub async fn handle(&self, event: Value, now: u64) -> Answer {
        let batch = Batch::parse(&event)?;
        let mut failed = Vec::new();
        for (id, error) in batch.unreadable {
            report(&id, &error);
            match error.remedy() {
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

    /// Delivers the messages of one row in turn; returns the records that are to come again.
    async fn deliver_row(&self, records: Vec<Record>, now: u64) -> Vec<String> {
        let mut records = records.into_iter();
        while let Some(Record { id, due }) = records.next() {
            let Err(error) = self.deliver(&due, now).await else {
                continue;
            };
            report(&id, &error);
            match error.remedy() {
                Remedy::None => {}
                Remedy::GiveBack | Remedy::TryAgain => {
                    let later = records.map(|record| record.id);
                    return std::iter::once(id).chain(later).collect();
                }
            }
        }
        Vec::new()
    }

    /// Claims a message and sends it. The mail is composed before the claim, so that a missing key
    /// costs no claim; and the message is claimed even if nothing will be sent, because the claim
    /// also removes the address from the row.
    async fn deliver(&self, due: &PendingMessage, now: u64) -> Result<(), DeliveryError> {
        let composed = match self.compose(due, now).await {
            Err(error) if error.remedy() == Remedy::TryAgain => return Err(error),
            composed => composed,
        };
        let number = due.challenge.number;
        let claim = self.outbox.claim(&due.row, number).await;
        match claim.map_err(DeliveryError::Claim)? {
            Claim::Taken => return Ok(()),
            Claim::Ours => {}
        }
        let Some((recipient, message)) = composed? else { return Ok(()) };
        let sent = tokio::time::timeout(SEND_LIMIT, self.mailer.send(&recipient, &message)).await;
        let Err(fault) = sent.unwrap_or(Err(SendFault::Unknown)) else { return Ok(()) };
        let error = DeliveryError::Send(fault);
        match error.remedy() {
            Remedy::GiveBack => match self.outbox.give_back(&due.row, number).await {
                Ok(()) => Err(error),
                Err(fault) => Err(DeliveryError::Kept(Box::new(error), fault)),
            },
            Remedy::TryAgain | Remedy::None => Err(error),
        }
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
        let notice = Notice {
            topic,
            client: self.policy.client_names.get(&pending.client).map(String::as_str),
            application: self.policy.application.as_deref(),
            code: code::short(&key, &pending.challenge, self.addressee(pending), digits),
            minutes,
            long_code: code::grouped(&code::long(
                &key,
                &pending.challenge,
                self.addressee(pending),
            )),
            long_minutes,
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

fn report(id: &str, error: &DeliveryError) {
    tracing::error!(
        target: "lifeguard", trigger = "deliver-message", record = id,
        "a message was not sent: {}", chain(error)
    );
}
