//! Guesses by way of another client, another key or an answer of another size.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_sign_in::client_policy::{LinkBinding, Method, PasswordRule};
use lifeguard_sign_in::code::Addressee;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket, ask_for_method};
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge};
use lifeguard_testkit::answers::{SAMPLE, link_under, long_code, short_code};
use lifeguard_testkit::fixtures::{self, CLIENT, KEY, NOW, POOL, SUB};
use lifeguard_testkit::{ChallengeService, User};
use serde_json::{Value, json};
use verify_auth_challenge::handle;
use verify_auth_challenge::settings::Settings;

use support::{event, keys};

/// A second client of the same kind.
const SECOND: &str = "second";
/// A client that asks for a password first.
const GUARDED: &str = "guarded";

fn settings() -> Settings {
    let rules = json!({
        "methods": ["EMAIL_OTP", "MAGIC_LINK"],
        "link_binding": "any_browser",
        "redirects": ["https://app.example.com/"],
        "default_redirect": "https://app.example.com/",
    });
    let guarded = json!({"methods": ["EMAIL_OTP"], "password": "first"});
    let clients = json!({CLIENT: rules, SECOND: rules, GUARDED: guarded});
    let policy = json!({"pool": POOL, "clients": clients}).to_string();
    fixtures::settings(&policy, Settings::load)
}

fn row(client: &str) -> RowKey {
    let rule = if client == GUARDED { PasswordRule::First } else { PasswordRule::Never };
    RowKey::new(POOL, Factor::for_mail(rule), client, SUB)
}

fn addressee(client: &str) -> Addressee<'_> {
    Addressee { client, ..SAMPLE }
}

/// Issues a challenge of the sample user at this client.
async fn issue(table: &ChallengeService, client: &str, now: u64) -> Ticket {
    let new = NewChallenge {
        row: row(client),
        now,
        client: client.to_owned(),
        session: [1; 8],
        ..User::sample().new_challenge()
    };
    match table.issue(&new).await.unwrap() {
        Issued::Fresh(challenge) => {
            let asked = Method::EmailOtp;
            Ticket { challenge, nonce: [1; 16], origin: Origin::Caused, asked }
        }
        other => panic!("{other:?}"),
    }
}

fn code_of(client: &str, ticket: &Ticket) -> String {
    short_code(&ticket.challenge, addressee(client))
}

async fn send(table: &ChallengeService, client: &str, event: Value) -> bool {
    let event = lifeguard_testkit::with(event, "/callerContext/clientId", client);
    let reply = handle(&settings(), table, &keys(), event, NOW + 60).await.unwrap();
    reply.into_payload()["response"]["answerCorrect"].as_bool().unwrap()
}

/// T01, T05: guesses at one client spend nothing at another, and there the long code still works.
#[tokio::test]
async fn t01_guesses_at_one_client_leave_the_others_alone() {
    let table = ChallengeService::default();
    let clients = [CLIENT, SECOND, GUARDED];
    let mut tickets = Vec::new();
    for client in clients {
        tickets.push(issue(&table, client, NOW).await);
    }
    for guess in 0..25 {
        assert!(!send(&table, CLIENT, event(&tickets[0], &format!("{guess:08}"))).await);
    }
    assert!(!send(&table, CLIENT, event(&tickets[0], &code_of(CLIENT, &tickets[0]))).await);
    let long = long_code(&tickets[0].challenge, addressee(CLIENT));
    assert!(send(&table, CLIENT, event(&tickets[0], &long)).await);
    for (client, ticket) in clients.into_iter().zip(&tickets).skip(1) {
        assert!(send(&table, client, event(ticket, &code_of(client, ticket))).await, "{client}");
    }
}

#[tokio::test]
async fn a_challenge_is_no_use_at_another_client() {
    let table = ChallengeService::default();
    let first = issue(&table, CLIENT, NOW).await;
    let code = code_of(CLIENT, &first);
    for client in [SECOND, GUARDED] {
        assert!(!send(&table, client, event(&first, &code)).await, "{client}");
    }
    let typed_anew = format!("{code} ");
    assert!(send(&table, CLIENT, event(&first, &typed_anew)).await);
}

/// A link names the version of its key and its number; an attacker can name any.
#[tokio::test]
async fn link_of_an_unknown_key_is_wrong_and_counts_nothing() {
    let table = ChallengeService::default();
    let ticket = issue(&table, CLIENT, NOW).await;
    for (version, bytes) in [(0, KEY), (1, [1; 32]), (2, KEY), (u16::MAX, KEY)] {
        for number in [0, 1, 2, u32::MAX] {
            let forged = Challenge { number, key_version: version, ..ticket.challenge.clone() };
            let key = CodeKey::new(version, bytes);
            let link = link_under(&key, &forged, LinkBinding::AnyBrowser, SUB);
            for kept in [ask_for_method(&[9; 16]), ticket.encode().unwrap()] {
                let pointer = "/request/privateChallengeParameters/challenge";
                let event = lifeguard_testkit::with(event(&ticket, &link), pointer, kept);
                assert!(!send(&table, CLIENT, event).await, "{version} {number}");
            }
        }
    }
    assert_eq!(table.judgements().len(), 0);
}

#[tokio::test]
async fn an_answer_of_any_size_is_one_wrong_answer() {
    let table = ChallengeService::default();
    let ticket = issue(&table, CLIENT, NOW).await;
    let right = code_of(CLIENT, &ticket);
    let answers = [
        format!("{right}{}", " ".repeat(4089)),
        " ".repeat(131_072),
        right.repeat(16_384),
        "\u{661}".repeat(8),
        format!("{right}\0"),
    ];
    for answer in &answers {
        assert!(!send(&table, CLIENT, event(&ticket, answer)).await, "{} bytes", answer.len());
    }
    assert_eq!(table.rows.wrong_in_a_row(&row(CLIENT)), answers.len() as u64);
    assert!(send(&table, CLIENT, event(&ticket, &format!(" {right}{}", "-".repeat(4087)))).await);
}
