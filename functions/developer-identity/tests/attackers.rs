//! Attackers who send anything that needs no proof, and an owner who gets in all the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_identity::account::AccountKey;
use lifeguard_identity::token::handle::Handle;
use lifeguard_sign_in::code;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts as _;
use serde_json::{Value, json};
use support::{Answer, Deployment, EVE, KEY, NEW, NOOR, NOW, OTHER, PASSWORD, POOL, policy, text};

const GUESS: &str = "whatever an attacker tries";
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

impl Deployment {
    async fn ask_for_recovery(&self) -> Value {
        let asked = self.request_recovery(NOOR).await;
        assert_eq!((asked.status, &asked.body["expires_in"]), (202, &json!(600)));
        asked.body["handle"].clone()
    }

    /// Starts one recovery and types the codes of the newest mail: the short one, and if it is
    /// refused, the long one.
    async fn owner_recovers(&self, password: &str) -> Answer {
        let handle = self.ask_for_recovery().await;
        let short = self.mailed_for(Occasion::Recovery, NOOR).unwrap();
        let answer = self.confirm_recovery(NOOR, &handle, &short, password).await;
        if answer.status == 200 {
            return answer;
        }
        let long = self.long_mailed_for(Occasion::Recovery, NOOR).unwrap();
        self.confirm_recovery(NOOR, &handle, &long, password).await
    }

    async fn ask_for_registration(&self, email: &str) -> Value {
        let asked = self.register(email).await;
        assert_eq!((asked.status, &asked.body["expires_in"]), (202, &json!(600)));
        asked.body["handle"].clone()
    }

