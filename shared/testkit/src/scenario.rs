//! A sign-in as Cognito drives it: the events of its triggers, and the rounds between them.

use lifeguard_sign_in::ticket::Ticket;
use serde_json::{Value, json};

use crate::events::with;
use crate::user::User;

/// One sign-in of a user: builds the event of each trigger from the sample events and keeps the
/// session, as Cognito does.
#[derive(Clone, Debug)]
pub struct Scenario {
    define: Value,
    create: Value,
    verify: Value,
    rounds: Vec<Value>,
    challenge: Value,
}

impl Scenario {
    /// Starts a sign-in.
    #[must_use]
    pub fn new(user: &User) -> Self {
        Self {
            define: user.event("DefineAuthChallenge_Authentication"),
            create: user.event("CreateAuthChallenge_Authentication"),
            verify: user.event("VerifyAuthChallengeResponse_Authentication"),
            rounds: Vec::new(),
            challenge: Value::Null,
        }
    }

    /// Returns the event of the define function, with the rounds until now.
    #[must_use]
    pub fn define_event(&self) -> Value {
        self.with_rounds(&self.define)
    }

    /// Returns the event of the create function, with the rounds until now.
    #[must_use]
    pub fn create_event(&self) -> Value {
        self.with_rounds(&self.create)
    }

    fn with_rounds(&self, event: &Value) -> Value {
        with(event.clone(), "/request/session", self.rounds.clone())
    }

    /// Returns the event of the verify function, with this answer to the challenge of the round.
    #[must_use]
    pub fn verify_event(&self, answer: &str) -> Value {
        let kept = self.challenge["privateChallengeParameters"].clone();
        let event = with(self.verify.clone(), "/request/privateChallengeParameters", kept);
        with(event, "/request/challengeAnswer", answer)
    }

    /// Returns the same sign-in with this response of the create function as its challenge.
    #[must_use]
    pub fn challenged(&self, challenge: Value) -> Self {
        Self { challenge, ..self.clone() }
    }

    /// Returns the same sign-in with the challenge of this ticket.
    #[must_use]
    pub fn challenged_by(&self, ticket: &Ticket) -> Self {
        let metadata = ticket.encode().expect("a method of the tests has a name");
        self.challenged(json!({
            "privateChallengeParameters": {"challenge": metadata},
            "challengeMetadata": metadata,
        }))
    }

    /// Ends the round with this verdict of the verify function.
    pub fn judged(&mut self, right: bool) {
        self.rounds.push(json!({
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeResult": right,
            "challengeMetadata": self.challenge["challengeMetadata"],
        }));
    }

    /// Returns the metadata of the challenge, which the session keeps.
    ///
    /// # Panics
    /// If the sign-in has no challenge.
    #[must_use]
    pub fn metadata(&self) -> &str {
        self.challenge["challengeMetadata"].as_str().expect("a challenge was made")
    }

    /// Returns the ticket of the challenge.
    ///
    /// # Panics
    /// If the sign-in has no challenge of the create function.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        Ticket::decode(self.metadata()).expect("the challenge has a ticket")
    }

    /// True if the last answer was right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.rounds.last().is_some_and(|round| round["challengeResult"] == true)
    }
}
