//! One invocation of each challenge function, and what it changed.

use create_auth_challenge::ClockAndRandomness;
use serde_json::Value;

use super::System;
use crate::clause::Clause;
use crate::cognito::Session;
use crate::table::Change;

/// Decision of define-auth-challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defined {
    /// Another challenge.
    Challenge,
    /// Tokens.
    Tokens,
    /// The end of the sign-in.
    Failure,
}

/// Result of verify-auth-challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verified {
    /// True for a right answer.
    pub(super) right: bool,
    /// True if an injected fault hit the invocation.
    pub(super) disturbed: bool,
}

impl System {
    /// Invokes define-auth-challenge.
    pub(super) fn define(&self, session: &Session) -> Result<Defined, Clause> {
        let event = session.define_event(&self.places[session.client].events);
        let answer = define_auth_challenge::handle(&self.deployment.define, event);
        let payload = answer.map_err(fault)?.into_payload();
        let response = &payload["response"];
        Ok(match (&response["issueTokens"], &response["failAuthentication"]) {
            (Value::Bool(true), _) => Defined::Tokens,
            (_, Value::Bool(true)) => Defined::Failure,
            _ => Defined::Challenge,
        })
    }

    /// Invokes create-auth-challenge. Returns its response; `None` if an injected fault hit it.
    pub(super) async fn create(&mut self, session: &Session) -> Result<Option<Value>, Clause> {
        let client = session.client;
        let event = session.create_event(&self.places[client].events);
        let now = self.instance_now();
        let (id, nonce) = (self.random.bytes(), self.random.bytes());
        let fresh = ClockAndRandomness { now, id, nonce };
        let armed = self.arm();
        let settings = &self.deployment.create;
        let answer = create_auth_challenge::handle(settings, &self.table, event, fresh).await;
        let disturbed = armed && self.table.has_failed();
        self.changed(client, "")?;
        match answer {
            Ok(reply) => Ok(Some(reply.into_payload()["response"].take())),
            Err(_) if disturbed => Ok(None),
            Err(failure) => Err(fault(failure)),
        }
    }

    /// Invokes verify-auth-challenge.
    pub(super) async fn verify(
        &mut self,
        session: &Session,
        answer: &str,
    ) -> Result<Verified, Clause> {
        let client = session.client;
        let now = self.instance_now();
        let event = session.verify_event(&self.places[client].events, answer);
        let armed = self.arm();
        let settings = &self.deployment.verify;
        let reply =
            verify_auth_challenge::handle(settings, &self.table, &self.keys, event, now).await;
        let reply = reply.map_err(fault)?;
        let disturbed = armed && self.table.has_failed();
        if reply.code() == "Fault" && !disturbed {
            return Err(Clause::Fault("an answer met a fault".to_owned()));
        }
        let right = reply.into_payload()["response"]["answerCorrect"] == true;
        self.changed(client, answer)?;
        let number = session.ticket().map(|ticket| ticket.challenge.number);
        if right && !self.is_right(client, number, answer) {
            return Err(Clause::WrongAnswer);
        }
        Ok(Verified { right, disturbed })
    }

    /// Enters what an invocation at a client changed.
    fn changed(&mut self, client: usize, answer: &str) -> Result<(), Clause> {
        for change in self.table.take() {
            let now = self.now;
            let ledger = &mut self.places[client].ledger;
            match change {
                Change::Issued(number, image) => {
                    ledger.issue(now, number)?;
                    self.push_record(client, number, image);
                }
                Change::Wrong => ledger.guess(now)?,
                Change::Right(number) => {
                    ledger.success(now, number)?;
                    if !self.is_right(client, Some(number), answer) {
                        return Err(Clause::WrongAnswer);
                    }
                }
            }
        }
        Ok(())
    }

    /// True if a mail of the client holds the answer, or if the mail of this challenge was not sent
    /// yet: then the answer is compared when it is.
    fn is_right(&mut self, client: usize, number: Option<u32>, answer: &str) -> bool {
        let place = &mut self.places[client];
        if place.mailbox.iter().rev().any(|arrived| arrived.mail.fits(answer)) {
            return true;
        }
        let pending = number.filter(|number| {
            let sent = place.mailbox.iter().any(|arrived| arrived.number == *number);
            !sent && !place.lost.contains(number)
        });
        place.owed.extend(pending.map(|number| (number, answer.to_owned())));
        pending.is_some()
    }
}

/// The clause that a failure breaks which nothing caused.
pub(super) fn fault(failure: lifeguard_runtime::Failure) -> Clause {
    Clause::Fault(format!("{failure:?}"))
}
