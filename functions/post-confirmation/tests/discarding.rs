//! Owners who reject the password of a sign-up, T39 of docs/security.md.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_runtime::{Failure, Reply};
use lifeguard_testkit::fixtures::POOL;
use lifeguard_testkit::{Behaviour, with};
use post_confirmation::handle;
use post_confirmation::random_password::{RANDOM_BYTES, RandomPassword};
use post_confirmation::settings::Settings;
use serde_json::{Value, json};

use Behaviour::{HangsBefore, Refuses, Works};
use support::{RememberedPool, discarding, draw, profiles, settings};

const SIGN_UP: &str = "PostConfirmation_ConfirmSignUp";
const RESET: &str = "PostConfirmation_ConfirmForgotPassword";
const DISCARD: [&str; 2] = ["set_password", "sign_out"];

/// Returns the sample event of a source with this value for `discardPassword`.
fn event(source: &str, value: impl Into<Value>) -> Value {
    let event = lifeguard_testkit::event(source);
    with(event, "/request/clientMetadata/discardPassword", value)
}

/// Handles an event in a pool that works; returns the reply with the names of the pool's calls.
async fn handled(settings: &Settings, event: Value) -> (Reply, Vec<String>) {
    let profiles = profiles(Works).await;
    let user_pool = RememberedPool::new(Works);
    let reply = handle(settings, &profiles.table, &user_pool, event, 1_000, draw).await.unwrap();
    (reply, user_pool.names())
}

#[tokio::test]
async fn t39_password_is_replaced_before_sessions_end() {
    let event = event(SIGN_UP, "yes");
    let user = event.get("userName").and_then(Value::as_str).unwrap().to_owned();
    let profiles = profiles(Works).await;
    let user_pool = RememberedPool::new(Works);
    let settings = discarding();
    for outcome in ["written", "repeated"] {
        let reply =
            handle(&settings, &profiles.table, &user_pool, event.clone(), 1_000, draw).await;
        let reply = reply.unwrap();
        assert_eq!((reply.outcome(), reply.code()), (outcome, "PasswordDiscarded"));
        assert_eq!(reply.into_payload(), event);
    }
    let password = RandomPassword::new(&[7; RANDOM_BYTES]);
    let once = [
        vec!["set_password", POOL, &user, password.expose()],
        vec!["sign_out", POOL, &user],
        vec!["add", POOL, &user, "members"],
    ];
    assert_eq!(user_pool.calls(), [once.clone(), once].concat());
}

#[tokio::test]
async fn t39_password_stays_without_the_exact_word() {
    let words =
        ["yes", "Yes", "YES", " yes", "yes ", "no", "true", "1", "", "yes,yes", "y\u{435}s"];
    let values = words.map(Value::from).into_iter().chain([
        Value::Null,
        json!(true),
        json!(1),
        json!(["yes"]),
        json!({"yes": "yes"}),
    ]);
    let settings = discarding();
    for value in values {
        for source in [SIGN_UP, RESET] {
            let event = event(source, value.clone());
            let (reply, calls) = handled(&settings, event.clone()).await;
            let discarded = source == SIGN_UP && value == "yes";
            let expected = if discarded { "PasswordDiscarded" } else { "" };
            assert_eq!((reply.outcome(), reply.code()), ("written", expected), "{source} {value}");
            assert_eq!(calls.starts_with(&DISCARD.map(str::to_owned)), discarded, "{value}");
            assert_eq!(calls.len(), if discarded { 3 } else { 1 }, "{source} {value}");
            assert_eq!(reply.into_payload(), event);
        }
    }
}

#[tokio::test]
async fn t39_word_of_another_member_or_place_discards_nothing() {
    let settings = discarding();
    for pointer in [
        "/request/clientMetadata/discard_password",
        "/request/clientMetadata/DiscardPassword",
        "/request/userAttributes/discardPassword",
        "/request/userAttributes/custom:discardPassword",
        "/request/validationData",
        "/request/discardPassword",
        "/clientMetadata",
        "/response/discardPassword",
    ] {
        let event = with(lifeguard_testkit::event(SIGN_UP), pointer, "yes");
        let (reply, calls) = handled(&settings, event).await;
        assert_eq!((reply.outcome(), calls), ("written", vec!["add".to_owned()]), "{pointer}");
    }
}

