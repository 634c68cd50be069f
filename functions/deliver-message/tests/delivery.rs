//! Records in, mails out: with every way in which a part of it may fail.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_store::outbox::Claim;
use lifeguard_store::{ChallengeTable, Operation, Outbox, StoreError};
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{Behaviour, EmbeddedDynamo, KeySecret, Mail, Mailbox, MemoryChallenges};
use serde_json::{Value, json};
use support::{code_of, event, failed, issue, long_code_of, note_to, record, row, sender};

/// Issues a message to a user of this name at `NOW`, and returns it with its record.
async fn pending(table: &MemoryChallenges, id: &str, user_name: &str) -> (Challenge, Value) {
    let challenge = issue(table, user_name, note_to(user_name), NOW).await;
    let record = record(id, user_name, &challenge, &note_to(user_name));
    (challenge, record)
}

async fn embedded() -> (EmbeddedDynamo, ChallengeTable) {
    let database = EmbeddedDynamo::start();
    let config = lifeguard_aws::stand_in(database.url()).await;
    let table = ChallengeTable::new(&config, CHALLENGES.to_owned());
    (database, table)
}

#[tokio::test]
async fn record_of_table_becomes_one_mail_with_its_code() {
    let (database, table) = embedded().await;
    let mails = Mailbox::default();
    let sender = sender(&table, &mails, &KeySecret::default());
    let challenge = issue(&table, "noor", note_to("noor"), NOW).await;
    let batch = event(&database.stream(CHALLENGES));
    assert_eq!(failed(sender.handle(batch, NOW + 1).await).len(), 0);

    let sent = mails.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].to, "noor@example.net");
    assert!(sent[0].subject.starts_with("Je inlogcode voor Acme ("), "{}", sent[0].subject);
    assert_eq!(sent[0].text.matches(&code_of(&challenge, "noor")).count(), 1);
    let item = database.item(CHALLENGES, row("noor").as_str());
    assert!(item.get("out").is_none(), "the address is gone: {item}");
    assert_eq!(item["sent"], json!({"N": challenge.number.to_string()}));
}

#[tokio::test]
async fn batch_that_comes_twice_is_one_mail() {
    let (database, table) = embedded().await;
    let mails = Mailbox::default();
    let sender = sender(&table, &mails, &KeySecret::default());
    issue(&table, "noor", note_to("noor"), NOW).await;
    for _ in 0..2 {
        // The second time, the record of the claim comes along.
        let batch = event(&database.stream(CHALLENGES));
        assert_eq!(failed(sender.handle(batch, NOW + 1).await).len(), 0);
    }
    assert_eq!(mails.service.calls(), 1);
}

#[tokio::test]
async fn refused_batch_is_sent_on_the_next_try() {
    let (database, table) = embedded().await;
    let mails = Mailbox::with_next(&[Behaviour::Refuses]);
    let sender = sender(&table, &mails, &KeySecret::default());
    issue(&table, "noor", note_to("noor"), NOW).await;
    let records = database.stream(CHALLENGES);
    let id = records[0]["dynamodb"]["SequenceNumber"].as_str().unwrap();
    let batch = event(&records);
    assert_eq!(failed(sender.handle(batch.clone(), NOW + 1).await), [id]);
    assert_eq!(mails.sent().len(), 0);
    for _ in 0..2 {
        assert_eq!(failed(sender.handle(batch.clone(), NOW + 2).await).len(), 0);
    }
    assert_eq!(mails.sent().len(), 1);
}

#[tokio::test]
async fn record_parses_as_in_the_events_crate() {
    let (database, table) = embedded().await;
    issue(&table, "noor", note_to("noor"), NOW).await;
    let mut records = database.stream(CHALLENGES);
    records.push(pending(&MemoryChallenges::default(), "7", "finn").await.1);
    for record in &records {
        let theirs: aws_lambda_events::dynamodb::EventRecord =
            serde_json::from_value(record.clone()).unwrap();
        let ours = lifeguard_store::stream::parse(&record["dynamodb"]["NewImage"]);
        let ours = ours.unwrap().unwrap();
        let image = serde_json::to_value(theirs.change.new_image).unwrap();
        assert_eq!(image["pk"]["S"], ours.row.as_str());
        assert_eq!(image["seq"]["N"], ours.challenge.number.to_string());
        let note = Outgoing::decode(image["out"]["S"].as_str().unwrap());
        assert_eq!(note, Some(ours.outgoing));
    }
    assert_eq!(records.len(), 2);
}

