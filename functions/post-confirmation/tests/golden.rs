//! Every sample event goes back exactly as it came, also where something fails.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use lifeguard_testkit::fixtures::POOL;
use lifeguard_testkit::{Behaviour, with};
use post_confirmation::handle;
use serde_json::{Value, json};

use support::{RememberedPool, draw, existing_profile, profiles, settings};

const SOURCES: [&str; 2] =
    ["PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword"];
const SIGN_UP: &str = "PostConfirmation_ConfirmSignUp";
const RESET: &str = "PostConfirmation_ConfirmForgotPassword";

#[test]
fn event_goes_back_as_it_came_and_others_are_faults() {
    let clock = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let settings = settings(POOL, Some("members"));
    lifeguard_testkit::golden::check_every_event(&SOURCES, &[], |event| {
        let profiles = clock.block_on(profiles(Behaviour::Works));
        let user_pool = RememberedPool::new(Behaviour::Works);
        let reply = handle(&settings, &profiles.table, &user_pool, event.clone(), 1_000, draw);
        let reply = clock.block_on(reply).unwrap();
        let answered = reply.outcome() != "fault";
        if !answered {
            assert_eq!((profiles.dynamo.operations().len(), user_pool.added().len()), (0, 0));
        }
        let payload = reply.into_payload();
        assert_eq!(payload, event);
        answered.then_some(payload)
    });
}

#[track_caller]
fn check(reply: &lifeguard_runtime::Reply, outcome: &str) {
    assert_eq!(reply.outcome(), outcome);
    assert_eq!(reply.code(), if outcome == "fault" { "Fault" } else { "" });
}

