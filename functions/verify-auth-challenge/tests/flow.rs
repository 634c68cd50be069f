//! A challenge and the verdicts on its answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_sign_in::budget::CODE_LIFE;
use lifeguard_sign_in::ticket::Ticket;
use lifeguard_sign_in::verdict::Verdict;
use lifeguard_testkit::ChallengeService;
use lifeguard_testkit::answers::{SAMPLE, long_code, short_code};
use lifeguard_testkit::fixtures::NOW;
use serde_json::{Value, json};
use verify_auth_challenge::handle;

use support::{event, issue, keys, row, settings, unanswerable};

async fn send(table: &ChallengeService, event: Value, now: u64) -> bool {
    let reply = handle(&settings(), table, &keys(), event, now).await.unwrap();
    let response = reply.into_payload()["response"].take();
    let right = response["answerCorrect"].as_bool().unwrap();
    assert_eq!(response, json!({"answerCorrect": right}), "nothing else is said");
    right
}

#[track_caller]
fn check(said: bool, expected: bool) {
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_right_answer_is_right_once_and_for_its_own_session() {
    let table = ChallengeService::default();
    let ticket = issue(&table, NOW, 1).await;
    let other = issue(&table, NOW + 1, 2).await;
    assert_eq!(other.challenge, ticket.challenge, "joined");
    let right = short_code(&ticket.challenge, SAMPLE);
    check(send(&table, event(&ticket, &right), NOW + 9).await, true);
    check(send(&table, event(&ticket, &right), NOW + 9).await, true);
    check(send(&table, event(&ticket, &right), NOW + 39).await, true);
    check(send(&table, event(&ticket, &right), NOW + 40).await, false);
    check(send(&table, event(&other, &right), NOW + 10).await, false);
}

/// The table of spellings is that of `lifeguard_sign_in::answer`; here each costs no attempt.
#[tokio::test]
async fn spelling_of_the_right_code_costs_no_attempt() {
    for typed in [
        "{}",
        "{} ",
        "{}\u{a0}",
        "\u{feff}{}\r\n",
        "Code: {}.",
        "*{}*",
        "`{}`",
        "“{}”",
        "{} is your code, it works for 5 min",
        "10:23 {}",
        "{} 000000",
        "{}{}",
        "{} {}",
    ] {
        let table = ChallengeService::default();
        let ticket = issue(&table, NOW, 1).await;
        let typed = typed.replace("{}", &short_code(&ticket.challenge, SAMPLE));
        check(send(&table, event(&ticket, &typed), NOW + 9).await, true);
        assert_eq!(table.rows.wrong_in_a_row(&row()), 0, "{typed:?}");
        assert_eq!(table.judgements().len(), 1, "{typed:?}");
    }
}

#[tokio::test]
async fn answer_that_holds_no_code_is_one_wrong_answer() {
    for typed in ["0{}", "{}0", "", "code", "{} 00000000 1", "{} or 00000000", "x{}"] {
        let table = ChallengeService::default();
        let ticket = issue(&table, NOW, 1).await;
        let typed = typed.replace("{}", &short_code(&ticket.challenge, SAMPLE));
        check(send(&table, event(&ticket, &typed), NOW + 9).await, false);
        assert_eq!(table.rows.wrong_in_a_row(&row()), 1, "{typed:?}");
        assert_eq!(table.judgements().len(), 1, "{typed:?}");
    }
}

#[tokio::test]
async fn wrong_answers_are_counted_and_leave_the_right_one_open() {
    let table = ChallengeService::default();
    let ticket = issue(&table, NOW, 1).await;
    for wrong in ["00000000", "00000001", "00000000 "] {
        check(send(&table, event(&ticket, wrong), NOW + 9).await, false);
    }
    assert_eq!(table.rows.wrong_in_a_row(&row()), 3);
    check(
        send(&table, event(&ticket, &short_code(&ticket.challenge, SAMPLE)), NOW + 9).await,
        true,
    );
    assert_eq!(table.rows.wrong_in_a_row(&row()), 0);
}

/// T05: the long code of the same mail signs in while guesses have shut out short ones.
#[tokio::test]
async fn t05_long_code_signs_in_while_short_ones_are_refused() {
    let table = ChallengeService::default();
    let ticket = issue(&table, NOW, 1).await;
    for guess in 0..20 {
        check(send(&table, event(&ticket, &format!("{guess:08}")), NOW + 1).await, false);
    }
    check(
        send(&table, event(&ticket, &short_code(&ticket.challenge, SAMPLE)), NOW + 2).await,
        false,
    );
    let calls = table.judgements().len();
    for guess in 1..21 {
        check(send(&table, event(&ticket, &format!("{guess:016}")), NOW + 3).await, false);
    }
    assert_eq!(table.judgements().len(), calls, "a wrong long code writes nothing");
    let long = long_code(&ticket.challenge, SAMPLE);
    check(send(&table, event(&ticket, &long), NOW + 4).await, true);
    check(send(&table, event(&ticket, &long), NOW + 34).await, true);
    check(send(&table, event(&ticket, &long), NOW + 35).await, false);
}

/// The forms count for unknown names as for users: garbage is a short code, and is written.
#[tokio::test]
async fn form_of_an_answer_decides_about_the_write_for_all_names() {
    let table = ChallengeService::default();
    let ticket = issue(&table, NOW, 1).await;
    for (answer, writes) in [
        ("", 1),
        ("garbage", 1),
        ("12345678", 1),
        ("12345678 or 00000000", 1),
        ("0000-0000-0000-0000", 0),
        ("12345678 00000000", 0),
        ("a.b", 0),
    ] {
        for not_found in [false, true] {
            let before = table.judgements().len();
            let event =
                lifeguard_testkit::with(event(&ticket, answer), "/request/userNotFound", not_found);
            check(send(&table, event, NOW + 9).await, false);
            assert_eq!(table.judgements().len() - before, writes, "{answer} {not_found}");
        }
    }
}

#[tokio::test]
async fn no_answer_fits_an_unanswerable_challenge() {
    let table = ChallengeService::default();
    let ticket = unanswerable(&issue(&table, NOW, 1).await);
    for given in [short_code(&ticket.challenge, SAMPLE), "00000000".to_owned(), String::new()] {
        check(send(&table, event(&ticket, &given), NOW + 9).await, false);
    }
    assert_eq!(table.rows.wrong_in_a_row(&row()), 0);
}

#[tokio::test]
async fn t03_an_answer_after_its_time_or_after_a_success_is_wrong() {
    let table = ChallengeService::default();
    let ticket = issue(&table, NOW, 1).await;
    let newer = issue(&table, NOW + 60, 2).await;
    check(
        send(&table, event(&ticket, &short_code(&ticket.challenge, SAMPLE)), NOW + 600).await,
        false,
    );
    check(
        send(&table, event(&newer, &short_code(&newer.challenge, SAMPLE)), NOW + 601).await,
        true,
    );
    check(
        send(&table, event(&ticket, &short_code(&ticket.challenge, SAMPLE)), NOW + 599).await,
        false,
    );
}

/// Promise 3: an event that comes again after the end of its code gets the verdict that it had, for
/// 30 s; no other session and no other answer gets it.
#[tokio::test]
async fn t31_event_again_after_the_end_of_its_code_is_right() {
    let life = CODE_LIFE;
    for long in [false, true] {
        let table = ChallengeService::default();
        let ticket = issue(&table, NOW, 1).await;
        let other = issue(&table, NOW + 1, 2).await;
        let answer = match long {
            true => long_code(&ticket.challenge, SAMPLE),
            false => short_code(&ticket.challenge, SAMPLE),
        };
        check(send(&table, event(&ticket, &answer), NOW + life - 5).await, true);
        check(send(&table, event(&ticket, &answer), NOW + life + 1).await, true);
        check(send(&table, event(&ticket, &answer), NOW + life + 25).await, true);
        check(send(&table, event(&ticket, &answer), NOW + life + 26).await, false);
        check(send(&table, event(&other, &answer), NOW + life + 1).await, false);
        let wrong = answer.replace(|digit: char| digit != '0', "0");
        check(send(&table, event(&ticket, &wrong), NOW + life + 1).await, false);
    }
}

/// The table sees one call with one kind of verdict, for known and unknown users.
#[tokio::test]
async fn t12_answers_to_known_and_unknown_names_make_the_same_calls() {
    for answer in ["00000000", "Code: 0000 0000.", "two 00000000 or 00000001", "no code", ""] {
        let table = ChallengeService::default();
        let ticket = issue(&table, NOW, 1).await;
        let known = event(&ticket, answer);
        let mut unknown = lifeguard_testkit::with(known.clone(), "/request/userNotFound", true);
        unknown = lifeguard_testkit::with(unknown, "/request/userAttributes", json!({}));
        let unverified = lifeguard_testkit::with(
            known.clone(),
            "/request/userAttributes/email_verified",
            "false",
        );
        let other: Ticket = unanswerable(&ticket);
        for event in [known, unknown, unverified, event(&other, answer)] {
            check(send(&table, event, NOW + 9).await, false);
        }
        let calls = table.judgements();
        assert_eq!(calls.len(), 4, "{answer:?}");
        for call in calls {
            assert_eq!((call.row, call.verdict, call.now), (row(), Verdict::Wrong, NOW + 9));
        }
    }
}
