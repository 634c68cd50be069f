//! Links from the mail to the tokens: where they work, how often, and for which user.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod sign_ins;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_testkit::answers::{code_in, fragment_in};
use local_cognito::functions::Outcome;
use local_cognito::journal::Entry;
use local_cognito::mail::MailMode;
use local_cognito_testing::{Reply, TestCognito};
use serde_json::{Value, json};
use sign_ins::{ANYWHERE, BOUND, LINKS, Pending, REDIRECT, RUNTIME, SignIns, WRONG, shared};

/// A user who has asked for a link: the session that asked, and what the mail holds.
struct Asked {
    address: String,
    pending: Pending,
    fragment: String,
    code: String,
}

async fn ask(cognito: &TestCognito, client: &str, person: &str) -> Asked {
    let address = format!("{person}@example.net");
    cognito.add_with_address(&address, "true").await;
    ask_again(cognito, client, &address).await
}

async fn ask_again(cognito: &TestCognito, client: &str, address: &str) -> Asked {
    let mails = cognito.server().outbox().to(address).len();
    let (pending, _) = cognito.begin(client, "MAGIC_LINK", address).await;
    let mail = cognito.mail(address, mails + 1).await;
    Asked {
        address: address.to_owned(),
        pending: pending.unwrap(),
        fragment: fragment_in(&mail),
        code: code_in(&mail),
    }
}

/// Answers with a link in a browser that has nothing but the link, as the published client does.
async fn open_elsewhere(cognito: &TestCognito, client: &str, name: &str, fragment: &str) -> Reply {
    let asked = cognito.start_at(client, name).await;
    let pending = sign_ins::pending(client, "MAGIC_LINK", &asked).unwrap();
    let metadata = json!({
        "signInMethod": "MAGIC_LINK", "redirectUri": REDIRECT, "alreadyHaveMagicLink": "yes",
    });
    cognito.answer_with(&pending, fragment, metadata).await
}

/// A code works at the client that asked for it, so the mail names the client.
#[test]
fn mail_names_the_client_that_asked() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for (client, name) in
            [(ANYWHERE, "your account, passwordless ("), (BOUND, "your account (")]
        {
            let asked = ask(&cognito, client, &format!("named-{client}")).await;
            let mails = cognito.server().outbox().to(&asked.address);
            assert!(mails[0].subject.contains(name), "{}", mails[0].subject);
            assert!(mails[0].text.contains(name.trim_end_matches(" (")), "{}", mails[0].text);
        }
    });
}

#[track_caller]
fn check(reply: &Reply, signed_in: bool, case: &str) {
    assert_eq!(reply.is_tokens(), signed_in, "{case}: {reply:?}");
}

#[test]
fn a_link_signs_in_the_session_that_asked_for_it() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [LINKS, BOUND, ANYWHERE] {
            let asked = ask(&cognito, client, &format!("same-session-{client}")).await;
            check(&cognito.answer(&asked.pending, &asked.fragment).await, true, client);
        }
    });
}

#[test]
fn a_link_still_signs_in_after_a_wrong_answer_of_the_session() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [LINKS, BOUND, ANYWHERE] {
            let asked = ask(&cognito, client, &format!("after-wrong-{client}")).await;
            let again = cognito.answer(&asked.pending, WRONG).await;
            let again = sign_ins::pending(client, "MAGIC_LINK", &again).unwrap();
            check(&cognito.answer(&again, &asked.fragment).await, true, client);
        }
    });
}

#[test]
fn the_code_of_the_mail_serves_where_the_link_does_not() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [LINKS, BOUND, ANYWHERE] {
            let asked = ask(&cognito, client, &format!("code-elsewhere-{client}")).await;
            let (other, _) = cognito.begin(client, "MAGIC_LINK", &asked.address).await;
            check(&cognito.answer(&other.unwrap(), &asked.code).await, true, client);
            assert_eq!(cognito.server().outbox().to(&asked.address).len(), 1, "{client}");
        }
    });
}

#[test]
fn link_and_code_are_spent_together_and_once() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [LINKS, BOUND, ANYWHERE] {
            for code_first in [false, true] {
                let asked = ask(&cognito, client, &format!("once-{code_first}-{client}")).await;
                let (first, second) = match code_first {
                    true => (&asked.code, &asked.fragment),
                    false => (&asked.fragment, &asked.code),
                };
                let (other, _) = cognito.begin(client, "MAGIC_LINK", &asked.address).await;
                let other = other.unwrap();
                check(&cognito.answer(&asked.pending, first).await, true, client);
                let reply = cognito.answer(&other, first).await;
                check(&reply, false, client);
                let other = sign_ins::pending(client, "MAGIC_LINK", &reply).unwrap();
                check(&cognito.answer(&other, second).await, false, client);
                if client == ANYWHERE {
                    let name = &asked.address;
                    let reply = open_elsewhere(&cognito, client, name, &asked.fragment).await;
                    check(&reply, false, client);
                }
            }
        }
    });
}

