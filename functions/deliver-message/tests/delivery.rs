//! Records in, mails out: with every way in which a part of it may fail.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deliver_message::Sender;
use deliver_message::mailer::{Mailer, SendFault};
use deliver_message::message::Message;
use deliver_message::recipient::Recipient;
use lifeguard_aws::CodeKeys;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_store::outbox::{Claim, ClaimToken};
use lifeguard_store::{ChallengeTable, Operation, Outbox, StoreError};
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{
    Behaviour, EmbeddedDynamo, Fault, FaultyDynamo, KeySecret, LogLines, Mail, Mailbox,
    MemoryChallenges,
};
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
    let config = lifeguard_aws::stand_in(database.url());
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
    assert_eq!(failed(sender.handle(batch, NOW + 1, 0).await).len(), 0);

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
        assert_eq!(failed(sender.handle(batch, NOW + 1, 0).await).len(), 0);
    }
    assert_eq!(mails.service.calls(), 1);
}

#[tokio::test]
async fn throttled_batch_is_sent_on_the_next_try() {
    let (database, table) = embedded().await;
    let mails = Mailbox::with_next(&[Behaviour::Refuses]);
    let sender = sender(&table, &mails, &KeySecret::default());
    issue(&table, "noor", note_to("noor"), NOW).await;
    let records = database.stream(CHALLENGES);
    let id = records[0]["dynamodb"]["SequenceNumber"].as_str().unwrap();
    let batch = event(&records);
    assert_eq!(failed(sender.handle(batch.clone(), NOW + 1, 0).await), [id]);
    assert_eq!(mails.sent().len(), 0);
    for _ in 0..2 {
        assert_eq!(failed(sender.handle(batch.clone(), NOW + 2, 0).await).len(), 0);
    }
    assert_eq!(mails.sent().len(), 1);
}

/// A table behind a proxy that breaks calls, with one message to send.
async fn behind_faults() -> (FaultyDynamo, ChallengeTable, Value) {
    let dynamo = FaultyDynamo::start();
    let attempt = Duration::from_millis(300);
    let config = lifeguard_aws::hasty_stand_in(dynamo.url(), attempt);
    let table = ChallengeTable::new(&config, CHALLENGES.to_owned());
    issue(&table, "noor", note_to("noor"), NOW).await;
    let batch = event(&dynamo.database().stream(CHALLENGES));
    (dynamo, table, batch)
}

#[tokio::test]
async fn claim_after_a_lost_answer_sends_its_mail_once() {
    for fault in [Fault::LoseAnswer, Fault::HangAfter, Fault::LoseRequest, Fault::HangBefore] {
        let (dynamo, table, batch) = behind_faults().await;
        let mails = Mailbox::default();
        let sender = sender(&table, &mails, &KeySecret::default());
        dynamo.plan([(1, fault)]);
        assert_eq!(failed(sender.handle(batch.clone(), NOW + 1, 0).await).len(), 0, "{fault:?}");
        assert_eq!((dynamo.calls(), mails.sent().len()), (2, 1), "{fault:?}");
        dynamo.plan([]);
        assert_eq!(failed(sender.handle(batch, NOW + 1, 1).await).len(), 0, "{fault:?}");
        assert_eq!(mails.service.calls(), 1, "{fault:?}");
    }
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
async fn panic_while_sending_stops_no_other_row_and_doubles_none() {
    let table = MemoryChallenges::default();
    let mails = Mailbox::with_next(&[Behaviour::Panics]);
    let sender = sender(&table, &mails, &KeySecret::default());
    let mut records = Vec::new();
    for (id, user_name) in [("1", "noor"), ("2", "eva")] {
        records.push(pending(&table, id, user_name).await.1);
    }
    let batch = event(&records);
    let answer = sender.handle(batch.clone(), NOW, 0).await;
    assert_eq!(failed(answer).len(), 1, "the row that panicked");
    assert_eq!(failed(sender.handle(batch, NOW + 1, 0).await).len(), 0, "its claim is taken");
    assert_eq!((mails.service.calls(), mails.sent().len()), (2, 1));
}

#[tokio::test]
async fn two_invocations_with_one_batch_send_one_mail() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, record) = pending(&table, "1", "noor").await;
    let batch = event(&[record.clone(), record]);
    let once = || sender.handle(batch.clone(), NOW, 0);
    let both = tokio::join!(once(), once());
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
        let answer = sender.handle(event(std::slice::from_ref(&record)), NOW, 0).await;
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
    let answer = sender.handle(event(&records), NOW, 0).await;
    assert_eq!(failed(answer).len(), 0);
    assert!(started.elapsed() < lifeguard_runtime::DEADLINE);
    assert_eq!((mails.service.calls(), mails.sent().len()), (3, 2));
    assert_eq!(failed(sender.handle(event(&records), NOW, 0).await).len(), 0);
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
        let answer = sender.handle(event(&[record]), now, 0).await;
        assert_eq!(failed(answer).len(), 0, "change {place}");
        assert_eq!(mails.service.calls(), 0, "change {place}");
        let claim = table.claim(&row("noor"), 1, ClaimToken::new([7; 8])).await.unwrap();
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
    assert_eq!(failed(sender.handle(event(&records), NOW, 0).await).len(), 0);
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
    assert_eq!(failed(sender.handle(batch, NOW + 31, 0).await).len(), 0);
    let sent = mails.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text.contains(&code_of(&newer, "noor")));
}

