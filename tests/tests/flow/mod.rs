//! The functions of a sign-in as libraries, on any store, with a mailbox and a key of their own.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::cell::RefCell;
use std::rc::Rc;

use create_auth_challenge::ClockAndRandomness;
use deliver_message::Sender;
use deliver_message::mailer::{Mailer, SendFault};
use deliver_message::message::Message;
use deliver_message::recipient::Recipient;
use lifeguard_aws::{CodeKeys, KeyFault, KeySource};
use lifeguard_policy::Variables;
use lifeguard_runtime::Answer;
use lifeguard_sign_in::client_policy::LinkBinding;
use lifeguard_sign_in::code::{self, Addressee};
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::link;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::ticket::Ticket;
use lifeguard_store::Outbox;
use lifeguard_store::challenges::Challenges;
use lifeguard_testkit::events::{CLIENT, POOL};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// When the tests begin.
pub(crate) const NOW: u64 = 1_800_000_000;
/// The person of the sample events.
const SUB: &str = "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55";
const ADDRESS: &str = "noor.haddad@example.net";
/// One client whose first challenge is already the real one.
const POLICY: &str = r#"{"pool":"eu-west-1_Kp3VxQ7Lm","clients":{"4h7q2m9s1tk0c8v5e3rj6b1nd2":{"methods":["EMAIL_OTP"],"default_method":"EMAIL_OTP"}}}"#;

/// The same with links.
const LINKS: &str = r#"{"pool":"eu-west-1_Kp3VxQ7Lm","clients":{"4h7q2m9s1tk0c8v5e3rj6b1nd2":{"methods":["MAGIC_LINK"],"default_method":"MAGIC_LINK","redirects":["https://app.example.net/"],"default_redirect":"https://app.example.net/"}}}"#;

/// How something outside takes its next call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    #[default]
    Well,
    /// It does nothing and never answers.
    HangBefore,
    /// It does what it should and never answers.
    HangAfter,
    /// It does nothing, and the connection breaks.
    LoseRequest,
    /// It does what it should, and the connection breaks.
    LoseAnswer,
    /// It says no.
    Refuse,
}

impl Manner {
    fn acts(self) -> bool {
        matches!(self, Self::Well | Self::HangAfter | Self::LoseAnswer)
    }
}

/// One thing outside a function: its next manner, and what it has done; cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Outside(Rc<State>);

#[derive(Default)]
struct State {
    manner: RefCell<Manner>,
    hanging: Notify,
    mails: RefCell<Vec<String>>,
}

impl Outside {
    /// The next call goes like this, and all later ones well.
    pub(crate) fn next(&self, manner: Manner) {
        self.0.manner.replace(manner);
    }

    /// Waits until a call hangs.
    pub(crate) async fn hangs(&self) {
        self.0.hanging.notified().await;
    }

    /// The texts of the mails that left.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.0.mails.borrow().clone()
    }

    async fn take(&self, act: impl FnOnce()) -> Manner {
        let manner = self.0.manner.take();
        if manner.acts() {
            act();
        }
        if matches!(manner, Manner::HangBefore | Manner::HangAfter) {
            self.0.hanging.notify_one();
            std::future::pending::<()>().await;
        }
        manner
    }
}