/// T18: scanners open links, with any method; the fragment stays with them, and nothing happens.
#[test]
fn t18_opening_a_link_a_hundred_times_changes_nothing() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let asked = ask(&cognito, BOUND, "opened").await;
        let before = cognito.settle().await;
        let (events, calls) = (cognito.server().journal().mark(), cognito.calls().mark());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        for _ in 0..34 {
            for method in ["GET", "HEAD", "OPTIONS"] {
                let page = format!("{}/#{}", cognito.server().url(), asked.fragment);
                let request = http.request(method.parse().unwrap(), page);
                let response = request.send().await.unwrap();
                assert!(response.status().is_success(), "{method}: {}", response.status());
            }
        }
        assert_eq!(cognito.rows().await, before);
        // The delivery of the mail, which is no trigger and names no source, may end only now.
        let triggers = cognito.server().journal().sources_since(events);
        assert!(triggers.iter().all(String::is_empty), "{triggers:?}");
        assert_eq!(cognito.calls().since(calls), []);
        check(&cognito.answer(&asked.pending, &asked.fragment).await, true, "after all that");
    });
}

/// T19: a holder of the link and nothing else, such as a scanner that runs scripts, gets no session.
#[test]
fn t19_link_alone_does_not_sign_in_by_default() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [LINKS, BOUND] {
            let asked = ask(&cognito, client, &format!("scanned-{client}")).await;
            // A client of one round has no question for the method, only a challenge.
            let (joined, _) = cognito.begin(client, "MAGIC_LINK", &asked.address).await;
            check(
                &cognito.answer(&joined.unwrap(), &asked.fragment).await,
                false,
                "within the gap",
            );
            cognito.pass_the_gap(&asked.pending.client, &asked.pending.user_name).await;
            let later = ask_again(&cognito, client, &asked.address).await;
            check(&cognito.answer(&later.pending, &asked.fragment).await, false, "after the gap");
            if client == BOUND {
                let name = &asked.address;
                let reply = open_elsewhere(&cognito, client, name, &asked.fragment).await;
                check(&reply, false, "in the first round");
            }
            check(&cognito.answer(&asked.pending, &asked.fragment).await, true, "where it belongs");
        }
    });
}

#[test]
fn a_link_for_any_browser_signs_in_elsewhere_and_sends_nothing() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let asked = ask(&cognito, ANYWHERE, "any-browser").await;
        let wrong = format!("{}A", asked.fragment);
        check(&open_elsewhere(&cognito, ANYWHERE, &asked.address, &wrong).await, false, "wrong");
        let reply = open_elsewhere(&cognito, ANYWHERE, &asked.address, &asked.fragment).await;
        check(&reply, true, "in the first round");
        cognito.settle().await;
        assert_eq!(cognito.server().outbox().to(&asked.address).len(), 1);

        cognito.pass_the_gap(&asked.pending.client, &asked.pending.user_name).await;
        let asked = ask_again(&cognito, ANYWHERE, &asked.address).await;
        let (joined, _) = cognito.begin(ANYWHERE, "MAGIC_LINK", &asked.address).await;
        check(&cognito.answer(&joined.unwrap(), &asked.fragment).await, true, "in a later round");
    });
}

/// T21: Eve sends Ada her own link; Ada's browser starts a session in whichever name.
#[test]
fn t21_the_link_of_an_attacker_signs_the_victim_into_nothing() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [BOUND, ANYWHERE] {
            let eve = ask(&cognito, client, &format!("eve-{client}")).await;
            let ada = ask(&cognito, client, &format!("ada-{client}")).await;
            check(&cognito.answer(&ada.pending, &eve.fragment).await, false, client);
            let reply = open_elsewhere(&cognito, client, &ada.address, &eve.fragment).await;
            check(&reply, false, client);
        }
        let eve = ask(&cognito, BOUND, "eve-by-name").await;
        let reply = open_elsewhere(&cognito, BOUND, &eve.address, &eve.fragment).await;
        check(&reply, false, "in the attacker's name");
    });
}

#[test]
fn a_link_of_another_client_is_refused() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let asked = ask(&cognito, ANYWHERE, "another-client").await;
        for client in [BOUND, LINKS] {
            let other = ask_again(&cognito, client, &asked.address).await;
            check(&cognito.answer(&other.pending, &asked.fragment).await, false, client);
            let reply = open_elsewhere(&cognito, ANYWHERE, &asked.address, &other.fragment).await;
            check(&reply, false, client);
        }
    });
}

/// The member of a fragment replaced, with the MAC as it was.
fn with(fragment: &str, member: &str, value: Value) -> String {
    let (payload, mac) = fragment.split_once('.').unwrap();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let mut payload: Value = serde_json::from_slice(&payload).unwrap();
    payload[member] = value;
    format!("{}.{mac}", URL_SAFE_NO_PAD.encode(payload.to_string()))
}

