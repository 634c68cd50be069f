//! Cognito's part of a custom sign-in: it carries events and answers between the functions.

use std::cell::RefCell;

use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::ticket::Ticket;
use serde_json::{Value, json};

use crate::deployment::Client;

/// The attributes that the functions read.
const READ: [&str; 4] = ["sub", "email", "email_verified", "locale"];

/// The sample events of the three challenge triggers, for one user and one client.
pub struct Events {
    define: Value,
    create: Value,
    verify: Value,
}

impl Events {
    /// Patches the sample events for a client.
    #[must_use]
    pub fn new(client: &Client, user_name: &str) -> Self {
        let patched = |name: &'static str| {
            let mut event = sample(name);
            event["userName"] = user_name.into();
            event["callerContext"]["clientId"] = client.id.as_str().into();
            let attributes = &mut event["request"]["userAttributes"];
            attributes["sub"] = user_name.into();
            // The others are copied at each of some ten million calls, and no function reads them.
            attributes
                .as_object_mut()
                .expect("attributes are an object")
                .retain(|name, _| READ.contains(&name.as_str()));
            event
        };
        Self {
            define: patched("DefineAuthChallenge_Authentication"),
            create: patched("CreateAuthChallenge_Authentication"),
            verify: patched("VerifyAuthChallengeResponse_Authentication"),
        }
    }
}

/// Reads a sample event once in each thread.
fn sample(name: &'static str) -> Value {
    thread_local! {
        static SAMPLES: RefCell<Vec<(&'static str, Value)>> = const { RefCell::new(Vec::new()) };
    }
    SAMPLES.with_borrow_mut(|read| match read.iter().find(|(known, _)| *known == name) {
        Some((_, event)) => event.clone(),
        None => {
            let event = lifeguard_testkit::event(name);
            read.push((name, event.clone()));
            event
        }
    })
}

/// One sign-in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Place of its client.
    pub client: usize,
    /// The method that it asks for.
    pub asked: Method,
    rounds: Vec<Value>,
    challenge: Value,
}

impl Session {
    /// Begins a sign-in; with a password first, the password was right.
    #[must_use]
    pub fn new(client: usize, password_first: bool, asked: Method) -> Self {
        let round = |name: &str| json!({"challengeName": name, "challengeResult": true, "challengeMetadata": null});
        let rounds = match password_first {
            true => vec![round("SRP_A"), round("PASSWORD_VERIFIER")],
            false => Vec::new(),
        };
        Self { client, asked, rounds, challenge: Value::Null }
    }

    /// The event for define-auth-challenge.
    #[must_use]
    pub fn define_event(&self, events: &Events) -> Value {
        self.with_rounds(&events.define)
    }

    /// The event for create-auth-challenge; after the first of two rounds it carries the client's
    /// choice.
    #[must_use]
    pub fn create_event(&self, events: &Events) -> Value {
        let mut event = self.with_rounds(&events.create);
        event["request"]["clientMetadata"] = self.metadata();
        event
    }

    /// The event for verify-auth-challenge with an answer.
    #[must_use]
    pub fn verify_event(&self, events: &Events, answer: &str) -> Value {
        let mut event = events.verify.clone();
        let request = &mut event["request"];
        request["privateChallengeParameters"] =
            self.challenge["privateChallengeParameters"].clone();
        request["challengeAnswer"] = answer.into();
        request["clientMetadata"] = self.metadata();
        event
    }

    /// Keeps the challenge of this round.
    pub fn challenged(&mut self, response: Value) {
        self.challenge = response;
    }

    /// Ends the round with a verdict.
    pub fn answered(&mut self, right: bool) {
        self.rounds.push(json!({
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeResult": right,
            "challengeMetadata": self.challenge["challengeMetadata"],
        }));
    }

    /// The ticket of the challenge; `None` in the round that asks for the method.
    #[must_use]
    pub fn ticket(&self) -> Option<Ticket> {
        Ticket::decode(self.challenge["challengeMetadata"].as_str()?)
    }

    /// The letters that the page shows.
    #[must_use]
    pub fn mark(&self) -> Option<&str> {
        self.challenge["publicChallengeParameters"]["mark"].as_str()
    }

    fn metadata(&self) -> Value {
        let mut metadata = json!({"signInMethod": self.asked.name()});
        if self.asked == Method::MagicLink {
            metadata["redirectUri"] = "https://app.example.net/".into();
        }
        metadata
    }

    fn with_rounds(&self, event: &Value) -> Value {
        let mut event = event.clone();
        event["request"]["session"] = self.rounds.clone().into();
        event
    }
}