    /// Starts one registration and types the codes of the newest mail.
    async fn owner_registers(&self) -> Answer {
        let handle = self.ask_for_registration(EVE).await;
        let short = self.mailed(EVE).unwrap();
        let answer = self.confirm(EVE, &handle, &short, PASSWORD).await;
        if answer.status == 204 {
            return answer;
        }
        let long = self.long_mailed_for(Occasion::Registration, EVE).unwrap();
        self.confirm(EVE, &handle, &long, PASSWORD).await
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
        let stage = Deployment::new();
        stage.sign_up(NOOR).await;
        // An attacker asks whenever a mail may go, guesses codes and passwords until each is locked.
        for minute in 0..=hours * 60 {
            stage.now.set(NOW + minute * MINUTE);
            let handle = stage.ask_for_recovery().await;
            if minute % 15 == 0 {
                for guess in 0..20 {
                    stage.confirm_recovery(NOOR, &handle, &format!("{guess:010}"), OTHER).await;
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
    let stage = Deployment::new();
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

/// An attacker asks for the address of another user at every moment, and guesses.
#[tokio::test]
async fn t05_registration_cannot_be_squatted() {
    // The limits of a day are another matter: they refuse owner and attacker alike.
    let mut policy = policy();
    policy["identity"]["registration"] =
        json!({"mails_a_day": 1_000_000, "mails_a_domain": 1_000_000});
    for hours in [0, 1, 3, 24] {
        let stage = Deployment::with(&policy);
        for minute in 0..=hours * 60 {
            stage.now.set(NOW + minute * MINUTE);
            let handle = stage.ask_for_registration(EVE).await;
            if minute % 30 == 0 {
                for guess in 0..20 {
                    stage.confirm(EVE, &handle, &format!("{guess:010}"), OTHER).await;
                    stage.password(EVE, GUESS).await;
                }
            }
        }
        let attackers = stage.ask_for_registration(EVE).await;
        stage.now.set(stage.now.get() + 10);
        let registered = stage.owner_registers().await;
        assert_eq!(registered.status, 204, "{hours} h: {}", registered.body);
        assert_eq!(stage.password(EVE, PASSWORD).await.status, 200, "{hours} h");
        let long = stage.long_mailed_for(Occasion::Registration, EVE).unwrap();
        let late = stage.confirm(EVE, &attackers, &long, OTHER).await;
        assert_eq!(late.body["code"], "CodeNotAccepted", "{hours} h");
        assert_eq!(stage.password(EVE, PASSWORD).await.status, 200, "{hours} h");
    }
}

/// The owner starts as a mail of an attacker is about to replace the one that is joined.
#[tokio::test]
async fn t05_newer_mail_costs_the_owner_one_start_at_most() {
    for wait in [0, 29, 30, 31, 299, 300, 330, 331] {
        let stage = Deployment::new();
        stage.ask_for_registration(EVE).await;
        stage.now.set(NOW + wait);
        let handle = stage.ask_for_registration(EVE).await;
        let code = stage.mailed(EVE).unwrap();
        stage.now.set(stage.now.get() + 30);
        stage.ask_for_registration(EVE).await;
        stage.now.set(stage.now.get() + 5);
        if stage.confirm(EVE, &handle, &code, PASSWORD).await.status != 204 {
            stage.now.set(stage.now.get() + 5);
            assert_eq!(stage.owner_registers().await.status, 204, "{wait} s");
        }
    }
}

/// The accounts keep nothing of an address that was asked for and not confirmed.
#[tokio::test]
async fn request_for_a_registration_keeps_no_account_and_no_password() {
    let stage = Deployment::new();
    stage.calls();
    let handle = stage.ask_for_registration(EVE).await;
    assert_eq!(stage.calls(), 3, "two counts and the read, beside the issue");
    let key = AccountKey::from_address(&Email::parse(EVE).unwrap());
    assert!(stage.table.rows.read(&key, NOW).await.unwrap().is_none());
    assert_eq!(stage.hashes.0.get(), 0);
    let code = stage.mailed(EVE).unwrap();
    stage.calls();
    assert_eq!(stage.confirm(EVE, &handle, &code, PASSWORD).await.status, 204);
    assert_eq!((stage.calls(), stage.hashes.0.get()), (1, 1), "create; tie and code before");
    assert_eq!(stage.confirm(EVE, &handle, &code, PASSWORD).await.status, 204, "the same again");
    let other = stage.confirm(EVE, &handle, &code, OTHER).await;
    assert_eq!(other.body["code"], "CodeNotAccepted");
    assert_eq!(stage.password(EVE, PASSWORD).await.status, 200);
}

/// The code key opens the challenge and the address of a handle, but not the tie of the row.
#[tokio::test]
async fn t63_code_key_alone_confirms_no_registration() {
    let stage = Deployment::new();
    let handle = stage.ask_for_registration(EVE).await;
    let code = stage.mailed(EVE).unwrap();
    let key = CodeKey::new(1, KEY);
    let hidden = Handle::parse(&Secret::new(text(&handle))).unwrap().verify(&key).unwrap();
    let challenge = &hidden.ticket.challenge;
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    for tie in [
        String::new(),
        encode(&[0; 16]),
        encode(&hidden.ticket.nonce),
        encode(&challenge.id),
        hidden.account.as_str().to_owned(),
    ] {
        let addressee = Occasion::Registration.addressee(POOL, hidden.account.as_str(), &tie);
        let made = code::short(&key, challenge, addressee, occasion::DIGITS);
        assert_ne!(made.expose(), code);
        let answer = stage.confirm(EVE, &handle, made.expose(), PASSWORD).await;
        assert_eq!(answer.body["code"], "CodeNotAccepted");
    }
    assert_eq!(stage.confirm(EVE, &handle, &code, PASSWORD).await.status, 204);
}

#[tokio::test]
async fn t63_new_account_follows_the_rules_before_its_code_is_used() {
    let mut policy = support::policy();
    policy["sign_up"] = json!({"denied_domains": ["denied.example"]});
    let stage = Deployment::with(&policy);
    let handle = stage.ask_for_registration(EVE).await;
    let code = stage.mailed(EVE).unwrap();
    stage.calls();
    for (email, password, problem) in [
        (EVE, "fourteen chars", "PasswordTooShort"),
        (EVE, "passwordpassword", "PasswordTooCommon"),
        (EVE, "eve@example.net!", "PasswordTooCommon"),
        (EVE, "quiet trains \u{200b}at night", "PasswordNotUsable"),
        ("eve", PASSWORD, "AddressNotUsable"),
        ("eve@denied.example", PASSWORD, "DomainNotAllowed"),
        (NOOR, PASSWORD, "CodeNotAccepted"),
    ] {
        let answer = stage.confirm(email, &handle, &code, password).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!(problem)), "{email}");
    }
    assert_eq!((stage.calls(), stage.hashes.0.get()), (0, 0));
    assert_eq!(stage.confirm(EVE, &handle, &code, PASSWORD).await.status, 204);
}
