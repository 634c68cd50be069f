//! Every event goes back exactly as it came, also where something fails; the profile gets the time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use lifeguard_runtime::Reply;
use lifeguard_testkit::fixtures::{POLICY, POOL, SUB, settings};
use lifeguard_testkit::{Fault, Profiles, event, with};
use post_authentication::handle;
use post_authentication::settings::Settings;
use serde_json::{Value, json};

const SOURCE: &str = "PostAuthentication_Authentication";

/// Starts a table with the profile of the user of the sample event.
async fn start() -> Profiles {
    let profiles = Profiles::start().await;
    profiles.create(SUB).await;
    profiles
}

async fn sign_in(profiles: &Profiles, event: Value, now: u64) -> Reply {
    handle(&settings(POLICY, Settings::load), &profiles.table, event, now).await
}

/// Returns the time in the profile of the user.
fn last_sign_in(profiles: &Profiles) -> Value {
    profiles.row(POOL, SUB)["last_sign_in"].clone()
}

#[track_caller]
fn check(reply: Reply, event: &Value, outcome: &str) {
    assert_eq!(reply.outcome(), outcome, "{event}");
    assert_eq!(reply.code(), if outcome == "fault" { "Fault" } else { "" });
    assert_eq!(reply.into_payload(), *event);
}

#[test]
fn event_goes_back_as_it_came_and_others_are_faults() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let profiles = runtime.block_on(start());
    lifeguard_testkit::golden::check_every_event(&[SOURCE], &[], |event| {
        let reply = runtime.block_on(sign_in(&profiles, event.clone(), 2_000));
        let is_fault = reply.outcome() == "fault";
        let payload = reply.into_payload();
        assert_eq!(payload, event);
        (!is_fault).then_some(payload)
    });
    assert_eq!(profiles.rows(), 1);
}

#[tokio::test]
async fn last_sign_in_is_recorded_and_never_goes_back() {
    let profiles = start().await;
    let event = event(SOURCE);
    for (now, outcome, kept) in [
        (2_000, "recorded", "2000"),
        (2_000, "recorded", "2000"),
        (1_999, "unchanged", "2000"),
        (3_000, "recorded", "3000"),
    ] {
        check(sign_in(&profiles, event.clone(), now).await, &event, outcome);
        assert_eq!(last_sign_in(&profiles), json!({"N": kept}));
    }
}

#[tokio::test]
async fn user_without_a_profile_gets_none() {
    let profiles = start().await;
    let event = with(event(SOURCE), "/request/userAttributes/sub", "another");
    check(sign_in(&profiles, event.clone(), 2_000).await, &event, "unchanged");
    assert_eq!(profiles.rows(), 1);
}

#[tokio::test]
async fn broken_table_lets_the_user_in() {
    let profiles = start().await;
    let event = event(SOURCE);
    for fault in [Fault::Throttled, Fault::Internal, Fault::LoseAnswer] {
        profiles.dynamo.plan([(1, fault), (2, fault)]);
        check(sign_in(&profiles, event.clone(), 2_000).await, &event, "fault");
        profiles.dynamo.plan([]);
        check(sign_in(&profiles, event.clone(), 2_000).await, &event, "recorded");
    }
}

#[tokio::test]
async fn event_of_another_scope_records_nothing() {
    let profiles = start().await;
    for event in lifeguard_testkit::hostile::from_somewhere_else(SOURCE) {
        check(sign_in(&profiles, event.clone(), 2_000).await, &event, "fault");
    }
    assert_eq!(last_sign_in(&profiles), Value::Null);
}

#[tokio::test]
async fn malformed_event_is_given_back_all_the_same() {
    let profiles = start().await;
    for event in [
        with(event(SOURCE), "/request/userAttributes/sub", Value::Null),
        with(event(SOURCE), "/request/userAttributes/sub", ""),
        with(event(SOURCE), "/request", json!([])),
        json!([]),
        json!("PostAuthentication"),
        Value::Null,
    ] {
        check(sign_in(&profiles, event.clone(), 2_000).await, &event, "fault");
    }
    assert_eq!(last_sign_in(&profiles), Value::Null);
}