impl KeySource for Outside {
    async fn read(&self) -> Result<String, KeyFault> {
        match self.take(|| ()).await {
            Manner::Well => {
                Ok(r#"{"1":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#.to_owned())
            }
            _ => Err(KeyFault::Read("unreachable".into())),
        }
    }
}

impl Mailer for Outside {
    async fn send(&self, _: &Recipient, message: &Message) -> Result<(), SendFault> {
        let text = message.text.expose().to_owned();
        match self.take(|| self.0.mails.borrow_mut().push(text)).await {
            Manner::Well => Ok(()),
            Manner::Refuse => Err(SendFault::Refused("MessageRejected".to_owned())),
            _ => Err(SendFault::Unknown),
        }
    }
}

fn read<T>(policy: &str, read: impl FnOnce(&mut Variables<'_>) -> Option<T>) -> T {
    let look_up = |name: &str| match name {
        "POLICY" => Some(policy.to_owned()),
        name => Some(name.to_lowercase()),
    };
    read(&mut Variables::new(&look_up)).expect("the settings are usable")
}

/// The functions of one deployment.
pub(crate) struct Functions {
    define: define_auth_challenge::settings::Settings,
    create: create_auth_challenge::settings::Settings,
    verify: verify_auth_challenge::settings::Settings,
    /// The code key in Secrets Manager.
    pub(crate) secret: Outside,
    /// The mail service.
    pub(crate) mail: Outside,
}

impl Functions {
    /// Functions that sign in by a code.
    pub(crate) fn new() -> Self {
        Self::of(POLICY)
    }

    /// Functions that sign in by a link, or by the code beside it.
    pub(crate) fn with_links() -> Self {
        Self::of(LINKS)
    }

    fn of(policy: &str) -> Self {
        Self {
            define: read(policy, define_auth_challenge::settings::Settings::load),
            create: read(policy, create_auth_challenge::settings::Settings::load),
            verify: read(policy, verify_auth_challenge::settings::Settings::load),
            secret: Outside::default(),
            mail: Outside::default(),
        }
    }

    pub(crate) fn define(&self, event: Value) -> Answer {
        define_auth_challenge::handle(&self.define, event)
    }

    pub(crate) async fn create(
        &self,
        store: &impl Challenges,
        event: Value,
        chance: ClockAndRandomness,
    ) -> Answer {
        create_auth_challenge::handle(&self.create, store, event, chance).await
    }

    /// Judges in a new instance, which does not know the key yet.
    pub(crate) async fn verify(&self, store: &impl Challenges, event: Value, now: u64) -> Answer {
        let keys = CodeKeys::new(self.secret.clone());
        verify_auth_challenge::handle(&self.verify, store, &keys, event, now).await
    }

    /// Delivers in a new instance, which does not know the key yet.
    pub(crate) async fn deliver<Table: Outbox + Clone>(
        &self,
        store: &Table,
        records: &[Value],
        now: u64,
    ) -> Answer {
        let policy = self.create.policy.clone();
        let keys = CodeKeys::new(self.secret.clone());
        let sender = Sender::new(policy, store.clone(), self.mail.clone(), keys);
        sender.handle(json!({ "Records": records }), now).await
    }
}

/// The `response` of an answer.
#[track_caller]
pub(crate) fn answer(answer: Answer) -> Value {
    answer.expect("the function answers").into_payload()["response"].take()
}

/// A person as the events show them.
#[derive(Clone, Debug)]
pub(crate) struct Somebody {
    /// The name of the row.
    pub(crate) user_name: String,
    /// Whether the name belongs to nobody.
    pub(crate) unknown: bool,
}

impl Somebody {
    pub(crate) fn known(user_name: &str) -> Self {
        Self { user_name: user_name.to_owned(), unknown: false }
    }

    pub(crate) fn unknown(user_name: &str) -> Self {
        Self { user_name: user_name.to_owned(), unknown: true }
    }

    /// The sample event of this name about this person.
    fn event(&self, name: &str) -> Value {
        let mut event = lifeguard_testkit::event(name);
        event["userName"] = self.user_name.as_str().into();
        event["request"]["userNotFound"] = self.unknown.into();
        if self.unknown {
            event["request"]["userAttributes"] = json!({});
        }
        event
    }

    pub(crate) fn row(&self) -> RowKey {
        RowKey::new(POOL, Factor::Email, CLIENT, &self.user_name)
    }
}

/// One sign-in as Cognito drives it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    define: Value,
    create: Value,
    verify: Value,
    rounds: Vec<Value>,
    challenge: Value,
}

impl Session {
    pub(crate) fn of(somebody: &Somebody) -> Self {
        Self {
            define: somebody.event("DefineAuthChallenge_Authentication"),
            create: somebody.event("CreateAuthChallenge_Authentication"),
            verify: somebody.event("VerifyAuthChallengeResponse_Authentication"),
            rounds: Vec::new(),
            challenge: Value::Null,
        }
    }

    fn with_rounds(&self, event: &Value) -> Value {
        lifeguard_testkit::with(event.clone(), "/request/session", self.rounds.clone())
    }

    pub(crate) fn define_event(&self) -> Value {
        self.with_rounds(&self.define)
    }

    pub(crate) fn create_event(&self) -> Value {
        self.with_rounds(&self.create)
    }

    /// The event that carries this answer to the session's challenge.
    pub(crate) fn verify_event(&self, answer: &str) -> Value {
        let kept = self.challenge["privateChallengeParameters"].clone();
        let event = lifeguard_testkit::with(
            self.verify.clone(),
            "/request/privateChallengeParameters",
            kept,
        );
        lifeguard_testkit::with(event, "/request/challengeAnswer", answer)
    }

    /// What create said becomes the challenge of this round.
    pub(crate) fn asked(&mut self, challenge: Value) {
        self.challenge = challenge;
    }

    /// What verify said ends the round.
    pub(crate) fn answered(&mut self, right: bool) {
        self.rounds.push(json!({
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeResult": right,
            "challengeMetadata": self.challenge["challengeMetadata"],
        }));
    }

    /// What the history keeps of the challenge.
    pub(crate) fn metadata(&self) -> &str {
        self.challenge["challengeMetadata"].as_str().expect("a challenge was made")
    }

    pub(crate) fn ticket(&self) -> Ticket {
        Ticket::decode(self.metadata()).expect("the challenge is ours")
    }

    /// Whether the last answer was right.
    pub(crate) fn ended_right(&self) -> bool {
        self.rounds.last().is_some_and(|round| round["challengeResult"] == true)
    }
}

/// The short code of the mail about a challenge.
pub(crate) fn code_of(ticket: &Ticket) -> String {
    let addressee = Addressee { pool: POOL, client: CLIENT, sub: SUB, destination: ADDRESS };
    let code = code::short(&CodeKey::new(1, [0; 32]), &ticket.challenge, addressee, 8);
    code.expose().to_owned()
}

/// The long code of the mail about a challenge, as the mail shows it.
pub(crate) fn long_code_of(ticket: &Ticket) -> String {
    let addressee = Addressee { pool: POOL, client: CLIENT, sub: SUB, destination: ADDRESS };
    let code = code::long(&CodeKey::new(1, [0; 32]), &ticket.challenge, addressee);
    code::grouped(&code).expose().to_owned()
}

/// The fragment of the link that the mail about a challenge carries.
pub(crate) fn link_of(ticket: &Ticket, user_name: &str) -> String {
    link_under(&CodeKey::new(1, [0; 32]), ticket, user_name)
}

/// A link to the same challenge from somebody who does not know the key.
pub(crate) fn forged_link(ticket: &Ticket, user_name: &str) -> String {
    link_under(&CodeKey::new(1, [9; 32]), ticket, user_name)
}

fn link_under(key: &CodeKey, ticket: &Ticket, user_name: &str) -> String {
    let addressee = Addressee { pool: POOL, client: CLIENT, sub: SUB, destination: ADDRESS };
    let binding = LinkBinding::SameSession;
    link::fragment(key, &ticket.challenge, binding, addressee, user_name).expose().to_owned()
}
