//! One invocation of each challenge function, and what it changed.

use create_auth_challenge::ClockAndRandomness;
use serde_json::Value;

use super::System;
use super::changes::fault;
use crate::clause::Clause;
use crate::cognito::Session;

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
        let event = session.define_event(&self.functions.events[session.client]);
        let answer = define_auth_challenge::handle(&self.functions.deployment.define, event);
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
        let event = session.create_event(&self.functions.events[client]);
        let now = self.instance_now();
        let (id, nonce) = (self.random.bytes(), self.random.bytes());
        let fresh = ClockAndRandomness { now, id, nonce };
        let armed = self.arm(1);
        let settings = &self.functions.deployment.create;
        let answer = create_auth_challenge::handle(settings, &self.table, event, fresh).await;
        let disturbed = armed && self.faults.has_struck();
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
        let event = session.verify_event(&self.functions.events[client], answer);
        let armed = self.arm(1);
        let settings = &self.functions.deployment.verify;
        let reply =
            verify_auth_challenge::handle(settings, &self.table, &self.functions.keys, event, now)
                .await;
        let reply = reply.map_err(fault)?;
        let disturbed = armed && self.faults.has_struck();
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
}