#[tokio::test]
async fn later_messages_of_a_row_wait_for_the_throttled_one() {
    let table = MemoryChallenges::default();
    let mails = Mailbox::with_next(&[Behaviour::Refuses]);
    let sender = sender(&table, &mails, &KeySecret::default());
    let (older, first) = pending(&table, "1", "noor").await;
    let newer = issue(&table, "noor", note_to("noor"), NOW + 30).await;
    let second = record("3", "noor", &newer, &note_to("noor"));
    // The one row that is throttled is the first in the order of the keys.
    let other = (0..64).map(|place| format!("other-{place}"));
    let other = other.into_iter().find(|name| row(name) > row("noor"));
    let other = other.unwrap();
    let (_, between) = pending(&table, "2", &other).await;
    let batch = event(&[first, between, second]);

    let answer = sender.handle(batch.clone(), NOW + 31, 0).await;
    assert_eq!(failed(answer), ["1", "3"]);
    assert_eq!(mails.sent()[0].to, format!("{other}@example.net"));
    assert_eq!(mails.sent().len(), 1);

    assert_eq!(failed(sender.handle(batch, NOW + 32, 0).await).len(), 0);
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
    assert_eq!(failed(sender.handle(batch.clone(), NOW + 31, 0).await), ["1", "2"]);
    assert_eq!(failed(sender.handle(batch, NOW + 600, 0).await).len(), 0);
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
    assert_eq!(failed(sender.handle(batch.clone(), NOW, 0).await), ["1"]);
    keys.service.set(Behaviour::Works);
    keys.set(&[2]);
    assert_eq!(failed(sender.handle(batch.clone(), NOW, 0).await), ["1"]);
    assert_eq!(mails.service.calls(), 0);
    keys.set(&[1]);
    assert_eq!(failed(sender.handle(batch, NOW + 60, 0).await).len(), 0);
    assert!(mails.sent()[0].text.contains(&code_of(&challenge, "noor")));
}

#[tokio::test]
async fn mail_has_both_codes_the_mark_and_the_time() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (challenge, record) = pending(&table, "1", "noor").await;
    assert_eq!(failed(sender.handle(event(&[record]), NOW, 0).await).len(), 0);
    let Mail { subject, text, .. } = mails.sent().remove(0);
    for code in [code_of(&challenge, "noor"), long_code_of(&challenge, "noor")] {
        assert_eq!(text.matches(&code).count(), 1);
        assert!(!subject.contains(&code));
    }
    let mark = lifeguard_sign_in::ticket::mark(&[9; 8]);
    assert!(subject.ends_with(&format!("({mark}, 08:00:00 UTC)")), "{subject}");
    assert!(text.contains("10 min"), "{text}");
}