#[tokio::test]
async fn panic_while_sending_loses_the_mail_and_doubles_none() {
    let table = MemoryChallenges::default();
    let mails = Mailbox::with_next(&[Behaviour::Panics]);
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, record) = pending(&table, "1", "noor").await;
    let batch = event(&[record]);
    let caught = AssertUnwindSafe(sender.handle(batch.clone(), NOW)).catch_unwind().await;
    assert!(caught.is_err(), "the runtime makes a fault of it, and the batch comes again");
    assert_eq!(failed(sender.handle(batch, NOW + 1).await).len(), 0);
    assert_eq!((mails.service.calls(), mails.sent().len()), (1, 0));
}

#[tokio::test]
async fn two_invocations_with_one_batch_send_one_mail() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, record) = pending(&table, "1", "noor").await;
    let batch = event(&[record.clone(), record]);
    let both = tokio::join!(sender.handle(batch.clone(), NOW), sender.handle(batch.clone(), NOW));
    assert_eq!((failed(both.0).len(), failed(both.1).len()), (0, 0));
    assert_eq!(mails.service.calls(), 1);
}

#[tokio::test]
async fn mail_without_an_answer_is_never_doubled() {
    let (table, mails) =
        (MemoryChallenges::default(), Mailbox::with_next(&[Behaviour::LosesRequest]));
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, record) = pending(&table, "1", "noor").await;
    for _ in 0..3 {
        let answer = sender.handle(event(std::slice::from_ref(&record)), NOW).await;
        assert_eq!(failed(answer).len(), 0);
    }
    assert_eq!((mails.service.calls(), mails.sent().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn hanging_mail_service_holds_up_no_other_mail() {
    let (table, mails) =
        (MemoryChallenges::default(), Mailbox::with_next(&[Behaviour::HangsBefore]));
    let sender = sender(&table, &mails, &KeySecret::default());
    let mut records = Vec::new();
    for (id, user_name) in [("1", "ada"), ("2", "ben"), ("3", "cem")] {
        records.push(pending(&table, id, user_name).await.1);
    }
    let started = tokio::time::Instant::now();
    let answer = sender.handle(event(&records), NOW).await;
    assert_eq!(failed(answer).len(), 0);
    assert!(started.elapsed() < lifeguard_runtime::DEADLINE);
    assert_eq!((mails.service.calls(), mails.sent().len()), (3, 2));
    assert_eq!(failed(sender.handle(event(&records), NOW).await).len(), 0);
    assert_eq!(mails.service.calls(), 3);
}

#[tokio::test]
async fn undeliverable_message_is_claimed_and_not_sent() {
    type Change = fn(&mut Value, &mut Outgoing);
    let changes: [(Change, u64); 5] = [
        (|_, note| *note = Outgoing::without_recipient(), NOW),
        (|_, _| {}, NOW + 600),
        (|_, note| note.destination.clear(), NOW),
        (|_, note| note.destination.push_str("\r\nBcc: eve@example.org"), NOW),
        (|image, _| image["cl"]["S"] = "other".into(), NOW),
    ];
    for (place, (change, now)) in changes.into_iter().enumerate() {
        let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
        let sender = sender(&table, &mails, &KeySecret::default());
        let (_, mut record) = pending(&table, "1", "noor").await;
        let mut note = note_to("noor");
        change(&mut record["dynamodb"]["NewImage"], &mut note);
        record["dynamodb"]["NewImage"]["out"]["S"] = note.encode().into();
        let answer = sender.handle(event(&[record]), now).await;
        assert_eq!(failed(answer).len(), 0, "change {place}");
        assert_eq!(mails.service.calls(), 0, "change {place}");
        let claim = table.claim(&row("noor"), 1).await.unwrap();
        assert_eq!(claim, Claim::Taken, "change {place}");
    }
}

#[tokio::test]
async fn malformed_record_does_not_hold_up_the_others() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, first) = pending(&table, "1", "ada").await;
    let (_, last) = pending(&table, "9", "ben").await;
    let mut records = vec![first];
    for (pointer, value) in [
        ("/dynamodb/NewImage/out", json!({"S": "{"})),
        ("/dynamodb/NewImage/cid", json!({"B": "%"})),
        ("/dynamodb/NewImage/seq", json!({"N": "-1"})),
        ("/dynamodb/NewImage/seq", json!({"N": "0"})),
        ("/dynamodb/NewImage/pk", json!({"N": "1"})),
        ("/dynamodb/NewImage/own", json!({"B": "AAAA"})),
        ("/dynamodb/NewImage", json!([])),
        ("/dynamodb/SequenceNumber", Value::Null),
        ("/dynamodb", json!("nothing")),
    ] {
        let broken = pending(&table, "5", &format!("broken-{}", records.len())).await.1;
        records.push(lifeguard_testkit::with(broken, pointer, value));
    }
    records.push(Value::Null);
    records.push(last);
    assert_eq!(failed(sender.handle(event(&records), NOW).await).len(), 0);
    let to: Vec<String> = mails.sent().into_iter().map(|sent| sent.to).collect();
    assert_eq!(to.len(), 2, "{to:?}");
    assert!(to.contains(&"ada@example.net".to_owned()));
    assert!(to.contains(&"ben@example.net".to_owned()));
}

