//! The log tells apart what a client cannot: guesses, locks, thefts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use support::{Answer, NOW, PASSWORD, Stage, text};

const NOOR: &str = "noor@example.net";
const NOBODY: &str = "nobody@example.net";
const WRONG: &str = "a wrong password";

/// What a client reads of a refusal, beside what the log says of it.
struct Seen {
    answers: Vec<Answer>,
    codes: Vec<String>,
}

impl Seen {
    fn of_nothing() -> Self {
        Self { answers: Vec::new(), codes: Vec::new() }
    }

    fn note(&mut self, stage: &Stage, answer: Answer) {
        self.codes.push(stage.logged.borrow().0.clone());
        self.answers.push(answer);
    }

    /// The codes differ as expected, and the client reads one thing.
    #[track_caller]
    fn check(&self, body: &Value, codes: &[&str]) {
        assert_eq!(self.codes, codes);
        let first = &self.answers[0];
        assert_eq!((first.status, &first.body), (400, body));
        for answer in &self.answers {
            assert_eq!(answer, first, "{:?}", self.codes);
        }
    }
}

fn invalid_grant() -> Value {
    json!({"error": "invalid_grant", "error_description": "What was presented is not accepted"})
}

#[tokio::test]
async fn t63_the_log_tells_guesses_from_locks_and_the_client_reads_one_answer() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    let mut seen = Seen::of_nothing();
    seen.note(&stage, stage.password(NOOR, WRONG).await);
    seen.note(&stage, stage.password(NOBODY, WRONG).await);
    seen.note(&stage, stage.password("no address", WRONG).await);
    stage.table.closed.store(true, Ordering::SeqCst);
    seen.note(&stage, stage.password(NOOR, WRONG).await);
    seen.note(&stage, stage.password(NOOR, PASSWORD).await);
    stage.table.closed.store(false, Ordering::SeqCst);
    for email in [NOOR, NOBODY] {
        for _ in 0..10 {
            stage.password(email, WRONG).await;
        }
        seen.note(&stage, stage.password(email, PASSWORD).await);
    }
    // Nobody and a wrong password look the same in the log as well.
    let codes = [
        "WrongPassword",
        "WrongPassword",
        "WrongPassword",
        "WrongPassword",
        "ClosedAccount",
        "BlockedPassword",
        "BlockedPassword",
    ];
    seen.check(&invalid_grant(), &codes);
    assert_eq!(stage.logged.borrow().1, "", "no line of a guess says whose it was");
}

#[tokio::test]
async fn t65_a_reused_refresh_token_is_named_in_the_log_with_its_session() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    let mut seen = Seen::of_nothing();
    seen.note(&stage, stage.refresh("r1.x.y.z").await);
    let first = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
    stage.table.closed.store(true, Ordering::SeqCst);
    seen.note(&stage, stage.refresh(&first).await);
    stage.table.closed.store(false, Ordering::SeqCst);
    assert_eq!(stage.logged.borrow().1, "");
    assert_eq!(stage.refresh(&first).await.status, 200);
    stage.now.set(NOW + 60);
    let credentials = [
        ("grant_type", "refresh_token"),
        ("refresh_token", first.as_str()),
        ("scope", "credentials"),
    ];
    let other = stage.password(NOOR, PASSWORD).await;
    seen.note(&stage, stage.token(&credentials).await);
    let record = stage.logged.borrow().1.clone();
    assert_eq!(record.len(), 22, "the tag of a session: {record:?}");
    assert!(!first.contains(&record), "the token does not name it");
    seen.note(&stage, stage.refresh(&first).await);
    assert_eq!(stage.logged.borrow().1, "", "it has ended, and nobody knows it any more");
    seen.check(&invalid_grant(), &["ForeignToken", "ClosedAccount", "ReusedToken", "DeadToken"]);
    assert_eq!(stage.refresh(&text(&other.body["refresh_token"])).await.status, 200);
    assert_eq!(*stage.logged.borrow(), (String::new(), String::new()));
}

#[tokio::test]
async fn t63_the_log_tells_a_wrong_code_from_a_spent_one_and_the_client_reads_one_answer() {
    let stage = Stage::new();
    let handle = stage.register(NOOR).await.body["handle"].clone();
    let code = stage.mailed(NOOR).unwrap();
    let mut seen = Seen::of_nothing();
    let confirm = async |handle: &Value, code: &str| {
        stage.post("/v1/accounts/confirm", &json!({"handle": handle, "code": code})).await
    };
    seen.note(&stage, confirm(&handle, "00000000").await);
    seen.note(&stage, confirm(&json!("n1.x.y"), &code).await);
    assert_eq!(confirm(&handle, &code).await.status, 204);
    stage.now.set(NOW + 60);
    seen.note(&stage, confirm(&handle, &code).await);
    let body = json!({"message": "The code is not accepted", "code": "CodeNotAccepted"});
    seen.check(&body, &["WrongCode", "ForeignHandle", "UncountedCode"]);
}

#[tokio::test]
async fn t63_the_log_tells_guesses_at_a_password_that_is_to_be_changed() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    let access = text(&stage.password(NOOR, PASSWORD).await.body["access_token"]);
    let mut seen = Seen::of_nothing();
    let change = async |email: &str, current: &str| {
        let headers = json!({"authorization": access, "content-type": "application/json"});
        let body = json!({"email": email, "current_password": current, "new_password": "another quiet train"});
        let path = "/v1/accounts/password";
        stage.send(&support::request("POST", path, headers, Some(&body.to_string()))).await
    };
    seen.note(&stage, change(NOBODY, PASSWORD).await);
    for _ in 0..10 {
        seen.note(&stage, change(NOOR, WRONG).await);
    }
    seen.note(&stage, change(NOOR, PASSWORD).await);
    let body = json!({
        "message": "The address or the current password is not accepted",
        "code": "PasswordNotAccepted",
    });
    let mut codes = vec!["WrongPassword"; 11];
    codes.push("BlockedPassword");
    seen.check(&body, &codes);
}
