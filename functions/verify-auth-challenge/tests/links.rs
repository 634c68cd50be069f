//! Links: where they may be answered, and that they count once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_sign_in::budget::CODE_LIFE;
use lifeguard_sign_in::client_policy::{LinkBinding, Method};
use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket, ask_for_method};
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge};
use lifeguard_testkit::answers::{forged_link, link};
use lifeguard_testkit::fixtures::{self, NOW, REDIRECT, SUB, policy_of_client};
use lifeguard_testkit::{MemoryChallenges, User};
use serde_json::{Value, json};
use verify_auth_challenge::handle;
use verify_auth_challenge::settings::Settings;

use support::{keys, row};

fn settings(binding: &str) -> Settings {
    let policy = policy_of_client(&json!({
        "methods": ["MAGIC_LINK"],
        "link_binding": binding,
        "redirects": [REDIRECT],
        "default_redirect": REDIRECT,
    }));
    fixtures::settings(&policy, Settings::load)
}

async fn issue(store: &MemoryChallenges, now: u64) -> Challenge {
    let new = NewChallenge { now, session: [0; 8], ..User::sample().new_challenge() };
    match store.issue(&new).await.unwrap() {
        Issued::Fresh(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

fn link_of(binding: &str, challenge: &Challenge) -> String {
    link(challenge, parse_binding(binding), SUB)
}

fn parse_binding(name: &str) -> LinkBinding {
    match name {
        "any_browser" => LinkBinding::AnyBrowser,
        _ => LinkBinding::SameSession,
    }
}

/// Session and round in which an answer is given.
enum Round {
    Asked { nonce: u8 },
    Caused { nonce: u8 },
    Joined { nonce: u8 },
}

fn event(round: &Round, challenge: &Challenge, answer: &str) -> Value {
    let ticket = |nonce: u8, origin| {
        let (challenge, asked) = (challenge.clone(), Method::MagicLink);
        Ticket { challenge, nonce: [nonce; 16], origin, asked }.encode().unwrap()
    };
    let kept = match *round {
        Round::Asked { nonce } => ask_for_method(&[nonce; 16]),
        Round::Caused { nonce } => ticket(nonce, Origin::Caused),
        Round::Joined { nonce } => ticket(nonce, Origin::Joined),
    };
    let mut event = lifeguard_testkit::event("VerifyAuthChallengeResponse_Authentication");
    event["request"]["privateChallengeParameters"] = json!({"challenge": kept});
    event["request"]["challengeAnswer"] = answer.into();
    event
}

async fn is_right(
    binding: &str,
    store: &MemoryChallenges,
    round: Round,
    challenge: &Challenge,
    answer: &str,
    now: u64,
) -> bool {
    let event = event(&round, challenge, answer);
    let reply = handle(&settings(binding), store, &keys(), event, now).await.unwrap();
    reply.into_payload()["response"]["answerCorrect"].as_bool().unwrap()
}

#[track_caller]
fn check(binding: &str, round: Round, expected: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let right = runtime.block_on(async {
        let store = MemoryChallenges::default();
        let challenge = issue(&store, NOW).await;
        is_right(binding, &store, round, &challenge, &link_of(binding, &challenge), NOW + 60).await
    });
    assert_eq!(right, expected);
}

#[test]
fn t19_link_without_its_session_works_by_its_binding() {
    check("same_session", Round::Caused { nonce: 1 }, true);
    check("same_session", Round::Joined { nonce: 1 }, false);
    check("same_session", Round::Asked { nonce: 1 }, false);
    check("any_browser", Round::Caused { nonce: 1 }, true);
    check("any_browser", Round::Joined { nonce: 1 }, true);
    check("any_browser", Round::Asked { nonce: 1 }, true);
}

#[tokio::test]
async fn link_counts_once_and_a_repeated_event_gets_the_same_verdict() {
    let store = MemoryChallenges::default();
    let challenge = issue(&store, NOW).await;
    let link = link_of("any_browser", &challenge);
    let answer = async |nonce, now| {
        let round = Round::Asked { nonce };
        is_right("any_browser", &store, round, &challenge, &link, now).await
    };
    assert!(answer(1, NOW + 10).await);
    assert!(answer(1, NOW + 40).await, "the same event again");
    assert!(!answer(2, NOW + 40).await, "a replay in another session");
    assert!(!answer(1, NOW + 41).await, "the same session, later");
}

#[tokio::test]
async fn t31_event_again_after_the_end_of_its_link_is_right() {
    for binding in ["same_session", "any_browser"] {
        let store = MemoryChallenges::default();
        let challenge = issue(&store, NOW).await;
        let link = link_of(binding, &challenge);
        let answer = async |nonce, now| {
            let round = Round::Caused { nonce };
            is_right(binding, &store, round, &challenge, &link, now).await
        };
        assert!(answer(1, NOW + CODE_LIFE - 1).await, "{binding}");
        assert!(answer(1, NOW + CODE_LIFE + 6).await, "{binding}, the same event again");
        assert!(!answer(2, NOW + CODE_LIFE + 6).await, "{binding}, another session");
        assert!(!answer(1, NOW + CODE_LIFE + 30).await, "{binding}, too late");
    }
}

/// A link of a later layout has other members, whatever number it has of its own.
#[tokio::test]
async fn link_of_an_unknown_layout_is_wrong() {
    let store = MemoryChallenges::default();
    let challenge = issue(&store, NOW).await;
    let link = link_of("any_browser", &challenge);
    let (payload, mac) = link.split_once('.').unwrap();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    let mut changed = vec![payload.clone(); 2 + usize::from(u8::MAX)];
    for (layout, payload) in changed.iter_mut().enumerate() {
        payload["v"] = layout.into();
    }
    for name in payload.as_object().unwrap().keys() {
        let mut other = payload.clone();
        let value = other.as_object_mut().unwrap().remove(name).unwrap();
        changed.push(other.clone());
        other[format!("{name}2")] = value;
        changed.push(other);
    }
    for payload in changed {
        let other = format!("{}.{mac}", URL_SAFE_NO_PAD.encode(payload.to_string()));
        let round = Round::Asked { nonce: 1 };
        let right = is_right("any_browser", &store, round, &challenge, &other, NOW + 1).await;
        assert!(!right, "{payload}");
    }
    let round = Round::Asked { nonce: 1 };
    assert!(is_right("any_browser", &store, round, &challenge, &link, NOW + 1).await);
}

#[tokio::test]
async fn older_link_works_until_a_success() {
    let store = MemoryChallenges::default();
    let older = issue(&store, NOW).await;
    let newer = issue(&store, NOW + 60).await;
    for (challenge, nonce, expected) in [(&older, 1, true), (&newer, 2, false), (&older, 3, false)]
    {
        let round = Round::Asked { nonce };
        let link = link_of("any_browser", challenge);
        let right = is_right("any_browser", &store, round, challenge, &link, NOW + 90).await;
        assert_eq!(right, expected);
    }
}

#[tokio::test]
async fn wrong_or_expired_link_costs_no_guess() {
    let store = MemoryChallenges::default();
    let challenge = issue(&store, NOW).await;
    for binding in ["same_session", "any_browser"] {
        let link = link_of(binding, &challenge);
        let forged = forged_link(&challenge, parse_binding(binding), SUB);
        let last = if link.ends_with('A') { 'E' } else { 'A' };
        let tampered = format!("{}{last}", &link[..link.len() - 1]);
        for answer in [&tampered, &forged, "x.y", ".", "eyJ9.", &format!("{link}.x")] {
            let round = Round::Caused { nonce: 1 };
            let right = is_right(binding, &store, round, &challenge, answer, NOW + 1).await;
            assert!(!right, "{binding} {answer}");
        }
        let round = Round::Caused { nonce: 1 };
        let expired = NOW + CODE_LIFE;
        assert!(!is_right(binding, &store, round, &challenge, &link, expired).await);
    }
    assert_eq!(store.wrong_in_a_row(&row()), 0);
    let round = Round::Caused { nonce: 1 };
    let link = link_of("same_session", &challenge);
    assert!(is_right("same_session", &store, round, &challenge, &link, NOW + 599).await);
}

/// The table of spellings is that of `lifeguard_sign_in::answer::fragment`.
#[tokio::test]
async fn link_is_right_in_every_spelling_and_never_two() {
    for (spelling, expected) in [
        ("{}", true),
        ("https://app.example.com/sign-in?a=b#{}", true),
        ("<https://app.example.com/sign-in#{}>.\r\n", true),
        (
            "https://eu1.safelinks.protection.outlook.com/?url=https%3A%2F%2Fapp.example.com%2Fsign-in%23{}&data=05",
            true,
        ),
        ("Sign in:\n\n    https://app.example.com/#{}\n\nor use 04719382 within 5 min.", true),
        ("{} {}", true),
        ("{}.x", false),
        ("{} eyJ9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false),
    ] {
        for (binding, round) in [
            ("same_session", Round::Caused { nonce: 1 }),
            ("any_browser", Round::Caused { nonce: 1 }),
            ("any_browser", Round::Joined { nonce: 1 }),
            ("any_browser", Round::Asked { nonce: 1 }),
        ] {
            let store = MemoryChallenges::default();
            let challenge = issue(&store, NOW).await;
            let answer = spelling.replace("{}", &link_of(binding, &challenge));
            let right = is_right(binding, &store, round, &challenge, &answer, NOW + 60).await;
            assert_eq!(right, expected, "{spelling} {binding}");
            assert_eq!(store.wrong_in_a_row(&row()), 0);
        }
    }
}

/// A session that joined another one's challenge still takes a link for any browser, and one that
/// asked for a code takes it too: the mail is the same.
#[tokio::test]
async fn link_for_any_browser_is_judged_by_its_own_claim() {
    let store = MemoryChallenges::default();
    let older = issue(&store, NOW).await;
    let newer = issue(&store, NOW + 30).await;
    let link = link_of("any_browser", &older);
    let round = Round::Joined { nonce: 1 };
    assert!(is_right("any_browser", &store, round, &newer, &link, NOW + 40).await);
}

#[tokio::test]
async fn link_of_another_user_is_refused_for_every_user() {
    let store = MemoryChallenges::default();
    let challenge = issue(&store, NOW).await;
    let link = link_of("any_browser", &challenge);
    let asked = || event(&Round::Asked { nonce: 1 }, &challenge, &link);
    for (pointer, value) in [
        ("/userName", json!("eve")),
        ("/request/userAttributes/sub", json!("sub-of-eve")),
        ("/request/userAttributes/email", json!("eve@example.net")),
        ("/request/userAttributes/email_verified", json!("false")),
        ("/request/userNotFound", json!(true)),
    ] {
        let event = lifeguard_testkit::with(asked(), pointer, value);
        let reply = handle(&settings("any_browser"), &store, &keys(), event, NOW + 1).await;
        assert_eq!(reply.unwrap().into_payload()["response"], json!({"answerCorrect": false}));
    }
    let reply = handle(&settings("any_browser"), &store, &keys(), asked(), NOW + 1).await;
    assert_eq!(reply.unwrap().into_payload()["response"], json!({"answerCorrect": true}));
}