#[tokio::test]
async fn t39_administrators_and_other_pools_discard_nothing() {
    let settings = discarding();
    for client in [json!("CLIENT_ID_NOT_APPLICABLE"), Value::Null] {
        let event = with(event(SIGN_UP, "yes"), "/callerContext/clientId", client.clone());
        let (reply, calls) = handled(&settings, event).await;
        assert_eq!((reply.outcome(), calls), ("written", vec!["add".to_owned()]), "{client}");
    }
    for foreign in lifeguard_testkit::hostile::from_somewhere_else(SIGN_UP) {
        let event = with(foreign, "/request/clientMetadata", json!({"discardPassword": "yes"}));
        let (_, calls) = handled(&settings, event.clone()).await;
        let discarded = calls.contains(&"set_password".to_owned());
        assert!(!discarded, "{event}");
    }
}

#[tokio::test]
async fn t39_word_is_refused_where_the_setting_is_off() {
    let profiles = profiles(Works).await;
    let user_pool = RememberedPool::new(Works);
    let settings = settings(POOL, Some("members"));
    let answer =
        handle(&settings, &profiles.table, &user_pool, event(SIGN_UP, "yes"), 1_000, draw).await;
    let (code, sentence) = ("PasswordNotDiscarded", "Recover your password".to_owned());
    assert_eq!(answer.unwrap_err(), Failure::Refused { code, sentence });
    assert_eq!((user_pool.names().len(), profiles.dynamo.operations().len()), (0, 0));
}

#[track_caller]
fn is_closed(failure: Failure, cause: &str) {
    let code = "PasswordNotDiscarded";
    let sentence = "Recover your password".to_owned();
    assert_eq!(failure, Failure::RefusedAfter { code, sentence, fault: cause.to_owned() });
}

#[tokio::test]
async fn t39_failed_discard_is_an_error_and_has_no_other_effect() {
    let late = "the effects took too long: deadline has elapsed";
    for (password, sign_out, calls, cause) in [
        (Refuses, Works, 1, "failed to set a random password: ResourceNotFoundException"),
        (HangsBefore, Works, 1, late),
        (Works, Refuses, 2, "failed to sign the user out: ResourceNotFoundException"),
        (Works, HangsBefore, 2, late),
    ] {
        let profiles = profiles(Works).await;
        let user_pool = RememberedPool::with_access(Works, password, sign_out);
        let started = tokio::time::Instant::now();
        let event = event(SIGN_UP, "yes");
        let answer = handle(&discarding(), &profiles.table, &user_pool, event, 1_000, draw).await;
        assert!(started.elapsed() < lifeguard_runtime::DEADLINE);
        if [password, sign_out].contains(&HangsBefore) {
            tokio::time::resume();
        }
        is_closed(answer.unwrap_err(), cause);
        assert_eq!(user_pool.names(), DISCARD[..calls]);
        assert_eq!(profiles.dynamo.operations(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn t39_discard_without_random_bytes_or_user_is_an_error() {
    let profiles = profiles(Works).await;
    let user_pool = RememberedPool::new(Works);
    let settings = discarding();
    let none = || Err(std::io::Error::other("no random bytes"));
    let answer =
        handle(&settings, &profiles.table, &user_pool, event(SIGN_UP, "yes"), 1_000, none).await;
    is_closed(answer.unwrap_err(), "no random bytes");
    for name in [Value::Null, json!("")] {
        let event = with(event(SIGN_UP, "yes"), "/userName", name);
        let answer = handle(&settings, &profiles.table, &user_pool, event, 1_000, draw).await;
        is_closed(answer.unwrap_err(), "the event has no usable `userName`");
    }
    assert_eq!((user_pool.names().len(), profiles.dynamo.operations().len()), (0, 0));
    // Without the member no random bytes are drawn.
    let event = lifeguard_testkit::event(SIGN_UP);
    let reply = handle(&settings, &profiles.table, &user_pool, event, 1_000, none).await.unwrap();
    assert_eq!(reply.outcome(), "written");
}

#[tokio::test]
async fn discarded_password_stays_so_if_other_effects_fail() {
    let settings = discarding();
    for (table, group) in [(Works, Refuses), (Refuses, Works)] {
        let profiles = profiles(table).await;
        let user_pool = RememberedPool::with_access(group, Works, Works);
        let event = event(SIGN_UP, "yes");
        let reply = handle(&settings, &profiles.table, &user_pool, event.clone(), 1_000, draw);
        let reply = reply.await.unwrap();
        assert_eq!((reply.outcome(), reply.code()), ("fault", "Fault"));
        assert_eq!(user_pool.names(), ["set_password", "sign_out", "add"]);
        assert_eq!(reply.into_payload(), event);
    }
}
