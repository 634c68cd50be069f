//! Attackers who send anything that needs no proof, and an owner who gets in all the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use lifeguard_sign_in::occasion::Occasion;
use serde_json::{Value, json};
use support::{Answer, CLIENT, NOW, PASSWORD, Stage, text};

const NOOR: &str = "noor@example.net";
const NEW: &str = "rivers run to the sea";
const OTHER: &str = "mountains stay where they are";
const GUESS: &str = "whatever an attacker tries";
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

impl Stage {
    async fn ask_for_recovery(&self) -> Value {
        let asked = self.post("/v1/accounts/recovery", &json!({"email": NOOR})).await;
        assert_eq!((asked.status, &asked.body["expires_in"]), (202, &json!(600)));
        asked.body["handle"].clone()
    }

    async fn recover_with(&self, handle: &Value, code: &str, password: &str) -> Answer {
        let body = json!({
            "email": NOOR, "handle": handle, "code": code, "new_password": password,
            "client_id": CLIENT,
        });
        self.post("/v1/accounts/recovery/confirm", &body).await
    }

    /// Starts one recovery and types the codes of the newest mail: the short one, and if it is
    /// refused, the long one.
    async fn owner_recovers(&self, password: &str) -> Answer {
        let handle = self.ask_for_recovery().await;
        let short = self.mailed_for(Occasion::Recovery, NOOR).unwrap();
        let answer = self.recover_with(&handle, &short, password).await;
        if answer.status == 200 {
            return answer;
        }
        let long = self.long_mailed_for(Occasion::Recovery, NOOR).unwrap();
        self.recover_with(&handle, &long, password).await
    }

    /// Sends wrong passwords until no more is compared.
    async fn guess_passwords(&self) {
        for _ in 0..20 {
            assert_eq!(self.password(NOOR, GUESS).await.body["error"], "invalid_grant");
        }
        self.hashes.0.set(0);
        self.password(NOOR, PASSWORD).await;
        assert_eq!(self.hashes.0.get(), 0, "the password is locked");
    }

    async fn is_alive(&self, session: &Answer) -> bool {
        let access = text(&session.body["access_token"]);
        self.get("/v1/identity", &access).await.status == 200
    }
}

#[tokio::test]
async fn t05_wrong_passwords_and_requests_never_close_recovery() {
    for hours in [0, 1, 3, 24] {
        let stage = Stage::new();
        stage.sign_up(NOOR).await;
        // An attacker asks whenever a mail may go, guesses codes and passwords until each is locked.
        for minute in 0..=hours * 60 {
            stage.now.set(NOW + minute * MINUTE);
            let handle = stage.ask_for_recovery().await;
            if minute % 15 == 0 {
                for guess in 0..20 {
                    stage.recover_with(&handle, &format!("{guess:010}"), OTHER).await;
                    stage.password(NOOR, GUESS).await;
                }
            }
        }
        stage.guess_passwords().await;
        for start in 0..3 {
            stage.now.set(stage.now.get() + 40);
            let recovered = stage.owner_recovers(NEW).await;
            assert_eq!(recovered.status, 200, "{hours} h, {start}: {}", recovered.body);
            stage.guess_passwords().await;
            assert!(stage.is_alive(&recovered).await, "{hours} h: the session was hurt");
        }
    }
}

#[tokio::test]
async fn t05_session_of_a_recovery_is_never_hurt_by_guesses() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    stage.guess_passwords().await;
    let session = stage.owner_recovers(NEW).await;
    for hour in 0..48 {
        stage.now.set(NOW + hour * HOUR);
        for _ in 0..20 {
            stage.password(NOOR, GUESS).await;
            stage.ask_for_recovery().await;
        }
    }
    assert_eq!(stage.password(NOOR, NEW).await.status, 400, "the password is locked");
    let refreshed = stage.refresh(&text(&session.body["refresh_token"])).await;
    assert_eq!(refreshed.status, 200);
    assert!(stage.is_alive(&refreshed).await);
    let body = json!({"email": NOOR, "current_password": NEW, "new_password": OTHER});
    let access = text(&refreshed.body["access_token"]);
    let changed = stage.with_token("POST", "/v1/accounts/password", &access, Some(&body)).await;
    assert_eq!(changed.status, 204, "a change has a count of its own");
    assert_eq!(stage.password(NOOR, OTHER).await.status, 200);
}