/// After six mails in a day the long code lives for 25 min, the short one for 10.
#[tokio::test]
async fn late_mail_omits_its_expired_short_code() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    let sender = sender(&table, &mails, &KeySecret::default());
    let (challenge, mut record) = pending(&table, "1", "noor").await;
    for place in 2..=6 {
        record["dynamodb"]["NewImage"][format!("s{place}")] = json!({"N": (NOW - 60).to_string()});
    }
    assert_eq!(failed(sender.handle(event(&[record]), NOW + 601, 0).await).len(), 0);
    let Mail { subject, text, .. } = mails.sent().remove(0);
    assert!(text.contains(&long_code_of(&challenge, "noor")), "{text}");
    assert!(!text.contains(&code_of(&challenge, "noor")), "{text}");
    assert!(text.contains("15 min") && !text.contains(" 0 min"), "{text}");
    assert!(subject.starts_with("Je inlogcode voor Acme ("), "{subject}");
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
        assert_eq!(failed(sender.handle(event(&[other]), NOW, 0).await), ["1"], "{key}");
    }
    assert_eq!(mails.service.calls(), 0);
    assert_eq!(failed(sender.handle(event(&[good]), NOW, 0).await).len(), 0);
    assert_eq!(mails.service.calls(), 1, "it was not claimed");
}

/// A table that cannot claim or cannot give back.
#[derive(Clone)]
struct Broken {
    table: MemoryChallenges,
    claims: bool,
}

impl Outbox for Broken {
    async fn claim(
        &self,
        row: &RowKey,
        number: u32,
        token: ClaimToken,
    ) -> Result<Claim, StoreError> {
        let claim = self.table.claim(row, number, token).await;
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
    assert_eq!(failed(sender.handle(event(&[record]), NOW, 0).await), ["1"]);
    assert_eq!(mails.service.calls(), 0);
}

#[tokio::test]
async fn throttled_mail_with_a_lost_claim_is_not_doubled() {
    let table = MemoryChallenges::default();
    let (_, record) = pending(&table, "1", "noor").await;
    let broken = Broken { table, claims: true };
    let mails = Mailbox::with_next(&[Behaviour::Refuses]);
    let sender = sender(&broken, &mails, &KeySecret::default());
    let batch = event(&[record]);
    // At any age: if the claim was given back after all, the next try sends the mail.
    assert_eq!(failed(sender.handle(batch.clone(), NOW + 60, 0).await), ["1"]);
    assert_eq!(failed(sender.handle(batch, NOW + 60, 0).await).len(), 0);
    assert_eq!(mails.service.calls(), 1);
}

/// Tries of a throttled mail are paced and not counted: the stream alone gives it up.
#[tokio::test]
async fn throttled_mail_comes_again_paced_at_any_age() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    mails.service.set(Behaviour::Refuses);
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, record) = pending(&table, "1", "noor").await;
    let batch = event(&[record]);
    for (age, pause) in [(0, 500), (1, 500), (10, 2_500), (31, 7_750), (60, 10_000), (299, 10_000)]
    {
        let reply = sender.handle(batch.clone(), NOW + age, 0).await.unwrap();
        assert_eq!(reply.wait().as_millis(), pause, "at {age} s");
        assert_eq!(failed(Ok(reply)), ["1"]);
    }
    mails.service.set(Behaviour::Works);
    let reply = sender.handle(batch, NOW + 300, 0).await.unwrap();
    assert_eq!((reply.wait().as_millis(), mails.sent().len()), (0, 1));
}

/// An attacker's old mail makes no fresh one wait: the youngest record of a batch sets the pause.
#[tokio::test]
async fn fresh_mail_does_not_wait_for_an_old_one() {
    let (table, mails) = (MemoryChallenges::default(), Mailbox::default());
    mails.service.set(Behaviour::Refuses);
    let sender = sender(&table, &mails, &KeySecret::default());
    let (_, old) = pending(&table, "1", "eve").await;
    let fresh = issue(&table, "noor", note_to("noor"), NOW + 60).await;
    let fresh = record("2", "noor", &fresh, &note_to("noor"));
    let reply = sender.handle(event(&[old, fresh]), NOW + 60, u64::MAX).await.unwrap();
    assert_eq!(reply.wait().as_millis(), 1_500);
    assert_eq!(failed(Ok(reply)).len(), 2);
}

/// A mail service that refuses for good.
#[derive(Clone, Default)]
struct Strict(Arc<AtomicUsize>);

impl Mailer for Strict {
    async fn send(&self, _: &Recipient, _: &Message) -> Result<(), SendFault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(SendFault::Refused("MessageRejected".to_owned()))
    }
}