#[test]
fn a_tampered_link_is_wrong_and_never_an_error() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [BOUND, ANYWHERE] {
            let asked = ask(&cognito, client, &format!("tampered-{client}")).await;
            let (payload, mac) = asked.fragment.split_once('.').unwrap();
            let now = 1_900_000_000;
            let tampered = [
                with(&asked.fragment, "exp", json!(now + 600)),
                with(&asked.fragment, "iat", json!(now)),
                with(&asked.fragment, "n", json!(2)),
                with(&asked.fragment, "c", json!("AAAAAAAAAAAAAAAAAAAAAA")),
                with(&asked.fragment, "userName", json!("another-user")),
                with(&asked.fragment, "extra", json!(1)),
                format!("{payload}.{}", mac.replace(&mac[..4], "AAAA")),
                format!("{payload}."),
                format!(".{mac}"),
                format!("{payload}{mac}"),
                format!("{payload}={mac}.{mac}"),
                format!("{REDIRECT}#{}x", asked.fragment),
                format!("x{}", asked.fragment),
                "....".to_owned(),
                "\u{0}.\u{fffd}".to_owned(),
                "a.".repeat(1000),
            ];
            for answer in tampered {
                let (other, _) = cognito.begin(client, "MAGIC_LINK", &asked.address).await;
                let reply = cognito.answer(&other.unwrap(), &answer).await;
                assert_eq!(reply.status, 200, "{answer}: {reply:?}");
                check(&reply, false, &answer);
            }
            check(&cognito.answer(&asked.pending, &asked.fragment).await, true, "the real one");
        }
    });
}

/// T22: what a proxy, a referrer or a mail gateway could see of a link is nothing worth having.
#[test]
fn t22_a_link_is_short_lived_and_secret_only_behind_the_fragment() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let asked = ask(&cognito, BOUND, "leaks").await;
        let mail = cognito.mail(&asked.address, 1).await;
        let link = mail.split_whitespace().find(|word| word.contains('#')).unwrap();
        let (seen_by_servers, fragment) = link.split_once('#').unwrap();
        assert_eq!(seen_by_servers, REDIRECT);
        let (payload, mac) = fragment.split_once('.').unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(mac).unwrap().len(), 32);
        let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        let times = ["exp", "iat"].map(|name| payload[name].as_u64().unwrap());
        assert!(times[0] - times[1] <= 600, "{payload}");
        assert!(!payload.to_string().contains("leaks@"), "{payload}");
        assert_eq!(payload["userName"], asked.pending.user_name);
    });
}

#[test]
fn requests_of_attackers_leave_the_link_of_the_mail_valid() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for client in [LINKS, ANYWHERE] {
            let asked = ask(&cognito, client, &format!("bothered-{client}")).await;
            for request in 0..6 {
                cognito.pass_the_gap(&asked.pending.client, &asked.pending.user_name).await;
                let (attacker, _) = cognito.begin(client, "MAGIC_LINK", &asked.address).await;
                let guess = format!("{request}{}", WRONG);
                check(&cognito.answer(&attacker.unwrap(), &guess).await, false, "a guess");
            }
            cognito.mail(&asked.address, 7).await;
            assert_eq!(cognito.server().outbox().to(&asked.address).len(), 7, "one for each gap");
            check(&cognito.answer(&asked.pending, &asked.fragment).await, true, client);
        }
    });
}

#[test]
fn a_failing_mail_service_is_not_seen_and_ends_no_earlier_link() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let asked = ask(&cognito, BOUND, "failing-mail").await;
        cognito.pass_the_gap(&asked.pending.client, &asked.pending.user_name).await;
        cognito.server().mail().set_mode(MailMode::Refuse);
        let (_, replies) = cognito.begin(BOUND, "MAGIC_LINK", &asked.address).await;
        let (_, of_unknown) =
            cognito.begin(BOUND, "MAGIC_LINK", "failing-unknown@example.net").await;
        let masked = |replies: &[Reply]| replies.iter().map(sign_ins::masked).collect::<Vec<_>>();
        assert_eq!(masked(&replies), masked(&of_unknown));
        check(&cognito.answer(&asked.pending, &asked.fragment).await, true, "the earlier link");
        cognito.server().mail().set_mode(MailMode::Deliver);
    });
}

#[test]
fn a_trigger_that_is_invoked_again_keeps_the_link_usable() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let mark = cognito.server().journal().mark();
        let asked = ask(&cognito, BOUND, "invoked-again").await;
        let created =
            cognito.server().journal().since(mark).into_iter().rev().find_map(
                |entry| match entry {
                    Entry::Invoked { function, event, outcome: Ok(answer), .. }
                        if function == "create-auth-challenge" =>
                    {
                        Some((event, answer))
                    }
                    _ => None,
                },
            );
        let (event, first) = created.unwrap();
        let limit = Duration::from_secs(5);
        let functions = cognito.server().functions();
        let event = event.to_string().into_bytes();
        let Outcome::Returned(again) =
            functions.invoke("create-auth-challenge", event, limit).await
        else {
            panic!("the second invocation has no answer");
        };
        let again: Value = serde_json::from_slice(&again).unwrap();
        assert_eq!(again["response"], first["response"]);
        cognito.settle().await;
        assert_eq!(cognito.server().outbox().to(&asked.address).len(), 1);
        check(&cognito.answer(&asked.pending, &asked.fragment).await, true, "after the repetition");
    });
}
