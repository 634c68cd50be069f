//! Delivery of mails: one invocation of `deliver-message` for the oldest records of a row.

use serde_json::Value;

use super::{Arrived, System};
use crate::clause::Clause;
use crate::mail::Mail;
use crate::stream::StreamRecord;

/// One delivery in so many happens twice.
const TWICE: u64 = 40;
/// Most seconds from the mail service to the mailbox.
const TRANSIT: u64 = 12;
/// Mails that a mailbox keeps.
const KEPT: usize = 40;

impl<F> System<F> {
    /// Puts the record of an issued challenge on the stream of a client.
    pub(super) fn push_record(&mut self, client: usize, number: u32, image: Value) {
        let span = self.hazards.span(&mut self.random);
        let latency = self.random.below(3);
        let record = StreamRecord::new(number, self.now, self.now + span, image);
        self.places[client].queue.push(record, latency);
    }

    /// Puts the record of a challenge without a mail on the stream of a client.
    pub(super) fn push_idle_record(&mut self, client: usize, number: u32, image: Value) {
        let latency = self.random.below(3);
        let record = StreamRecord::without_mail(number, self.now, image);
        self.places[client].queue.push(record, latency);
    }

    /// Invokes `deliver-message` for a client.
    pub(super) async fn deliver(&mut self, client: usize) -> Result<(), Clause> {
        let queue = &self.places[client].queue;
        let Some(oldest) = queue.records.front() else { return Ok(()) };
        if oldest.is_too_old(self.now) {
            return self.leaves(client, None);
        }
        let size = queue.batch(self.now);
        self.service.throttle(self.now < oldest.throttled_until);
        let event = queue.event(size);
        let twice = self.random.once_in(TWICE).then(|| event.clone());
        let (failed, wait, disturbed) = self.invoke_deliver(event).await?;
        for record in self.places[client].queue.records.iter_mut().take(size) {
            record.disturbed |= disturbed;
        }
        let mail = self.service.take().pop();
        for _ in failed..size {
            self.leaves(client, mail.clone())?;
        }
        self.places[client].queue.due = self.now + wait;
        match twice {
            Some(event) if failed == 0 && !disturbed => self.deliver_again(event).await,
            _ => Ok(()),
        }
    }

    /// Streams deliver more than once.
    async fn deliver_again(&mut self, event: Value) -> Result<(), Clause> {
        self.service.throttle(false);
        self.invoke_deliver(event).await?;
        match self.service.take().is_empty() {
            true => Ok(()),
            false => Err(Clause::MailTwice(0)),
        }
    }

    /// One invocation. Returns the number of records that failed, the seconds until they come
    /// again, and true if an injected fault hit it.
    async fn invoke_deliver(&mut self, event: Value) -> Result<(usize, u64, bool), Clause> {
        let armed = self.arm(1);
        let now = self.instance_now();
        // The sender counts its claims, so the bits of the jitter alone are drawn.
        let random = self.random.below(1 << 16) << 48;
        let answer = self.sender.handle(event, now, random).await;
        let disturbed = armed && self.faults.has_struck();
        let reply = answer.map_err(super::changes::fault)?;
        let wait = reply.wait().as_secs_f64().ceil() as u64;
        let payload = reply.into_payload();
        let failed = payload["batchItemFailures"].as_array().map_or(0, Vec::len);
        Ok((failed, wait, disturbed))
    }

    /// The oldest record leaves the stream, with its mail or without.
    fn leaves(&mut self, client: usize, mail: Option<Mail>) -> Result<(), Clause> {
        let transit = self.random.below(TRANSIT).min(self.random.below(TRANSIT));
        let (now, place) = (self.now, &mut self.places[client]);
        let Some(record) = place.queue.records.pop_front() else { return Ok(()) };
        let StreamRecord { number, written, disturbed, has_mail, .. } = record;
        if !has_mail {
            return match mail {
                None => Ok(()),
                Some(_) => Err(Clause::Fault("an address without a use got a mail".to_owned())),
            };
        }
        let Some(mail) = mail else {
            place.lost.insert(number);
            self.note(|| format!("mail {number} is lost"));
            return match disturbed {
                true => Ok(()),
                false => Err(Clause::Mail(number, now - written)),
            };
        };
        place.ledger.send(now, number)?;
        if place.marks.remove(&number).is_some_and(|mark| mark != mail.mark) {
            return Err(Clause::MarkOfMail);
        }
        let due = place.owed.extract_if(.., |(of, _)| *of == number);
        if due.into_iter().any(|(_, answer)| !mail.fits(&answer)) {
            return Err(Clause::WrongAnswer);
        }
        if place.mailbox.len() > KEPT {
            place.mailbox.drain(..KEPT / 2);
        }
        place.mailbox.push(Arrived { number, at: now + transit, mail });
        self.note(|| format!("mail {number} of client {client} arrives in {transit} s"));
        Ok(())
    }
}