/// A mail service to which no connection can be made, for so many mails.
#[derive(Clone)]
struct Unreachable(Arc<AtomicUsize>);

impl Mailer for Unreachable {
    async fn send(&self, _: &Recipient, _: &Message) -> Result<(), SendFault> {
        let left =
            self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map_or(Ok(()), |_| Err(SendFault::Unreachable))
    }
}

/// Nothing left, so the claim is given back and the next try sends the mail, at any age.
#[tokio::test]
async fn mail_without_a_connection_comes_again() {
    let (table, service) =
        (MemoryChallenges::default(), Unreachable(Arc::new(AtomicUsize::new(2))));
    let keys = CodeKeys::new(KeySecret::default());
    let sender = Sender::new(support::policy(), table.clone(), service, keys);
    let (_, record) = pending(&table, "1", "noor").await;
    let batch = event(&[record]);
    for again in [vec!["1"], vec!["1"], Vec::new(), Vec::new()] {
        assert_eq!(failed(sender.handle(batch.clone(), NOW + 60, 0).await), again);
    }
    let claim = table.claim(&row("noor"), 1, ClaimToken::new([7; 8])).await;
    assert_eq!(claim.unwrap(), Claim::Taken, "it was sent");
}

#[tokio::test]
async fn final_refusal_is_not_tried_again() {
    let (table, mails) = (MemoryChallenges::default(), Strict::default());
    let keys = CodeKeys::new(KeySecret::default());
    let sender = Sender::new(support::policy(), table.clone(), mails.clone(), keys);
    let (_, record) = pending(&table, "1", "noor").await;
    for _ in 0..2 {
        let reply = sender.handle(event(std::slice::from_ref(&record)), NOW, 0).await.unwrap();
        assert_eq!(reply.wait().as_millis(), 0);
        assert_eq!(failed(Ok(reply)).len(), 0);
    }
    assert_eq!(mails.0.load(Ordering::SeqCst), 1);
    assert_eq!(table.claim(&row("noor"), 1, ClaimToken::new([7; 8])).await.unwrap(), Claim::Taken);
}

/// A record that fails for a reason of ours holds up no other for long; one of a later layout waits
/// for the version that knows it.
#[tokio::test]
async fn failing_record_is_given_up_after_half_a_minute() {
    let (table, mails, keys) =
        (MemoryChallenges::default(), Mailbox::default(), KeySecret::default());
    keys.service.set(Behaviour::Refuses);
    let (_, record) = pending(&table, "1", "noor").await;
    let later =
        lifeguard_testkit::with(record.clone(), "/dynamodb/NewImage/pk", json!({"S": "v3#row"}));
    let broken = Broken { table: table.clone(), claims: false };
    for (age, again) in [(0, true), (29, true), (30, false), (299, false)] {
        let tried = if again { vec!["1"] } else { Vec::new() };
        let without_key = sender(&table, &mails, &keys);
        let batch = event(std::slice::from_ref(&record));
        assert_eq!(failed(without_key.handle(batch.clone(), NOW + age, 0).await), tried, "{age} s");
        let without_claim = sender(&broken, &mails, &KeySecret::default());
        assert_eq!(failed(without_claim.handle(batch, NOW + age, 0).await), tried, "{age} s");
        let unknown = event(std::slice::from_ref(&later));
        assert_eq!(failed(without_key.handle(unknown, NOW + age, 0).await), ["1"], "{age} s");
    }
    assert_eq!(mails.service.calls(), 0);
}

#[tokio::test]
async fn log_and_answer_name_neither_user_nor_code() {
    let lines = LogLines::default();
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
    let answer = sender.handle(event(&records), NOW, 0).await;
    let payload = answer.unwrap().into_payload().to_string();

    let log = lines.take();
    assert_eq!(log.lines().count(), 3, "{log}");
    for word in [
        "no mail at the moment: TooManyRequestsException",
        "no answer",
        "usable `out`",
        "code=\"MailThrottled\"",
        "code=\"MailUnanswered\"",
        "code=\"Unreadable\"",
    ] {
        assert!(log.contains(word), "{log}");
    }
    codes.extend(["noor", "example.net", "sub-of"].map(str::to_owned));
    for secret in codes {
        assert!(!log.contains(&secret) && !payload.contains(&secret), "{secret}");
    }
}
