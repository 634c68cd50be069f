//! The sender on the services of the testkit, and records of a stream.
#![allow(dead_code, reason = "each test file uses a part of it")]

mod mail_service;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deliver_message::Sender;
use lifeguard_aws::CodeKeys;
use lifeguard_policy::Policy;
use lifeguard_sign_in::code::Addressee;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge};
use lifeguard_testkit::answers::{long_code, short_code};
use lifeguard_testkit::fixtures::{CLIENT, POOL, settings};
use lifeguard_testkit::{KeySecret, Mailbox, User};
use serde_json::{Value, json};

pub(crate) use mail_service::MailService;

pub(crate) fn policy() -> Policy {
    let document = json!({
        "pool": POOL,
        "clients": {CLIENT: {"methods": ["EMAIL_OTP"]}},
        "mail": {"application": "Acme"},
    });
    settings(&document.to_string(), |variables| variables.policy())
}

pub(crate) fn sender<Table: lifeguard_store::Outbox + Clone>(
    table: &Table,
    mails: &Mailbox,
    secret: &KeySecret,
) -> Sender<Table, MailService, KeySecret> {
    let keys = CodeKeys::new(secret.clone());
    Sender::new(policy(), table.clone(), MailService(mails.clone()), keys)
}

/// Returns the row of a user of this name.
pub(crate) fn row(user_name: &str) -> RowKey {
    User::known(user_name).row()
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
    let new = NewChallenge { now, outgoing, ..User::known(user_name).new_challenge() };
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
    short_code(challenge, addressee(&outgoing))
}

/// Returns the long code of a challenge to a user of this name, as the mail shows it.
pub(crate) fn long_code_of(challenge: &Challenge, user_name: &str) -> String {
    let outgoing = note_to(user_name);
    long_code(challenge, addressee(&outgoing))
}

fn addressee(outgoing: &Outgoing) -> Addressee<'_> {
    Addressee { pool: POOL, client: CLIENT, sub: &outgoing.sub, destination: &outgoing.destination }
}