#[tokio::test]
async fn older_challenge_after_a_newer_one_is_not_sent() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, older) = pending(&table, "1", "noor").await;
    let newer = issue(&table, "noor", note_to("noor"), NOW + 30).await;
    let record = record("2", "noor", &newer, &note_to("noor"));
    let batch = event(&[record, older]);
    assert_eq!(failed(sender.handle(batch, NOW + 31).await).len(), 0);
    let sent = mails.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text.contains(&code_of(&newer, "noor")));
}

#[tokio::test]
async fn later_messages_of_a_row_wait_for_the_refused_one() {
    let table = MemoryChallenges::default();
    let mails = Mailbox::with_next(&[Behaviour::Refuses]);
    let sender = sender(&table, &mails, &KeySecret::default());
    let (older, first) = pending(&table, "1", "noor").await;
    let newer = issue(&table, "noor", note_to("noor"), NOW + 30).await;
    let second = record("3", "noor", &newer, &note_to("noor"));
    // The one row that is refused is the first in the order of the keys.
    let other = (0..64).map(|place| format!("other-{place}"));
    let other = other.into_iter().find(|name| row(name) > row("noor"));
    let other = other.unwrap();
    let (_, between) = pending(&table, "2", &other).await;
    let batch = event(&[first, between, second]);

    let answer = sender.handle(batch.clone(), NOW + 31).await;
    assert_eq!(failed(answer), ["1", "3"]);
    assert_eq!(mails.sent()[0].to, format!("{other}@example.net"));
    assert_eq!(mails.sent().len(), 1);

    assert_eq!(failed(sender.handle(batch, NOW + 32).await).len(), 0);
    let sent = mails.sent();
    assert_eq!(sent.len(), 3);
    assert!(sent[1].text.contains(&code_of(&older, "noor")));
    assert!(sent[2].text.contains(&code_of(&newer, "noor")));
}

#[tokio::test]
async fn expired_message_lets_the_next_one_pass() {
    let table = MemoryChallenges::default();
    let mails = Mailbox::with_next(&[Behaviour::Refuses]);
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, first) = pending(&table, "1", "noor").await;
    let newer = issue(&table, "noor", note_to("noor"), NOW + 30).await;
    let second = record("2", "noor", &newer, &note_to("noor"));
    let batch = event(&[first, second]);
    assert_eq!(failed(sender.handle(batch.clone(), NOW + 31).await), ["1", "2"]);
    assert_eq!(failed(sender.handle(batch, NOW + 600).await).len(), 0);
    let sent = mails.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text.contains(&code_of(&newer, "noor")));
}

#[tokio::test]
async fn code_without_its_key_is_sent_once_the_key_is_back() {
    let (table, mails, keys) =
        (MemoryChallenges::default(), Mailbox::default(), KeySecret::default());
    let sender = sender(&table, &mails, &keys);
    let (challenge, record) = pending(&table, "1", "noor").await;
    let batch = event(&[record]);
    keys.service.set(Behaviour::Refuses);
    assert_eq!(failed(sender.handle(batch.clone(), NOW).await), ["1"]);
    keys.service.set(Behaviour::Works);
    keys.set(&[2]);
    assert_eq!(failed(sender.handle(batch.clone(), NOW).await), ["1"]);
    assert_eq!(mails.service.calls(), 0);
    keys.set(&[1]);
    assert_eq!(failed(sender.handle(batch, NOW + 60).await).len(), 0);
    assert!(mails.sent()[0].text.contains(&code_of(&challenge, "noor")));
}

