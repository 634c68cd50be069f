//! A mail service, a source of keys and records for tests.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deliver_message::Sender;
use deliver_message::mailer::{Mailer, SendFault};
use deliver_message::message::Message;
use deliver_message::recipient::Recipient;
use lifeguard_aws::{CodeKeys, KeyFault, KeySource};
use lifeguard_policy::{Policy, Variables};
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::code::{self, Addressee};
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge};
use serde_json::{Value, json};

/// Time of the tests, in seconds since 1970.
pub(crate) const NOW: u64 = 1_800_000_000;
const POOL: &str = lifeguard_testkit::events::POOL;
const CLIENT: &str = lifeguard_testkit::events::CLIENT;
const KEY: [u8; 32] = [5; 32];

/// Outcome of the next mail.
#[derive(Clone, Copy)]
pub(crate) enum MailOutcome {
    Take,
    Refuse,
    Lose,
    Hang,
    Panic,
}

/// A mail that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// A mail service that remembers; cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Mails(Rc<RefCell<Log>>);

#[derive(Default)]
struct Log {
    outcomes: VecDeque<MailOutcome>,
    sent: Vec<Sent>,
    calls: usize,
}

impl Mails {
    /// Creates a service with these outcomes for the next mails; it takes all later ones.
    pub(crate) fn with_outcomes(outcomes: &[MailOutcome]) -> Self {
        let mails = Self::default();
        mails.0.borrow_mut().outcomes = outcomes.iter().copied().collect();
        mails
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.0.borrow().sent.clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.borrow().calls
    }
}

impl Mailer for Mails {
    async fn send(&self, to: &Recipient, message: &Message) -> Result<(), SendFault> {
        let outcome = {
            let mut log = self.0.borrow_mut();
            log.calls += 1;
            log.outcomes.pop_front().unwrap_or(MailOutcome::Take)
        };
        match outcome {
            MailOutcome::Refuse => return Err(SendFault::Refused("MessageRejected".to_owned())),
            MailOutcome::Lose => return Err(SendFault::Unknown),
            MailOutcome::Hang => std::future::pending::<()>().await,
            MailOutcome::Panic => panic!("the mail service's client broke"),
            MailOutcome::Take => {}
        }
        self.0.borrow_mut().sent.push(Sent {
            to: to.expose().to_owned(),
            subject: message.subject.clone(),
            text: message.text.expose().to_owned(),
        });
        Ok(())
    }
}

/// A secret that can be taken away; cloning shares it.
#[derive(Clone)]
pub(crate) struct Keys(pub(crate) Rc<RefCell<Option<String>>>);

impl Keys {
    pub(crate) fn new() -> Self {
        Self(Rc::new(RefCell::new(Some(Self::document(1)))))
    }

    /// The secret's document with one key of this version.
    pub(crate) fn document(version: u16) -> String {
        json!({ version.to_string(): STANDARD.encode(KEY) }).to_string()
    }
}

impl KeySource for Keys {
    async fn read(&self) -> Result<String, KeyFault> {
        let document = self.0.borrow().clone();
        document.ok_or_else(|| KeyFault::Read("unreachable".into()))
    }
}

pub(crate) fn policy() -> Policy {
    let document = json!({
        "pool": POOL,
        "clients": {CLIENT: {"methods": ["EMAIL_OTP"]}},
        "mail": {"application": "Acme"},
    });
    let look_up = |name: &str| (name == "POLICY").then(|| document.to_string());
    Variables::new(&look_up).policy().unwrap()
}

pub(crate) fn sender<Table: lifeguard_store::Outbox + Clone>(
    table: &Table,
    mails: &Mails,
    keys: &Keys,
) -> Sender<Table, Mails, Keys> {
    Sender::new(policy(), table.clone(), mails.clone(), CodeKeys::new(keys.clone()))
}

/// Returns the row of a user of this name.
pub(crate) fn row(user_name: &str) -> RowKey {
    RowKey::new(POOL, Factor::Email, CLIENT, user_name)
}

/// Returns a note to a user of this name.
pub(crate) fn note_to(user_name: &str) -> Outgoing {
    Outgoing {
        delivery: Delivery::Send,
        destination: format!("{user_name}@example.net"),
        sub: format!("sub-of-{user_name}"),
        language: Language::Dutch,
        user_name: user_name.to_owned(),
        redirect: String::new(),
    }
}

/// Issues a challenge to a user of this name.
pub(crate) async fn issue(
    table: &impl Challenges,
    user_name: &str,
    outgoing: Outgoing,
    now: u64,
) -> Challenge {
    let new = NewChallenge {
        row: row(user_name),
        id: [7; 16],
        now,
        key_version: 1,
        client: CLIENT.to_owned(),
        session: [9; 8],
        outgoing,
        user: Existence::Known,
    };
    match table.issue(&new).await.unwrap() {
        Issued::Fresh(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

/// Returns the record of a challenge, as a stream shows it.
pub(crate) fn record(
    id: &str,
    user_name: &str,
    challenge: &Challenge,
    outgoing: &Outgoing,
) -> Value {
    let n = |number: u64| json!({"N": number.to_string()});
    json!({
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": challenge.issued,
            "Keys": {"pk": {"S": row(user_name).as_str()}},
            "NewImage": {
                "pk": {"S": row(user_name).as_str()},
                "seq": n(challenge.number.into()),
                "cid": {"B": STANDARD.encode(challenge.id)},
                "iat": n(challenge.issued),
                "kv": n(challenge.key_version.into()),
                "cl": {"S": CLIENT},
                "own": {"B": STANDARD.encode([9; 8])},
                "s1": n(challenge.issued),
                "out": {"S": outgoing.encode()},
            },
            "SequenceNumber": id,
            "SizeBytes": 700,
            "StreamViewType": "NEW_IMAGE",
        },
    })
}

/// Returns an event with these records.
pub(crate) fn event(records: &[Value]) -> Value {
    json!({ "Records": records })
}

/// Returns the records that the answer reports as failed.
pub(crate) fn failed(answer: lifeguard_runtime::Answer) -> Vec<String> {
    let payload = answer.unwrap().into_payload();
    let failures = payload["batchItemFailures"].as_array().unwrap().clone();
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

/// Returns the short code of a challenge to a user of this name.
pub(crate) fn code_of(challenge: &Challenge, user_name: &str) -> String {
    let outgoing = note_to(user_name);
    code::short(&CodeKey::new(1, KEY), challenge, addressee(&outgoing), 8).expose().to_owned()
}

/// Returns the long code of a challenge to a user of this name, as the mail shows it.
pub(crate) fn long_code_of(challenge: &Challenge, user_name: &str) -> String {
    let outgoing = note_to(user_name);
    let code = code::long(&CodeKey::new(1, KEY), challenge, addressee(&outgoing));
    code::grouped(&code).expose().to_owned()
}

fn addressee(outgoing: &Outgoing) -> Addressee<'_> {
    Addressee { pool: POOL, client: CLIENT, sub: &outgoing.sub, destination: &outgoing.destination }
}
