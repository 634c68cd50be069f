//! No fault and no claim of an event makes an answer right without a reason.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use lifeguard_aws::CodeKeys;
use lifeguard_sign_in::ticket::Ticket;
use lifeguard_sign_in::verdict::Verdict;
use lifeguard_testkit::answers::{SAMPLE, short_code};
use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{Behaviour, ChallengeService, KeySecret, MemoryChallenges};
use serde_json::{Value, json};
use verify_auth_challenge::handle;

use support::{event, issue, issue_under, keys, settings};

/// Result of an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Said(bool),
    Fault,
    Panicked,
    /// It never answered: the deadline around the handler ends it.
    Hung,
}

/// Runs one invocation as the runtime does: with a deadline, and not ended by a panic.
fn run(table: &ChallengeService, secrets: &KeySecret, event: &Value) -> Ended {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let (settings, keys) = (settings(), CodeKeys::new(secrets.clone()));
    let invocation = handle(&settings, table, &keys, event.clone(), NOW + 9);
    let ended = catch_unwind(AssertUnwindSafe(|| {
        runtime
            .block_on(async { tokio::time::timeout(Duration::from_millis(3500), invocation).await })
    }));
    match ended {
        Err(_) => Ended::Panicked,
        Ok(Err(_)) => Ended::Hung,
        Ok(Ok(Err(_))) => Ended::Fault,
        Ok(Ok(Ok(reply))) => {
            let response = reply.into_payload()["response"].take();
            Ended::Said(response["answerCorrect"].as_bool().unwrap())
        }
    }
}

/// Returns a table with this behaviour, and the ticket of a challenge in it.
fn issued(behaviour: Behaviour) -> (ChallengeService, Ticket) {
    let table = ChallengeService::new(behaviour);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ticket = runtime.block_on(issue(&table.rows, NOW, 1));
    (table, ticket)
}

/// The event with what an attacker would like to be the answer.
fn already_right(event: Value) -> Value {
    lifeguard_testkit::with(event, "/response", json!({"answerCorrect": true, "issueTokens": true}))
}

#[test]
fn t33_no_fault_of_table_or_key_is_ever_right() {
    for (table_behaviour, expected) in [
        (Behaviour::Works, Ended::Said(true)),
        (Behaviour::Refuses, Ended::Said(false)),
        (Behaviour::HangsBefore, Ended::Said(false)),
        (Behaviour::Panics, Ended::Panicked),
    ] {
        let (table, ticket) = issued(table_behaviour);
        let event = already_right(event(&ticket, &short_code(&ticket.challenge, SAMPLE)));
        assert_eq!(run(&table, &KeySecret::new(&[1]), &event), expected, "{table_behaviour:?}");
    }
    for (key_behaviour, expected) in [
        (Behaviour::Refuses, Ended::Fault),
        (Behaviour::HangsBefore, Ended::Hung),
        (Behaviour::Panics, Ended::Panicked),
    ] {
        let (table, ticket) = issued(Behaviour::Works);
        let secrets = KeySecret::default();
        secrets.service.set(key_behaviour);
        let event = already_right(event(&ticket, &short_code(&ticket.challenge, SAMPLE)));
        assert_eq!(run(&table, &secrets, &event), expected, "{key_behaviour:?}");
        assert!(table.judgements().is_empty(), "nothing is half done");
    }
}

#[test]
fn t33_an_event_that_says_it_is_right_is_judged_all_the_same() {
    let (table, ticket) = issued(Behaviour::Works);
    let wrong = event(&ticket, "00000000");
    let foreign = lifeguard_testkit::with(
        wrong.clone(),
        "/request/privateChallengeParameters",
        json!({"challenge": "made up"}),
    );
    let first_round = lifeguard_testkit::with(
        wrong.clone(),
        "/request/privateChallengeParameters",
        json!({"challenge": "PROVIDE_AUTH_PARAMETERS"}),
    );
    let without =
        lifeguard_testkit::with(wrong.clone(), "/request/privateChallengeParameters", Value::Null);
    for event in [wrong, foreign, first_round, without] {
        let ended = run(&table, &KeySecret::new(&[1]), &already_right(event));
        assert_eq!(ended, Ended::Said(false));
    }
}

