//! No fault and no claim of an event makes a challenge without the table.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use create_auth_challenge::handle;
use create_auth_challenge::settings::Settings;
use lifeguard_runtime::Answer;
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_store::StoreError;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_testkit::fixtures::{code_policy, settings};
use lifeguard_testkit::{Behaviour, ChallengeService, MemoryChallenges, User};
use serde_json::{Value, json};

use support::FRESH;

/// Runs one invocation as the runtime does; `None` if it panicked or never answered.
fn run(store: &impl Challenges, event: Value) -> Option<Answer> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let settings = settings(&code_policy(), Settings::load);
    let invocation = handle(&settings, store, event, FRESH);
    let deadline = Duration::from_millis(3500);
    let run = || runtime.block_on(async { tokio::time::timeout(deadline, invocation).await.ok() });
    catch_unwind(AssertUnwindSafe(run)).ok().flatten()
}

/// The event with a challenge that an attacker could answer.
fn already_answered() -> Value {
    let planted = json!({
        "publicChallengeParameters": {"challenge": "EMAIL_OTP"},
        "privateChallengeParameters": {"answer": "1234", "challenge": "planted"},
        "challengeMetadata": "planted",
    });
    lifeguard_testkit::with(
        lifeguard_testkit::event("CreateAuthChallenge_Authentication"),
        "/response",
        planted,
    )
}

#[test]
fn t33_no_fault_of_the_table_leaves_a_challenge() {
    for behaviour in Behaviour::FAULTS {
        let answer = run(&ChallengeService::new(behaviour), already_answered());
        assert!(!matches!(answer, Some(Ok(_))), "{behaviour:?}: {answer:?}");
    }
}

#[test]
fn t33_a_challenge_that_the_event_brings_along_is_overwritten() {
    let reply = run(&MemoryChallenges::default(), already_answered()).unwrap().unwrap();
    let response = reply.into_payload()["response"].take();
    assert_eq!(response["privateChallengeParameters"].as_object().unwrap().len(), 1);
    assert!(!response.to_string().contains("planted"), "{response}");
}

#[test]
fn t11_an_unverified_address_gets_no_message_and_the_same_challenge() {
    let mut shapes = Vec::new();
    for (verified, counts) in [
        (json!("true"), true),
        (json!("True"), true),
        (json!(true), true),
        (json!("true "), false),
        (json!("1"), false),
        (json!(1), false),
        (json!("false"), false),
        (json!(""), false),
        (Value::Null, false),
    ] {
        let store = MemoryChallenges::default();
        let event = lifeguard_testkit::event("CreateAuthChallenge_Authentication");
        let pointer = "/request/userAttributes/email_verified";
        let event = lifeguard_testkit::with(event, pointer, verified.clone());
        let user_name = event["userName"].as_str().unwrap().to_owned();
        let reply = run(&store, event).unwrap().unwrap();
        shapes.push(reply.into_payload()["response"].take());
        let row = User::known(&user_name).row();
        let (_, note) = store.newest(&row).unwrap();
        assert_eq!(note.destination.is_empty(), !counts, "{verified}");
    }
    assert!(shapes.iter().all(|shape| *shape == shapes[0]), "the same for all");
}

/// A table with rows that give no challenge, which the layout does not allow.
struct Faulty;

impl Challenges for Faulty {
    async fn issue(&self, _: &NewChallenge) -> Result<Issued, StoreError> {
        Ok(Issued::Unanswerable)
    }

    async fn record(&self, _: &Judgement) -> Result<Recorded, StoreError> {
        Ok(Recorded::Refused)
    }
}

#[test]
fn row_without_a_challenge_is_a_fault_for_the_log_alone() {
    let shape = |answer: Answer| {
        let payload = answer.unwrap().into_payload();
        payload["response"]["publicChallengeParameters"].clone()
    };
    let faulty = run(&Faulty, already_answered()).unwrap();
    let reply = faulty.as_ref().unwrap();
    assert_eq!((reply.outcome(), reply.fault()), ("blank", "the row gives no challenge"));
    let sound = run(&MemoryChallenges::default(), already_answered()).unwrap();
    assert_eq!(sound.as_ref().unwrap().fault(), "");
    assert_eq!(shape(faulty), shape(sound), "the client sees no difference");
}
