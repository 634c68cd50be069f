//! Every sample event goes back exactly as it came, also where something fails.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use post_confirmation::handle;
use serde_json::{Value, json};
use testkit::events::POOL;
use testkit::with;

use support::{Behaviour, CountedProfiles, RememberedGroups, settings};

const SOURCES: [&str; 2] =
    ["PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword"];
const NULL_CLIENT: &str = "variants/PostConfirmation_ConfirmSignUp.admin-console-null-client";

#[test]
fn the_event_goes_back_as_it_came_and_others_are_recorded_as_faults() {
    let clock = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let settings = settings(POOL, Some("members"));
    testkit::golden::check(&SOURCES, &[NULL_CLIENT], |event| {
        let profiles = CountedProfiles::new(Behaviour::Works);
        let groups = RememberedGroups::new(Behaviour::Works);
        let reply = handle(&settings, &profiles, &groups, event.clone(), 1_000);
        let reply = clock.block_on(reply).unwrap();
        let answered = reply.outcome() != "fault";
        if !answered {
            assert_eq!((profiles.count(), groups.added().len()), (0, 0));
        }
        let payload = reply.into_payload();
        assert_eq!(payload, event);
        answered.then_some(payload)
    });
}

#[track_caller]
fn check(reply: &runtime::Reply, outcome: &str) {
    assert_eq!(reply.outcome(), outcome);
    assert_eq!(reply.code(), if outcome == "fault" { "Fault" } else { "" });
}

#[tokio::test]
async fn a_first_confirmation_makes_two_calls_and_without_a_group_one() {
    for (group, calls) in [(None, 0), (Some("members"), 1)] {
        let profiles = CountedProfiles::new(Behaviour::Works);
        let groups = RememberedGroups::new(Behaviour::Works);
        let event = testkit::event("PostConfirmation_ConfirmSignUp");
        let reply = handle(&settings(POOL, group), &profiles, &groups, event, 1_000).await.unwrap();
        check(&reply, "written");
        assert_eq!((profiles.count(), groups.added().len()), (1, calls));
    }
}

#[tokio::test]
async fn a_password_that_was_reset_makes_no_call() {
    let profiles = CountedProfiles::new(Behaviour::Fails);
    let groups = RememberedGroups::new(Behaviour::Fails);
    let event = testkit::event("PostConfirmation_ConfirmForgotPassword");
    let settings = settings(POOL, Some("members"));
    let reply = handle(&settings, &profiles, &groups, event, 1_000).await.unwrap();
    check(&reply, "ignored");
    assert_eq!((profiles.count(), groups.added().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_either_call_is_recorded_and_the_event_goes_back_unchanged() {
    use Behaviour::{Fails, Hangs, Works};
    for (profile, group, calls) in
        [(Fails, Works, 0), (Hangs, Works, 0), (Works, Fails, 1), (Works, Hangs, 1)]
    {
        let profiles = CountedProfiles::new(profile);
        let groups = RememberedGroups::new(group);
        let event = testkit::event("PostConfirmation_ConfirmSignUp");
        let settings = settings(POOL, Some("members"));
        let started = tokio::time::Instant::now();
        let reply = handle(&settings, &profiles, &groups, event.clone(), 1_000).await.unwrap();
        assert!(started.elapsed() < runtime::DEADLINE);
        check(&reply, "fault");
        assert_eq!(reply.into_payload(), event);
        assert_eq!((profiles.count(), groups.added().len()), (1, calls));
    }
}

#[tokio::test]
async fn an_event_without_a_person_makes_no_call() {
    let event = || testkit::event("PostConfirmation_ConfirmSignUp");
    for event in [
        with(event(), "/request/userAttributes/sub", Value::Null),
        with(event(), "/request/userAttributes/sub", ""),
        with(event(), "/request/userAttributes", Value::Null),
        with(event(), "/request", json!([])),
        with(event(), "/userName", Value::Null),
    ] {
        let profiles = CountedProfiles::new(Behaviour::Works);
        let groups = RememberedGroups::new(Behaviour::Works);
        let settings = settings(POOL, Some("members"));
        let reply = handle(&settings, &profiles, &groups, event.clone(), 1_000).await.unwrap();
        check(&reply, "fault");
        assert_eq!(reply.into_payload(), event);
        assert_eq!((profiles.count(), groups.added().len()), (0, 0));
    }
}

#[tokio::test]
async fn t48_the_group_is_the_configured_one_whatever_the_person_says() {
    let claims = [
        ("email", "admin@example.net"),
        ("custom:role", "admin"),
        ("custom:tenant", "admin"),
        ("cognito:groups", "admin"),
        ("preferred_username", "admin"),
    ];
    for (name, value) in claims {
        for group in [None, Some("members")] {
            let profiles = CountedProfiles::new(Behaviour::Works);
            let groups = RememberedGroups::new(Behaviour::Works);
            let event = testkit::event("PostConfirmation_ConfirmSignUp");
            let event = with(event, &format!("/request/userAttributes/{name}"), value);
            let event = with(event, "/request/clientMetadata", json!({"group": "admin"}));
            let person = event.get("userName").and_then(Value::as_str).unwrap().to_owned();
            let settings = settings(POOL, group);
            handle(&settings, &profiles, &groups, event, 1_000).await.unwrap();
            let expected: Vec<[String; 3]> = group
                .map(|group| [POOL.to_owned(), person, group.to_owned()])
                .into_iter()
                .collect();
            assert_eq!(groups.added(), expected, "{name}");
        }
    }
}