#[tokio::test]
async fn mail_has_both_codes_the_mark_and_the_time() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (challenge, record) = pending(&table, "1", "noor").await;
    assert_eq!(failed(sender.handle(event(&[record]), NOW).await).len(), 0);
    let Mail { subject, text, .. } = mails.sent().remove(0);
    for code in [code_of(&challenge, "noor"), long_code_of(&challenge, "noor")] {
        assert_eq!(text.matches(&code).count(), 1);
        assert!(!subject.contains(&code));
    }
    let mark = lifeguard_sign_in::ticket::mark(&[9; 8]);
    assert!(subject.ends_with(&format!("({mark}, 08:00:00 UTC)")), "{subject}");
    assert!(text.contains("10 min"), "{text}");
}

/// A record of a later layout waits for the version that knows it, and touches nothing.
#[tokio::test]
async fn row_of_another_layout_is_tried_again_unclaimed() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, good) = pending(&table, "1", "noor").await;
    for key in ["v1#row", "v3#row"] {
        let other =
            lifeguard_testkit::with(good.clone(), "/dynamodb/NewImage/pk", json!({"S": key}));
        assert_eq!(failed(sender.handle(event(&[other]), NOW).await), ["1"], "{key}");
    }
    assert_eq!(mails.service.calls(), 0);
    assert_eq!(failed(sender.handle(event(&[good]), NOW).await).len(), 0);
    assert_eq!(mails.service.calls(), 1, "it was not claimed");
}

/// A table that cannot claim or cannot give back.
#[derive(Clone)]
struct Broken {
    table: MemoryChallenges,
    claims: bool,
}

impl Outbox for Broken {
    async fn claim(&self, row: &RowKey, number: u32) -> Result<Claim, StoreError> {
        let claim = self.table.claim(row, number).await;
        // The worst case: the write was made, its answer did not come back.
        if self.claims { claim } else { Err(StoreError::new(Operation::Claim, "throttled")) }
    }

    async fn give_back(&self, _: &RowKey, _: u32) -> Result<(), StoreError> {
        Err(StoreError::new(Operation::GiveBack, "throttled"))
    }
}

#[tokio::test]
async fn claim_without_an_answer_comes_again_unsent() {
    let table = MemoryChallenges::default();
    let (_, record) = pending(&table, "1", "noor").await;
    let broken = Broken { table, claims: false };
    let mails = Mailbox::default();
    let sender = sender(&broken, &mails, &KeySecret::default());
    assert_eq!(failed(sender.handle(event(&[record]), NOW).await), ["1"]);
    assert_eq!(mails.service.calls(), 0);
}

#[tokio::test]
async fn refused_mail_with_a_lost_claim_is_not_doubled() {
    let table = MemoryChallenges::default();
    let (_, record) = pending(&table, "1", "noor").await;
    let broken = Broken { table, claims: true };
    let mails = Mailbox::with_next(&[Behaviour::Refuses]);
    let sender = sender(&broken, &mails, &KeySecret::default());
    let batch = event(&[record]);
    assert_eq!(failed(sender.handle(batch.clone(), NOW).await), ["1"]);
    assert_eq!(failed(sender.handle(batch, NOW).await).len(), 0);
    assert_eq!(mails.service.calls(), 1);
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn log_and_answer_name_neither_user_nor_code() {
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || written.clone())
        .finish();
    let _quiet = tracing::subscriber::set_default(subscriber);

    let table = MemoryChallenges::default();
    let mails = Mailbox::with_next(&[Behaviour::Refuses, Behaviour::LosesRequest]);
    let sender = sender(&table, &mails, &KeySecret::default());
    let mut records = Vec::new();
    let mut codes = Vec::new();
    for (id, user_name) in [("1", "noor-a"), ("2", "noor-b"), ("3", "noor-c")] {
        let (challenge, record) = pending(&table, id, user_name).await;
        codes.push(code_of(&challenge, user_name));
        records.push(record);
    }
    let broken = pending(&table, "4", "noor-d").await.1;
    let out = json!({"S": "noor@example.net"});
    records.push(lifeguard_testkit::with(broken, "/dynamodb/NewImage/out", out));
    let answer = sender.handle(event(&records), NOW).await;
    let payload = answer.unwrap().into_payload().to_string();

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.lines().count(), 3, "{log}");
    for word in ["refused it: MessageRejected", "no answer", "usable `out`"] {
        assert!(log.contains(word), "{log}");
    }
    codes.extend(["noor", "example.net", "sub-of"].map(str::to_owned));
    for secret in codes {
        assert!(!log.contains(&secret) && !payload.contains(&secret), "{secret}");
    }
}
