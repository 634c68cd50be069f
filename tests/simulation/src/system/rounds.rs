//! The rounds of a sign-in, as Cognito plays them.

use lifeguard_sign_in::client_policy::Method;

use super::System;
use super::invocations::{Defined, Verified};
use crate::clause::Clause;
use crate::cognito::Session;

/// One invocation in so many happens twice.
const TWICE: u64 = 10;
/// Seconds after which Cognito invokes a function again that has not answered.
const PATIENCE: u64 = 5;

/// The way in which a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call<T> {
    /// It answered.
    Done(T),
    /// An injected fault hit it.
    Disturbed,
}

/// State of a sign-in after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has tokens.
    SignedIn,
    /// It takes another answer.
    GoesOn,
    /// It has failed.
    Failed,
}

impl System {
    /// Starts a sign-in: define, create, and for two rounds the client's choice of a method.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn start(&mut self, client: usize, asked: Method) -> Result<Call<Session>, Clause> {
        let rules = &self.functions.deployment.clients[client];
        let (asks, password_first) = (rules.asks_for_method, rules.password_first);
        let mut session = Session::new(client, password_first, asked);
        self.define(&session)?;
        if let Call::Disturbed = self.challenge(&mut session).await? {
            return Ok(Call::Disturbed);
        }
        if asks {
            let Verified { right, .. } = self.verify(&session, "__choice__").await?;
            session.answered(right);
            self.define(&session)?;
            if let Call::Disturbed = self.challenge(&mut session).await? {
                return Ok(Call::Disturbed);
            }
        }
        self.look_at(client, &session)?;
        Ok(Call::Done(session))
    }

    /// Looks at a session that has just started.
    fn look_at(&mut self, client: usize, session: &Session) -> Result<(), Clause> {
        let Some(ticket) = session.ticket() else {
            return Err(Clause::Fault("a round has no ticket".to_owned()));
        };
        let mark = session.mark().unwrap_or_default();
        self.enter(client, ticket.challenge.number, ticket.origin, mark)
    }

    /// Creates the challenge of a round, now and then in two invocations: either reply may count.
    async fn challenge(&mut self, session: &mut Session) -> Result<Call<()>, Clause> {
        let invocations = 1 + u64::from(self.random.once_in(TWICE));
        let counts = self.random.below(invocations);
        let mut response = None;
        for invocation in 0..invocations {
            let created = self.create(session).await?;
            if invocation == counts {
                response = created;
            }
        }
        Ok(match response {
            Some(response) => {
                session.challenged(response);
                Call::Done(())
            }
            None => Call::Disturbed,
        })
    }

    /// Judges an answer, now and then in two invocations of one event, and lets
    /// define-auth-challenge go on.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn answer(
        &mut self,
        session: &mut Session,
        answer: &str,
    ) -> Result<Call<Outcome>, Clause> {
        let mut verified = self.verify(session, answer).await?;
        if self.random.once_in(TWICE) {
            verified = self.verify_again(session, answer, verified).await?;
        }
        session.answered(verified.right);
        self.note(|| format!("an answer: {verified:?}"));
        match (self.define(session)?, verified) {
            (Defined::Tokens, Verified { right: true, .. }) => Ok(Call::Done(Outcome::SignedIn)),
            (Defined::Tokens, _) => Err(Clause::WrongAnswer),
            (Defined::Failure, Verified { right: true, .. }) => {
                Err(Clause::Fault("a right answer got no tokens".to_owned()))
            }
            (_, Verified { disturbed: true, .. }) => Ok(Call::Disturbed),
            (Defined::Failure, _) => Ok(Call::Done(Outcome::Failed)),
            (Defined::Challenge, _) => match self.create(session).await? {
                Some(response) => {
                    session.challenged(response);
                    Ok(Call::Done(Outcome::GoesOn))
                }
                None => Ok(Call::Disturbed),
            },
        }
    }

    /// Invokes verify a second time with the same event; the later reply counts.
    async fn verify_again(
        &mut self,
        session: &Session,
        answer: &str,
        first: Verified,
    ) -> Result<Verified, Clause> {
        let pause = PATIENCE + self.random.below(PATIENCE);
        self.paused += pause;
        self.advance(self.now + pause).await?;
        let second = self.verify(session, answer).await?;
        match (first, second) {
            (Verified { right: true, .. }, Verified { right: false, disturbed: false }) => {
                Err(Clause::Verdict)
            }
            (_, Verified { disturbed: true, .. }) => Ok(second),
            (Verified { disturbed, .. }, Verified { right, .. }) => {
                Ok(Verified { right, disturbed: disturbed && !right })
            }
        }
    }
}
