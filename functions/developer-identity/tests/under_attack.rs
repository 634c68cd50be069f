//! Passwords under attack, where the settings ask for a mailed code beside them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::Occasion;
use serde_json::json;
use support::{Answer, CLIENT, Deployment, EVE, NEW, NOOR, NOW, PASSWORD, UNKNOWN, text};

const GUESS: &str = "whatever an attacker tries";

fn stage() -> Deployment {
    let mut policy = support::policy();
    policy["identity"]["code_under_attack"] = json!(true);
    Deployment::with(&policy)
}

impl Deployment {
    /// Reaches the limit of a name.
    async fn attack(&self, email: &str) {
        for _ in 0..10 {
            assert_eq!(self.password(email, GUESS).await.body["error"], "invalid_grant", "{email}");
        }
    }

    fn code(&self, email: &str) -> Option<String> {
        self.mailed_for(Occasion::SignIn, email)
    }
}

#[track_caller]
fn refused(answer: &Answer) {
    assert_eq!((answer.status, &answer.body["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn t05_password_under_attack_signs_in_with_a_mailed_code() {
    let stage = stage();
    stage.sign_up(NOOR).await;
    stage.attack(NOOR).await;
    stage.hashes.0.set(0);
    let asked = stage.password(NOOR, PASSWORD).await;
    assert_eq!((asked.status, &asked.body["error"]), (400, &json!("code_required")));
    assert_eq!(text(&asked.body["mark"]).len(), 2);
    assert_eq!(stage.logged.borrow().0, "BlockedPassword", "the alarm counts it");
    assert_eq!(stage.hashes.0.get(), 0, "nothing was compared");
    let (handle, code) = (&asked.body["handle"], stage.code(NOOR).unwrap());
    let signed_in = stage.password_with_code(NOOR, PASSWORD, handle, &code).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    assert_eq!(stage.password(NOOR, PASSWORD).await.status, 200, "a success resets the count");
}

#[tokio::test]
async fn t05_attackers_close_neither_short_nor_long_code_for_good() {
    let stage = stage();
    stage.sign_up(NOOR).await;
    for minute in 0..24 * 60 {
        stage.now.set(NOW + minute * 60);
        if minute % 15 == 0 {
            for guess in 0..20 {
                let asked = stage.password(NOOR, GUESS).await;
                if asked.body["error"] == "code_required" {
                    let handle = &asked.body["handle"];
                    refused(
                        &stage
                            .password_with_code(NOOR, GUESS, handle, &format!("{guess:010}"))
                            .await,
                    );
                }
            }
        }
        stage.password(NOOR, GUESS).await;
    }
    stage.now.set(stage.now.get() + 10);
    let asked = stage.password(NOOR, PASSWORD).await;
    if asked.status != 200 {
        let handle = &asked.body["handle"];
        let short = stage.code(NOOR).unwrap();
        let long = stage.long_mailed_for(Occasion::SignIn, NOOR).unwrap();
        let first = stage.password_with_code(NOOR, PASSWORD, handle, &short).await;
        if first.status != 200 {
            let second = stage.password_with_code(NOOR, PASSWORD, handle, &long).await;
            assert_eq!(second.status, 200, "{}", second.body);
        }
    }
}

#[tokio::test]
async fn t63_code_is_required_alike_for_every_name() {
    let stage = stage();
    stage.sign_up(NOOR).await;
    let mut seen = Vec::new();
    for email in [NOOR, UNKNOWN] {
        stage.attack(email).await;
        for password in [GUESS, PASSWORD] {
            stage.calls();
            stage.hashes.0.set(0);
            let asked = stage.password(email, password).await;
            let members: Vec<String> = asked.body.as_object().unwrap().keys().cloned().collect();
            let handle = text(&asked.body["handle"]).len();
            let asking = stage.calls();
            let wrong = stage
                .password_with_code(email, password, &asked.body["handle"], "0000000000")
                .await;
            let told = (asked.status, asked.headers, members, handle, wrong);
            seen.push((told, asking, stage.calls(), stage.hashes.0.get()));
        }
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");
    assert_eq!((seen[0].1, seen[0].2, seen[0].3), (2, 2, 0), "count and read; no hash");
    assert!(stage.code(NOOR).is_some());
    assert_eq!(stage.code(UNKNOWN), None);
}

#[tokio::test]
async fn t63_code_beside_a_password_is_of_one_account_and_purpose() {
    let stage = stage();
    for email in [NOOR, EVE] {
        stage.sign_up(email).await;
        stage.attack(email).await;
    }
    let hers = stage.password(NOOR, PASSWORD).await.body["handle"].clone();
    let other = stage.password(EVE, PASSWORD).await.body["handle"].clone();
    let code = stage.code(NOOR).unwrap();
    let recovery = stage.request_recovery(NOOR).await.body["handle"].clone();
    stage.hashes.0.set(0);
    for handle in [&other, &recovery, &json!("s1.x.y.z")] {
        refused(&stage.password_with_code(NOOR, PASSWORD, handle, &code).await);
    }
    refused(&stage.password_with_code(EVE, PASSWORD, &hers, &code).await);
    refused(&stage.password_with_code(EVE, PASSWORD, &other, &code).await);
    let recovered = stage.confirm_recovery(NOOR, &hers, &code, GUESS).await;
    assert_eq!(recovered.body["code"], "CodeNotAccepted");
    assert_eq!(stage.hashes.0.get(), 0);
    refused(&stage.password_with_code(NOOR, GUESS, &hers, &code).await);
    assert_eq!(stage.hashes.0.get(), 1, "the password is compared, and wrong");
    stage.now.set(NOW + 60);
    refused(&stage.password_with_code(NOOR, PASSWORD, &hers, &code).await);
}

/// A right code counts again for half a minute; the passwords beside it do not.
#[tokio::test]
async fn t63_passwords_beside_one_code_are_limited() {
    let stage = stage();
    stage.sign_up(NOOR).await;
    stage.attack(NOOR).await;
    let handle = stage.password(NOOR, PASSWORD).await.body["handle"].clone();
    let code = stage.code(NOOR).unwrap();
    stage.hashes.0.set(0);
    for _ in 0..40 {
        refused(&stage.password_with_code(NOOR, GUESS, &handle, &code).await);
    }
    assert_eq!(stage.hashes.0.get(), 10, "no more passwords than without a code");
    refused(&stage.password_with_code(NOOR, PASSWORD, &handle, &code).await);
    assert_eq!(stage.hashes.0.get(), 10);
    // Attackers without the mailbox do not reach this log: a recovery is the way in as ever.
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.mailed_for(Occasion::Recovery, NOOR).unwrap();
    assert_eq!(stage.confirm_recovery(NOOR, &handle, &code, NEW).await.status, 200);
}

#[tokio::test]
async fn code_is_not_asked_for_below_the_limit_or_without_the_setting() {
    let stage = stage();
    stage.sign_up(NOOR).await;
    assert_eq!(stage.password_with_code(NOOR, PASSWORD, &json!("s1.x.y.z"), "1").await.status, 200);
    let plain = Deployment::new();
    plain.sign_up(NOOR).await;
    plain.attack(NOOR).await;
    refused(&plain.password(NOOR, PASSWORD).await);
    refused(&plain.password_with_code(NOOR, PASSWORD, &json!("s1.x.y.z"), "1").await);
    assert_eq!(plain.code(UNKNOWN), None);
}

#[tokio::test]
async fn mail_with_the_code_is_in_the_language_of_the_request() {
    let stage = stage();
    stage.sign_up(NOOR).await;
    stage.attack(NOOR).await;
    let form = [
        ("grant_type", "password"),
        ("client_id", CLIENT),
        ("username", NOOR),
        ("password", PASSWORD),
        ("locale", "nl-NL"),
    ];
    assert_eq!(stage.token(&form).await.body["error"], "code_required");
    assert_eq!(stage.language_for(Occasion::SignIn, NOOR), Language::Dutch);
}
