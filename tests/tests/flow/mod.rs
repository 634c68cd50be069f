//! The functions of a sign-in as libraries, on any store, with a mail service and a secret of
//! their own.
#![allow(dead_code, reason = "each test file uses a part of it")]

#[path = "../../../functions/deliver-message/tests/support/mail_service.rs"]
mod mail_service;

use std::sync::atomic::{AtomicU64, Ordering};

use create_auth_challenge::ClockAndRandomness;
use deliver_message::Sender;
use lifeguard_aws::CodeKeys;
use lifeguard_runtime::Answer;
use lifeguard_store::Outbox;
use lifeguard_store::challenges::Challenges;
use lifeguard_testkit::fixtures::settings;
use lifeguard_testkit::{KeySecret, Mailbox, Scenario};
use serde_json::{Value, json};

use self::mail_service::MailService;

/// In place of the random bytes of an invocation, so that a run can be repeated.
static DELIVERIES: AtomicU64 = AtomicU64::new(0);

/// The functions of one deployment.
pub(crate) struct Functions {
    define: define_auth_challenge::settings::Settings,
    create: create_auth_challenge::settings::Settings,
    verify: verify_auth_challenge::settings::Settings,
    /// The code key in Secrets Manager.
    pub(crate) secret: KeySecret,
    /// The mail service.
    pub(crate) mail: Mailbox,
}

impl Functions {
    /// Creates functions with this `POLICY`.
    pub(crate) fn new(policy: &str) -> Self {
        Self {
            define: settings(policy, define_auth_challenge::settings::Settings::load),
            create: settings(policy, create_auth_challenge::settings::Settings::load),
            verify: settings(policy, verify_auth_challenge::settings::Settings::load),
            secret: KeySecret::default(),
            mail: Mailbox::default(),
        }
    }

    /// Invokes the define function, and returns its response.
    #[track_caller]
    pub(crate) fn define(&self, scenario: &Scenario) -> Value {
        response(define_auth_challenge::handle(&self.define, scenario.define_event()))
    }

    pub(crate) async fn create(
        &self,
        store: &impl Challenges,
        scenario: &Scenario,
        clock: ClockAndRandomness,
    ) -> Answer {
        create_auth_challenge::handle(&self.create, store, scenario.create_event(), clock).await
    }

    /// Judges an answer in a new instance, which does not have the key yet.
    pub(crate) async fn verify(
        &self,
        store: &impl Challenges,
        scenario: &Scenario,
        answer: &str,
        now: u64,
    ) -> Answer {
        let keys = CodeKeys::new(self.secret.clone());
        let event = scenario.verify_event(answer);
        verify_auth_challenge::handle(&self.verify, store, &keys, event, now).await
    }

    /// Delivers in a new instance, which does not have the key yet.
    pub(crate) async fn deliver<Table: Outbox + Clone>(
        &self,
        store: &Table,
        records: &[Value],
        now: u64,
    ) -> Answer {
        let policy = self.create.policy.clone();
        let keys = CodeKeys::new(self.secret.clone());
        let sender = Sender::new(policy, store.clone(), MailService(self.mail.clone()), keys);
        // Each invocation has random bytes of its own; the tokens of its claims count up from there.
        let random = DELIVERIES.fetch_add(1 << 16, Ordering::Relaxed);
        sender.handle(json!({ "Records": records }), now, random).await
    }
}

/// Returns the `response` of an answer.
#[track_caller]
pub(crate) fn response(answer: Answer) -> Value {
    answer.expect("the function answers").into_payload()["response"].take()
}
