//! Settings, keys, stores and events of these tests.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it"
)]

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex};

use lifeguard_aws::{CodeKeys, KeyFault, KeySource};
use lifeguard_policy::Variables;
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::code::{self, Addressee};
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::ticket::{Challenge, Ticket};
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::{Operation, StoreError};
use lifeguard_testkit::MemoryChallenges;
use lifeguard_testkit::events::{CLIENT, POLICY, POOL};
use serde_json::{Value, json};
use verify_auth_challenge::settings::Settings;

/// Time at which the answers of these tests are judged.
pub(crate) const NOW: u64 = 1_800_000_000;
/// The person of the sample events.
const SUB: &str = "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55";

/// A key document of 32 zero bytes under version 1.
pub(crate) struct FixedKeys;

impl KeySource for FixedKeys {
    async fn read(&self) -> Result<String, KeyFault> {
        Ok(document(&[1]))
    }
}

/// A document with the same 32 zero bytes under each of these versions.
pub(crate) fn document(versions: &[u16]) -> String {
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let keys = versions.iter().map(|version| (version.to_string(), json!(zeros)));
    Value::Object(keys.collect()).to_string()
}

/// Keys as the function has them.
pub(crate) fn keys() -> CodeKeys<FixedKeys> {
    CodeKeys::new(FixedKeys)
}

/// Settings that take the sample events.
pub(crate) fn settings() -> Settings {
    let look_up = |name: &str| match name {
        "POLICY" => Some(POLICY.to_owned()),
        "CHALLENGES_TABLE" => Some("challenges".to_owned()),
        "CODE_KEY_SECRET" => Some("code-key".to_owned()),
        _ => None,
    };
    let mut variables = Variables::new(&look_up);
    let settings = Settings::load(&mut variables);
    variables.finish(settings).unwrap()
}

/// The sample event with this challenge and answer.
pub(crate) fn event(ticket: &Ticket, answer: &str) -> Value {
    let mut event = lifeguard_testkit::event("VerifyAuthChallengeResponse_Authentication");
    event["request"]["privateChallengeParameters"] = json!({"challenge": ticket.encode().unwrap()});
    event["request"]["challengeAnswer"] = answer.into();
    event
}

/// The right answer to a challenge of the sample user.
pub(crate) fn right_answer(ticket: &Ticket) -> String {
    let addressee =
        Addressee { pool: POOL, client: CLIENT, sub: SUB, destination: "noor.haddad@example.net" };
    let key = CodeKey::new(ticket.challenge.key_version, [0; 32]);
    code::short(&key, &ticket.challenge, addressee, 8).expose().to_owned()
}

/// The right long code of a challenge of the sample user, as the mail shows it.
pub(crate) fn right_long_answer(ticket: &Ticket) -> String {
    let addressee =
        Addressee { pool: POOL, client: CLIENT, sub: SUB, destination: "noor.haddad@example.net" };
    let key = CodeKey::new(ticket.challenge.key_version, [0; 32]);
    code::grouped(&code::long(&key, &ticket.challenge, addressee)).expose().to_owned()
}

/// The row of the sample user.
pub(crate) fn row() -> RowKey {
    RowKey::new(POOL, Factor::Email, CLIENT, SUB)
}

/// A challenge of the sample user under the first key, in a session with this nonce.
pub(crate) async fn issue(store: &impl Challenges, now: u64, nonce: u8) -> Ticket {
    issue_under(store, now, nonce, 1).await
}

/// As [`issue`], under this version of the key.
pub(crate) async fn issue_under(
    store: &impl Challenges,
    now: u64,
    nonce: u8,
    key_version: u16,
) -> Ticket {
    let new = NewChallenge {
        row: row(),
        id: [nonce; 16],
        now,
        key_version,
        client: CLIENT.to_owned(),
        session: [nonce; 8],
        outgoing: Outgoing::without_recipient(),
        user: Existence::Known,
    };
    let issued = store.issue(&new).await.unwrap();
    assert_ne!(issued, Issued::Unanswerable);
    issued.ticket(&new, [nonce; 16], Method::EmailOtp)
}

/// A challenge that no answer fits.
pub(crate) fn unanswerable(ticket: &Ticket) -> Ticket {
    let challenge = Challenge { number: 0, ..ticket.challenge.clone() };
    Ticket { challenge, ..ticket.clone() }
}

/// Behaviour of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Fine,
    Fails,
    Hangs,
    Panics,
}

impl Manner {
    async fn misbehave(self) -> Result<(), &'static str> {
        match self {
            Self::Fine => Ok(()),
            Self::Fails => Err("throttled"),
            Self::Hangs => std::future::pending().await,
            Self::Panics => panic!("a bug"),
        }
    }
}

/// A table that keeps what it is asked to record, and may do worse; cloning shares it.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) memory: MemoryChallenges,
    pub(crate) manner: Manner,
    calls: Arc<Mutex<Vec<Judgement>>>,
}

impl Table {
    pub(crate) fn new(manner: Manner) -> Self {
        Self { memory: MemoryChallenges::default(), manner, calls: Arc::default() }
    }

    /// Returns the judgements it was asked to record, in order.
    pub(crate) fn calls(&self) -> Vec<Judgement> {
        self.calls.lock().unwrap().clone()
    }
}

impl Challenges for Table {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        self.memory.issue(new).await
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        self.calls.lock().unwrap().push(judgement.clone());
        self.manner.misbehave().await.map_err(|fault| StoreError::new(Operation::Record, fault))?;
        self.memory.record(judgement).await
    }
}

/// A secret that changes, in a service that may misbehave.
pub(crate) struct Secrets {
    pub(crate) manner: Cell<Manner>,
    pub(crate) document: RefCell<String>,
    pub(crate) reads: Cell<u32>,
}

impl Secrets {
    pub(crate) fn new(versions: &[u16]) -> Self {
        Self {
            manner: Cell::new(Manner::Fine),
            document: RefCell::new(document(versions)),
            reads: Cell::new(0),
        }
    }
}

impl KeySource for &Secrets {
    async fn read(&self) -> Result<String, KeyFault> {
        self.reads.set(self.reads.get() + 1);
        self.manner.get().misbehave().await.map_err(|fault| KeyFault::Read(fault.into()))?;
        Ok(self.document.borrow().clone())
    }
}
