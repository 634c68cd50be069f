//! Reasons that only the log names: guesses, reached limits, stolen tokens.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use support::{Answer, NOW, PASSWORD, Stage, text};

const NOOR: &str = "noor@example.net";
const UNKNOWN: &str = "unknown@example.net";
const WRONG: &str = "a wrong password";

/// The responses to a client, with their codes in the log.
struct Seen {
    answers: Vec<Answer>,
    codes: Vec<String>,
}

impl Seen {
    fn new() -> Self {
        Self { answers: Vec::new(), codes: Vec::new() }
    }

    fn note(&mut self, stage: &Stage, answer: Answer) {
        self.codes.push(stage.logged.borrow().0.clone());
        self.answers.push(answer);
    }

    /// Checks the codes, and that the client reads one response for all of them.
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
    json!({"error": "invalid_grant", "error_description": "Invalid credentials"})
}

#[tokio::test]
async fn t63_log_alone_tells_guesses_from_reached_limits() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    let mut seen = Seen::new();
    seen.note(&stage, stage.password(NOOR, WRONG).await);
    seen.note(&stage, stage.password(UNKNOWN, WRONG).await);
    seen.note(&stage, stage.password("no address", WRONG).await);
    stage.table.disabled.store(true, Ordering::SeqCst);
    seen.note(&stage, stage.password(NOOR, WRONG).await);
    seen.note(&stage, stage.password(NOOR, PASSWORD).await);
    stage.table.disabled.store(false, Ordering::SeqCst);
    for email in [NOOR, UNKNOWN] {
        for _ in 0..10 {
            stage.password(email, WRONG).await;
        }
        seen.note(&stage, stage.password(email, PASSWORD).await);
    }
    // An unknown user and a wrong password are one reason in the log as well.
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
    assert_eq!(stage.logged.borrow().1, "", "no line of a guess names the user");
}

#[tokio::test]
async fn t65_log_names_a_reused_refresh_token_with_its_session() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    let mut seen = Seen::new();
    seen.note(&stage, stage.refresh("r1.x.y.z").await);
    let first = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
    stage.table.disabled.store(true, Ordering::SeqCst);
    seen.note(&stage, stage.refresh(&first).await);
    stage.table.disabled.store(false, Ordering::SeqCst);
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
    assert_eq!(stage.logged.borrow().1, "", "the session is revoked and unknown");
    seen.check(&invalid_grant(), &["ForeignToken", "ClosedAccount", "ReusedToken", "DeadToken"]);
    assert_eq!(stage.refresh(&text(&other.body["refresh_token"])).await.status, 200);
    assert_eq!(*stage.logged.borrow(), (String::new(), String::new()));
}

#[tokio::test]
async fn t63_log_alone_tells_a_wrong_code_from_a_used_one() {
    let stage = Stage::new();
    let handle = stage.register(NOOR).await.body["handle"].clone();
    let code = stage.mailed(NOOR).unwrap();
    let mut seen = Seen::new();
    let confirm =
        async |handle: &Value, code: &str| stage.confirm(NOOR, handle, code, PASSWORD).await;
    seen.note(&stage, confirm(&handle, "00000000").await);
    seen.note(&stage, confirm(&json!("n1.x.y"), &code).await);
    assert_eq!(confirm(&handle, &code).await.status, 204);
    stage.now.set(NOW + 60);
    seen.note(&stage, confirm(&handle, &code).await);
    let body = json!({"message": "Invalid or expired code", "code": "CodeNotAccepted"});
    seen.check(&body, &["WrongCode", "ForeignHandle", "UncountedCode"]);
}

#[tokio::test]
async fn t63_log_alone_tells_guesses_at_a_current_password() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    let access = text(&stage.password(NOOR, PASSWORD).await.body["access_token"]);
    let mut seen = Seen::new();
    let change = async |email: &str, current: &str| {
        let headers = json!({"authorization": access, "content-type": "application/json"});
        let body = json!({"email": email, "current_password": current, "new_password": "another quiet train"});
        let path = "/v1/accounts/password";
        stage.send(&support::request("POST", path, headers, Some(&body.to_string()))).await
    };
    seen.note(&stage, change(UNKNOWN, PASSWORD).await);
    for _ in 0..10 {
        seen.note(&stage, change(NOOR, WRONG).await);
    }
    seen.note(&stage, change(NOOR, PASSWORD).await);
    let body = json!({
        "message": "Invalid e-mail address or current password",
        "code": "PasswordNotAccepted",
    });
    let mut codes = vec!["WrongPassword"; 11];
    codes.push("BlockedPassword");
    seen.check(&body, &codes);
}