#[test]
fn t24_an_unreachable_key_is_no_answer_and_the_next_event_is_judged() {
    let (table, ticket) = issued(Behaviour::Works);
    let secrets = KeySecret::default();
    let event = event(&ticket, &short_code(&ticket.challenge, SAMPLE));
    secrets.service.set(Behaviour::Refuses);
    for tries in 1..=5 {
        assert_eq!(run(&table, &secrets, &event), Ended::Fault);
        assert_eq!(secrets.service.calls(), tries, "one read for each event");
    }
    assert!(table.judgements().is_empty());
    secrets.service.set(Behaviour::Works);
    assert_eq!(run(&table, &secrets, &event), Ended::Said(true));
}

#[tokio::test]
async fn t72_a_rotation_between_issue_and_answer_changes_no_verdict() {
    for (issued_under, known, right) in [
        (1, [1, 2].as_slice(), true),
        (2, &[1, 2], true),
        (1, &[1], true),
        (1, &[2, 3], false),
        (9, &[1, 2], false),
    ] {
        let table = ChallengeService::default();
        let ticket = issue_under(&table, NOW, 1, issued_under).await;
        let secrets = KeySecret::new(known);
        let keys = CodeKeys::new(secrets.clone());
        let event = event(&ticket, &short_code(&ticket.challenge, SAMPLE));
        let reply = handle(&settings(), &table, &keys, event, NOW + 9).await.unwrap();
        let said = reply.into_payload()["response"]["answerCorrect"].take();
        assert_eq!(said, right, "version {issued_under} of {known:?}");
        // Without the key no answer could be right, so none is a guess that counts.
        assert_eq!(table.judgements().len(), usize::from(right));
    }
}

/// Returns the reply to the right answer if the event is changed like this.
async fn said_to(change: impl FnOnce(Value) -> Value) -> bool {
    let table = ChallengeService::default();
    let ticket = issue(&table, NOW, 1).await;
    let event = change(event(&ticket, &short_code(&ticket.challenge, SAMPLE)));
    let reply = handle(&settings(), &table, &keys(), event, NOW + 9).await.unwrap();
    let said = reply.into_payload()["response"]["answerCorrect"].as_bool().unwrap();
    let verdict = if said { Verdict::Right } else { Verdict::Wrong };
    let calls = table.judgements();
    assert_eq!(calls.iter().map(|call| call.verdict).collect::<Vec<_>>(), [verdict]);
    said
}

#[tokio::test]
async fn t11_code_is_wrong_after_a_change_of_the_address() {
    assert!(said_to(|event| event).await, "unchanged");
    for verified in [json!("True"), json!("TRUE"), json!(true)] {
        let pointer = "/request/userAttributes/email_verified";
        assert!(said_to(|event| lifeguard_testkit::with(event, pointer, verified)).await);
    }
    for (attribute, value) in [
        ("email", json!("eve@example.net")),
        ("email", json!("Noor.haddad@example.net")),
        ("email", Value::Null),
        ("email_verified", json!("false")),
        ("email_verified", json!("TRUE ")),
        ("email_verified", json!("1")),
        ("email_verified", json!(1)),
        ("email_verified", json!("")),
        ("email_verified", Value::Null),
        ("sub", json!("d2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55")),
        ("sub", Value::Null),
    ] {
        let pointer = format!("/request/userAttributes/{attribute}");
        let told = format!("{attribute} {value}");
        assert!(!said_to(|event| lifeguard_testkit::with(event, &pointer, value)).await, "{told}");
    }
    assert!(
        !said_to(|event| lifeguard_testkit::with(event, "/request/userAttributes", Value::Null))
            .await
    );
}

#[tokio::test]
async fn t28_answer_of_an_unknown_user_is_never_right() {
    for not_found in [json!(true), json!("false"), json!(1)] {
        assert!(
            !said_to(|event| lifeguard_testkit::with(event, "/request/userNotFound", not_found))
                .await
        );
    }
}

#[tokio::test]
async fn t35_clock_that_goes_back_revives_no_expired_code() {
    // The code expired at NOW + 600; then this instance's clock falls back by an hour.
    for back in [0, 60, 61, 3_000, 3_600] {
        let store = MemoryChallenges::default();
        let ticket = issue(&store, NOW, 1).await;
        let event = event(&ticket, &short_code(&ticket.challenge, SAMPLE));
        let now = NOW + 660 - back;
        let reply = handle(&settings(), &store, &keys(), event, now).await.unwrap();
        let alive = (NOW..NOW + 600).contains(&now);
        assert_eq!(reply.into_payload()["response"]["answerCorrect"], alive, "{back} s back");
    }
}