/// Returns the operations as the database names them.
fn names(operations: &[&str]) -> Vec<String> {
    operations.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn effects_follow_the_first_confirmation_of_either_kind() {
    for (source, group, existed, outcome, table, added) in [
        (SIGN_UP, Some("members"), false, "written", &["PutItem"][..], 1),
        (SIGN_UP, None, false, "written", &["PutItem"], 0),
        (SIGN_UP, Some("members"), true, "repeated", &["PutItem"], 1),
        (SIGN_UP, None, true, "repeated", &["PutItem"], 0),
        (RESET, Some("members"), false, "written", &["GetItem", "PutItem"], 1),
        (RESET, None, false, "written", &["PutItem"], 0),
        (RESET, Some("members"), true, "repeated", &["GetItem"], 0),
        (RESET, None, true, "repeated", &["PutItem"], 0),
    ] {
        let event = lifeguard_testkit::event(source);
        let profiles = match existed {
            true => existing_profile(&event).await,
            false => profiles(Behaviour::Works).await,
        };
        let user_pool = RememberedPool::new(Behaviour::Works);
        let settings = settings(POOL, group);
        let reply =
            handle(&settings, &profiles.table, &user_pool, event, 1_000, draw).await.unwrap();
        check(&reply, outcome);
        let called = (profiles.dynamo.operations(), user_pool.added().len());
        assert_eq!(called, (names(table), added), "{source} {group:?} {existed}");
    }
}

#[tokio::test]
async fn confirmation_without_a_client_has_its_effects() {
    let contexts = [
        json!({"clientId": null}),
        json!({}),
        json!({"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "CLIENT_ID_NOT_APPLICABLE"}),
    ];
    for context in contexts {
        for source in SOURCES {
            let profiles = profiles(Behaviour::Works).await;
            let user_pool = RememberedPool::new(Behaviour::Works);
            let event = with(lifeguard_testkit::event(source), "/callerContext", context.clone());
            let settings = settings(POOL, Some("members"));
            let reply =
                handle(&settings, &profiles.table, &user_pool, event, 1_000, draw).await.unwrap();
            check(&reply, "written");
            assert_eq!(user_pool.added().len(), 1, "{source} {context}");
        }
    }
}

#[tokio::test]
async fn t29_post_confirmation_of_another_scope_has_no_effect() {
    for source in SOURCES {
        for event in lifeguard_testkit::hostile::from_somewhere_else(source) {
            let context = event.get("callerContext");
            let client = context.and_then(|context| context.get("clientId"));
            let is_object = context.is_some_and(Value::is_object);
            if is_object && client.is_none_or(Value::is_null) {
                continue;
            }
            let profiles = profiles(Behaviour::Works).await;
            let user_pool = RememberedPool::new(Behaviour::Works);
            let settings = settings(POOL, Some("members"));
            let reply = handle(&settings, &profiles.table, &user_pool, event.clone(), 1_000, draw)
                .await
                .unwrap();
            check(&reply, "fault");
            assert_eq!(
                (profiles.dynamo.operations().len(), user_pool.added().len()),
                (0, 0),
                "{event}"
            );
            assert_eq!(reply.into_payload(), event);
        }
    }
}

#[tokio::test]
async fn failed_effect_leaves_no_profile_behind_a_missing_group() {
    use Behaviour::{HangsBefore, Refuses, Works};
    for (source, profile, group, table, added) in [
        (SIGN_UP, Refuses, Works, &["PutItem", "PutItem"][..], 1),
        (SIGN_UP, HangsBefore, Works, &["PutItem", "PutItem"], 1),
        (SIGN_UP, Works, Refuses, &[], 1),
        (SIGN_UP, Works, HangsBefore, &[], 1),
        (RESET, Refuses, Works, &["GetItem", "GetItem"], 0),
        (RESET, HangsBefore, Works, &["GetItem", "GetItem"], 0),
        (RESET, Works, Refuses, &["GetItem"], 1),
        (RESET, Works, HangsBefore, &["GetItem"], 1),
    ] {
        let profiles = profiles(profile).await;
        let user_pool = RememberedPool::new(group);
        let event = lifeguard_testkit::event(source);
        let settings = settings(POOL, Some("members"));
        let started = tokio::time::Instant::now();
        let reply = handle(&settings, &profiles.table, &user_pool, event.clone(), 1_000, draw)
            .await
            .unwrap();
        assert!(started.elapsed() < lifeguard_runtime::DEADLINE);
        if group == HangsBefore {
            tokio::time::resume();
        }
        check(&reply, "fault");
        assert_eq!(reply.into_payload(), event);
        assert_eq!(
            (profiles.dynamo.operations(), user_pool.added().len()),
            (names(table), added),
            "{source}"
        );
    }
}

#[tokio::test]
async fn event_without_a_user_makes_no_call() {
    let event = || lifeguard_testkit::event("PostConfirmation_ConfirmSignUp");
    for event in [
        with(event(), "/request/userAttributes/sub", Value::Null),
        with(event(), "/request/userAttributes/sub", ""),
        with(event(), "/request/userAttributes", Value::Null),
        with(event(), "/request", json!([])),
        with(event(), "/userName", Value::Null),
    ] {
        let profiles = profiles(Behaviour::Works).await;
        let user_pool = RememberedPool::new(Behaviour::Works);
        let settings = settings(POOL, Some("members"));
        let reply = handle(&settings, &profiles.table, &user_pool, event.clone(), 1_000, draw)
            .await
            .unwrap();
        check(&reply, "fault");
        assert_eq!(reply.into_payload(), event);
        assert_eq!((profiles.dynamo.operations().len(), user_pool.added().len()), (0, 0));
    }
}

#[tokio::test]
async fn t48_group_is_the_configured_one_for_every_claim() {
    let claims = [
        ("email", "admin@example.net"),
        ("custom:role", "admin"),
        ("custom:tenant", "admin"),
        ("cognito:groups", "admin"),
        ("preferred_username", "admin"),
    ];
    for (name, value) in claims {
        for group in [None, Some("members")] {
            let profiles = profiles(Behaviour::Works).await;
            let user_pool = RememberedPool::new(Behaviour::Works);
            let event = lifeguard_testkit::event("PostConfirmation_ConfirmSignUp");
            let event = with(event, &format!("/request/userAttributes/{name}"), value);
            let event = with(event, "/request/clientMetadata", json!({"group": "admin"}));
            let person = event.get("userName").and_then(Value::as_str).unwrap().to_owned();
            let settings = settings(POOL, group);
            handle(&settings, &profiles.table, &user_pool, event, 1_000, draw).await.unwrap();
            let expected: Vec<[String; 3]> = group
                .map(|group| [POOL.to_owned(), person, group.to_owned()])
                .into_iter()
                .collect();
            assert_eq!(user_pool.added(), expected, "{name}");
        }
    }
}
