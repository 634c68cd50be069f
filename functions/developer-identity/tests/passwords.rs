//! Password change and password recovery, and attacks on both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_identity::token::handle::Handle;
use lifeguard_sign_in::code;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::{Administration as _, NewStatus};
use lifeguard_store::accounts::passwords::{Passwords as _, Rehash};
use lifeguard_store::{Accounts as _, StoreError};
use serde_json::{Value, json};
use support::{
    Answer, CLIENT, Deployment, NEW, NOOR, NOW, OTHER, PASSWORD, POOL, UNKNOWN, issuer, key,
    request, text,
};

impl Deployment {
    async fn change(&self, access: &str, email: &str, current: &str, new: &str) -> Answer {
        let headers = json!({
            "authorization": format!("Bearer {access}"), "content-type": "application/json",
        });
        let body = json!({"email": email, "current_password": current, "new_password": new});
        let body = body.to_string();
        self.send(&request("POST", "/v1/accounts/password", headers, Some(&body))).await
    }

    async fn access_token(&self, password: &str) -> String {
        text(&self.password(NOOR, password).await.body["access_token"])
    }

    async fn set_status(&self, email: &str, standing: NewStatus) -> Result<(), StoreError> {
        let key = key(email);
        let account = self.table.rows.read(&key, self.now.get()).await?.unwrap();
        self.table.rows.set_status(&key, &account.id, standing).await.map(drop)
    }

    fn recovery_code(&self, email: &str) -> Option<String> {
        self.mailed_for(Occasion::Recovery, email)
    }
}

/// One password in its normal form (NFC, ASCII spaces) and as keyboards and platforms write it.
const NORMAL: &str = "zw\u{f6}lf gr\u{fc}ne Enten";
const SPELLINGS: [&str; 4] = [
    NORMAL,
    "zwo\u{308}lf gru\u{308}ne Enten",
    "zw\u{f6}lf\u{a0}gr\u{fc}ne\u{3000}Enten",
    "zwo\u{308}lf\u{2003}gr\u{fc}ne\u{202f}Enten",
];
/// A password with a character that new ones cannot have.
const UNUSABLE: &str = "zw\u{f6}lf gr\u{fc}ne\u{200b} Enten";

impl Deployment {
    /// Registers and confirms an address with this password.
    async fn sign_up_with(&self, email: &str, password: &str) {
        let handle = self.register(email).await.body["handle"].clone();
        let code = self.mailed(email).unwrap();
        assert_eq!(self.confirm(email, &handle, &code, password).await.status, 204);
    }

    /// Returns the stored hash of an account.
    async fn hash(&self, email: &str) -> Secret {
        let account = self.table.rows.read(&key(email), self.now.get()).await.unwrap();
        account.unwrap().hash.unwrap()
    }

    /// Replaces the stored hash by one of this very text.
    async fn store_hash(&self, email: &str, text: &str) {
        let (key, old) = (key(email), self.hash(email).await);
        let new = Secret::new(format!("new:0:{text}"));
        self.table.rows.rehash(&Rehash { key, old, new }).await.unwrap();
    }
}

#[tokio::test]
async fn password_is_one_in_every_spelling_everywhere() {
    for set in SPELLINGS {
        let stage = Deployment::new();
        stage.sign_up_with(NOOR, set).await;
        assert!(stage.hash(NOOR).await.expose().ends_with(NORMAL), "registered");
        for typed in SPELLINGS {
            assert_eq!(stage.password(NOOR, typed).await.status, 200, "{set:?} {typed:?}");
            let access = stage.access_token(typed).await;
            let changed = stage.change(&access, NOOR, typed, set).await;
            assert_eq!(changed.status, 204, "{set:?} {typed:?}");
            assert!(stage.hash(NOOR).await.expose().ends_with(NORMAL), "changed");
        }
        let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
        let code = stage.recovery_code(NOOR).unwrap();
        for typed in SPELLINGS {
            let answer = stage.confirm_recovery(NOOR, &handle, &code, typed).await;
            assert_eq!(answer.status, 200, "the same confirmation again: {typed:?}");
        }
        assert!(stage.hash(NOOR).await.expose().ends_with(NORMAL), "recovered");
    }
}

#[tokio::test]
async fn hash_of_a_text_as_typed_signs_in_and_is_replaced_once() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    for typed in [SPELLINGS[1], SPELLINGS[2], SPELLINGS[3]] {
        stage.store_hash(NOOR, typed).await;
        assert_eq!(stage.password(NOOR, NORMAL).await.status, 400, "another text than the stored");
        stage.hashes.0.set(0);
        assert_eq!(stage.password(NOOR, typed).await.status, 200, "{typed:?}");
        assert_eq!(stage.hashes.0.get(), 3, "normal form, as typed, and the new hash");
        assert!(stage.hash(NOOR).await.expose().ends_with(NORMAL));
        for typed in SPELLINGS {
            stage.hashes.0.set(0);
            assert_eq!(stage.password(NOOR, typed).await.status, 200);
            let forms = if typed == NORMAL { 1 } else { 2 };
            assert_eq!(stage.hashes.0.get(), forms, "{typed:?}: each form, right or wrong");
        }
        stage.store_hash(NOOR, typed).await;
        let access = stage.access_token(typed).await;
        stage.store_hash(NOOR, typed).await;
        assert_eq!(stage.change(&access, NOOR, typed, NORMAL).await.status, 204);
    }
}

#[tokio::test]
async fn password_that_new_ones_cannot_be_still_signs_in() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    stage.store_hash(NOOR, UNUSABLE).await;
    assert_eq!(stage.password(NOOR, UNUSABLE).await.status, 200);
    assert!(stage.hash(NOOR).await.expose().ends_with(UNUSABLE), "it stays");
    assert_eq!(stage.password(NOOR, NORMAL).await.status, 400);
    let access = stage.access_token(UNUSABLE).await;
    assert_eq!(stage.change(&access, NOOR, UNUSABLE, NORMAL).await.status, 204);
    assert_eq!(stage.password(NOOR, NORMAL).await.status, 200);
}

#[tokio::test]
async fn unusable_new_password_is_refused_everywhere_before_a_code() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let handle = stage.register(UNKNOWN).await.body["handle"].clone();
    let code = stage.mailed(UNKNOWN).unwrap();
    let answer = stage.confirm(UNKNOWN, &handle, &code, UNUSABLE).await;
    refused(&answer, "PasswordNotUsable");
    assert_eq!(stage.confirm(UNKNOWN, &handle, &code, NEW).await.status, 204);
    let access = stage.access_token(PASSWORD).await;
    refused(&stage.change(&access, NOOR, PASSWORD, UNUSABLE).await, "PasswordNotUsable");
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    let answer = stage.confirm_recovery(NOOR, &handle, &code, UNUSABLE).await;
    refused(&answer, "PasswordNotUsable");
    assert_eq!(stage.confirm_recovery(NOOR, &handle, &code, NEW).await.status, 200);
}

/// An attempt counts once, even if it is compared in two spellings.
#[tokio::test]
async fn attempt_in_two_spellings_is_counted_once() {
    for email in [NOOR, UNKNOWN] {
        let stage = Deployment::new();
        stage.sign_up(NOOR).await;
        stage.hashes.0.set(0);
        for _ in 0..30 {
            assert_eq!(stage.password(email, "zwo\u{308}lf gelbe Enten").await.status, 400);
        }
        assert_eq!(stage.hashes.0.get(), 20, "ten attempts of two spellings: {email}");
    }
}

/// The table of spellings is that of `lifeguard_sign_in::answer`.
#[tokio::test]
async fn code_of_the_directory_is_right_in_every_spelling() {
    let spelled = |code: &str| {
        let (head, tail) = code.split_at(5);
        [
            format!("Code: {head} {tail}."),
            format!("*{head}-{tail}*\r\n"),
            code.chars().map(|digit| char::from_u32(u32::from(digit) + 0x630).unwrap()).collect(),
        ]
    };
    for spelling in 0..3 {
        let stage = Deployment::new();
        let handle = stage.register(NOOR).await.body["handle"].clone();
        let code = &spelled(&stage.mailed(NOOR).unwrap())[spelling];
        assert_eq!(stage.confirm(NOOR, &handle, code, PASSWORD).await.status, 204, "{code}");
        let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
        let code = &spelled(&stage.recovery_code(NOOR).unwrap())[spelling];
        assert_eq!(stage.confirm_recovery(NOOR, &handle, code, NEW).await.status, 200, "{code}");
    }
}

fn wrong(code: &str) -> &'static str {
    if code == "0000000000" { "0000000001" } else { "0000000000" }
}

#[track_caller]
fn refused(answer: &Answer, code: &str) {
    assert_eq!((answer.status, &answer.body["code"]), (400, &json!(code)));
}

/// Signs in, and returns an access token, a refresh token and a credentials token.
async fn signed_in(stage: &Deployment) -> [String; 3] {
    stage.sign_up(NOOR).await;
    let signed_in = stage.password(NOOR, PASSWORD).await;
    let credentials = stage.credentials_token(NOOR).await;
    assert_eq!(stage.get("/v1/credentials", &credentials).await.status, 200);
    let member = |name: &str| text(&signed_in.body[name]);
    [member("access_token"), member("refresh_token"), credentials]
}

/// Checks that every earlier token is refused, and that only the new password signs in.
async fn check_all_revoked(stage: &Deployment, [access, refresh, credentials]: [String; 3]) {
    assert_eq!(stage.get("/v1/identity", &access).await.status, 401);
    assert_eq!(stage.get("/v1/credentials", &credentials).await.status, 401);
    assert_eq!(stage.refresh(&refresh).await.body["error"], "invalid_grant");
    assert_eq!(stage.password(NOOR, PASSWORD).await.body["error"], "invalid_grant");
    assert_eq!(stage.password(NOOR, NEW).await.status, 200);
}

#[tokio::test]
async fn t68_recovery_revokes_every_session_and_the_old_password() {
    let stage = Deployment::new();
    let before = signed_in(&stage).await;
    let asked = stage.request_recovery(NOOR).await;
    assert_eq!((asked.status, &asked.body["expires_in"]), (202, &json!(600)));
    let code = stage.recovery_code(NOOR).unwrap();
    assert_eq!(
        stage.get("/v1/identity", &before[0]).await.status,
        200,
        "a request revokes nothing"
    );
    stage.calls();
    let answer = stage.confirm_recovery(NOOR, &asked.body["handle"], &code, NEW).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(stage.calls(), 4, "read, replace, ask the pool, begin; beside the use of the code");
    check_all_revoked(&stage, before).await;
    let alive = text(&answer.body["access_token"]);
    assert_eq!(stage.get("/v1/identity", &alive).await.status, 200, "the session of the answer");
    assert_eq!(stage.refresh(&text(&answer.body["refresh_token"])).await.status, 200);
}

#[tokio::test]
async fn t68_password_change_revokes_every_session_and_the_old_one() {
    let stage = Deployment::new();
    let before = signed_in(&stage).await;
    stage.calls();
    assert_eq!(stage.change(&before[0], NOOR, PASSWORD, NEW).await.status, 204);
    assert_eq!(stage.calls(), 3, "read the session, count the attempt, replace");
    check_all_revoked(&stage, before).await;
}

#[tokio::test]
async fn t68_password_change_needs_a_valid_access_token() {
    let stage = Deployment::new();
    let [access, refresh, credentials] = signed_in(&stage).await;
    let exchanged = text(&stage.exchange(&issuer::token()).await.body["access_token"]);
    stage.hashes.0.set(0);
    for token in [&refresh, &credentials] {
        assert_eq!(stage.change(token, NOOR, PASSWORD, NEW).await.status, 401);
    }
    refused(&stage.change(&exchanged, NOOR, PASSWORD, NEW).await, "PasswordNotAccepted");
    refused(&stage.change(&access, UNKNOWN, PASSWORD, NEW).await, "PasswordNotAccepted");
    refused(&stage.change(&access, "noor", PASSWORD, NEW).await, "PasswordNotAccepted");
    let long = "x".repeat(1025);
    refused(&stage.change(&access, NOOR, &long, NEW).await, "PasswordNotAccepted");
    stage.set_status(NOOR, NewStatus::Disabled).await.unwrap();
    assert_eq!(stage.change(&access, NOOR, PASSWORD, NEW).await.status, 401);
    stage.set_status(NOOR, NewStatus::Active).await.unwrap();
    assert_eq!(stage.change(&access, NOOR, PASSWORD, NEW).await.status, 401, "it has ended");
    assert_eq!(stage.hashes.0.get(), 0);
    assert_eq!(stage.password(NOOR, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn t63_guesses_at_a_current_password_have_their_own_count() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let access = stage.access_token(PASSWORD).await;
    stage.hashes.0.set(0);
    for _ in 0..20 {
        refused(&stage.change(&access, NOOR, "a wrong password", NEW).await, "PasswordNotAccepted");
    }
    assert_eq!(stage.hashes.0.get(), 10, "no hash over the limit");
    refused(&stage.change(&access, NOOR, PASSWORD, NEW).await, "PasswordNotAccepted");
    stage.now.set(NOW + 15 * 60 - 1);
    refused(&stage.change(&access, NOOR, PASSWORD, NEW).await, "PasswordNotAccepted");
    let access = stage.access_token(PASSWORD).await;
    assert_eq!(stage.change(&access, NOOR, PASSWORD, NEW).await.status, 204, "a sign-in resets it");
}

#[tokio::test]
async fn recovery_is_for_first_party_clients_and_known_scopes() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    let confirm = async |client: &str, scope: Value| {
        let body = json!({
            "email": NOOR, "handle": handle, "code": code, "new_password": NEW,
            "client_id": client, "scope": scope,
        });
        stage.post("/v1/accounts/recovery/confirm", &body).await
    };
    stage.calls();
    refused(&confirm("other", Value::Null).await, "UnauthorizedClient");
    refused(&confirm(CLIENT, json!("admin")).await, "InvalidScope");
    assert_eq!(stage.calls(), 0, "the code was not used up");
    let answer = confirm(CLIENT, json!("credentials")).await;
    assert_eq!((answer.status, answer.body.get("refresh_token")), (200, None));
    let credentials = text(&answer.body["credentials_token"]);
    assert_eq!(stage.get("/v1/credentials", &credentials).await.status, 200);
}

/// The sessions of before do not count: the recovery has ended them.
#[tokio::test]
async fn recovery_begins_a_credentials_session_beyond_the_fifth() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    for _ in 0..5 {
        stage.credentials_token(NOOR).await;
    }
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let body = json!({
        "email": NOOR, "handle": handle, "code": stage.recovery_code(NOOR).unwrap(),
        "new_password": NEW, "client_id": CLIENT, "scope": "credentials",
    });
    assert_eq!(stage.post("/v1/accounts/recovery/confirm", &body).await.status, 200);
}

#[tokio::test]
async fn session_of_a_recovery_counts_as_a_sign_in_for_linking() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    let answer = stage.confirm_recovery(NOOR, &handle, &code, NEW).await;
    let access = text(&answer.body["access_token"]);
    let nonce =
        async || stage.with_token("POST", "/v1/identity/links/nonce", &access, None).await.status;
    assert_eq!(nonce().await, 200);
    stage.now.set(NOW + 5 * 60);
    assert_eq!(nonce().await, 403, "a sign-in of five minutes ago is too old");
}

#[tokio::test]
async fn page_and_mail_of_a_recovery_show_one_mark() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let mut marks = Vec::new();
    for email in [NOOR, UNKNOWN, NOOR, NOOR, NOOR, NOOR] {
        let mark = text(&stage.request_recovery(email).await.body["mark"]);
        assert!(mark.len() == 2 && mark.bytes().all(|byte| byte.is_ascii_uppercase()), "{mark}");
        marks.push(mark);
    }
    marks.dedup();
    assert!(
        marks.len() > 2,
        "a mark is of the request, and not of the joined challenge: {marks:?}"
    );
}

/// A recovery unlocks an account over its attempt limit.
#[tokio::test]
async fn recovery_resets_the_counted_attempts() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    for _ in 0..10 {
        stage.password(NOOR, "a wrong password").await;
    }
    assert_eq!(stage.password(NOOR, PASSWORD).await.body["error"], "invalid_grant");
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    assert_eq!(stage.confirm_recovery(NOOR, &handle, &code, NEW).await.status, 200);
    assert_eq!(stage.password(NOOR, NEW).await.status, 200);
}

#[tokio::test]
async fn t63_recovery_responds_alike_for_every_account_status() {
    let stage = Deployment::new();
    let (asked, closed) = ("asked@example.net", "closed@example.net");
    stage.sign_up(NOOR).await;
    stage.sign_up(closed).await;
    stage.set_status(closed, NewStatus::Disabled).await.unwrap();
    stage.register(asked).await;
    let mut seen = Vec::new();
    for email in [NOOR, UNKNOWN, asked, closed] {
        stage.calls();
        stage.hashes.0.set(0);
        let asked = stage.request_recovery(email).await;
        let handle = &asked.body["handle"];
        let mut of_answers = vec![stage.confirm_recovery(email, handle, "1234567890", NEW).await];
        of_answers.push(stage.confirm_recovery(email, handle, "", NEW).await);
        let handle = text(handle).len();
        let members: Vec<String> = asked.body.as_object().unwrap().keys().cloned().collect();
        let told = (asked.status, asked.headers, members, handle, of_answers);
        seen.push((told, stage.calls(), stage.hashes.0.get()));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");
    assert_eq!((seen[0].1, seen[0].2), (3, 0), "a read each time, and no hash without a code");
    assert!(stage.recovery_code(NOOR).is_some());
    for email in [UNKNOWN, asked, closed] {
        assert_eq!(stage.recovery_code(email), None, "{email}: no mail is sent");
    }
}

#[tokio::test]
async fn t63_code_recovers_only_its_own_account_and_once() {
    let stage = Deployment::new();
    let eve = "eve@example.net";
    stage.sign_up(NOOR).await;
    stage.sign_up(eve).await;
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let foreign = stage.request_recovery(eve).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    for (email, handle) in [(NOOR, &foreign), (eve, &handle), (eve, &foreign)] {
        refused(&stage.confirm_recovery(email, handle, &code, NEW).await, "CodeNotAccepted");
    }
    for forged in ["p1.x.y.z", "n1.x.y.z", "x"] {
        let answer = stage.confirm_recovery(NOOR, &json!(forged), &code, NEW).await;
        refused(&answer, "CodeNotAccepted");
    }
    let confirm =
        async |password: &str| stage.confirm_recovery(NOOR, &handle, &code, password).await;
    assert_eq!(confirm(NEW).await.status, 200);
    refused(&confirm(OTHER).await, "CodeNotAccepted");
    assert_eq!(stage.password(NOOR, NEW).await.status, 200);
    assert_eq!(confirm(NEW).await.status, 200, "the same request gets the same response");
    assert_eq!(stage.password(NOOR, NEW).await.status, 200);
    stage.now.set(NOW + 31);
    refused(&confirm(NEW).await, "CodeNotAccepted");
}

/// A late repetition of a confirmation must not revoke a newer session.
#[tokio::test]
async fn repeated_confirmation_revokes_no_newer_session() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    assert_eq!(stage.confirm_recovery(NOOR, &handle, &code, NEW).await.status, 200);
    let access = stage.access_token(NEW).await;
    assert_eq!(stage.confirm_recovery(NOOR, &handle, &code, NEW).await.status, 200);
    assert_eq!(stage.get("/v1/identity", &access).await.status, 200);
}

/// An attacker requests the recovery of another user. The mailed code still works for the user, and
/// the attacker's handle only with that code.
#[tokio::test]
async fn request_within_the_send_gap_uses_the_mailed_code() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let theirs = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    stage.now.set(NOW + 20);
    let hers = stage.request_recovery(NOOR).await.body["handle"].clone();
    refused(&stage.confirm_recovery(NOOR, &theirs, wrong(&code), OTHER).await, "CodeNotAccepted");
    assert_eq!(stage.confirm_recovery(NOOR, &hers, &code, NEW).await.status, 200);
    refused(&stage.confirm_recovery(NOOR, &theirs, &code, OTHER).await, "CodeNotAccepted");
    assert_eq!(stage.password(NOOR, NEW).await.status, 200);
}

/// The code key opens the challenge and the account of a handle, but not the account's id.
#[tokio::test]
async fn t63_code_key_alone_makes_no_code() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    let key = CodeKey::new(1, support::KEY);
    let hidden = Handle::parse(&Secret::new(text(&handle))).unwrap().verify(&key).unwrap();
    let challenge = &hidden.ticket.challenge;
    for tie in ["", "1", hidden.account.as_str(), &URL_SAFE_NO_PAD.encode(hidden.ticket.nonce)] {
        let addressee = Occasion::Recovery.addressee(POOL, hidden.account.as_str(), tie);
        let made = code::short(&key, challenge, addressee, occasion::DIGITS);
        assert_ne!(made.expose(), code);
        let answer = stage.confirm_recovery(NOOR, &handle, made.expose(), NEW).await;
        refused(&answer, "CodeNotAccepted");
    }
    assert_eq!(stage.confirm_recovery(NOOR, &handle, &code, NEW).await.status, 200);
}

#[tokio::test]
async fn t63_code_of_one_purpose_is_wrong_for_another() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let free = "free@example.net";
    let registration = stage.register(free).await.body["handle"].clone();
    let code = stage.mailed(free).unwrap();
    refused(&stage.confirm_recovery(free, &registration, &code, NEW).await, "CodeNotAccepted");
    let recovery = stage.request_recovery(NOOR).await.body["handle"].clone();
    let recovery_code = stage.recovery_code(NOOR).unwrap();
    for handle in [&recovery, &registration] {
        for email in [NOOR, free] {
            let answer = stage.confirm(email, handle, &recovery_code, OTHER).await;
            refused(&answer, "CodeNotAccepted");
        }
    }
    assert_eq!(stage.confirm(free, &registration, &code, OTHER).await.status, 204);
    assert_eq!(stage.password(NOOR, PASSWORD).await.status, 200, "nothing was changed");
}

#[tokio::test]
async fn t63_recovery_has_its_own_attempt_limit() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    for guess in 0..20 {
        let guess = format!("{guess:010}");
        assert_ne!(guess, code);
        refused(&stage.confirm_recovery(NOOR, &handle, &guess, NEW).await, "CodeNotAccepted");
    }
    refused(&stage.confirm_recovery(NOOR, &handle, &code, NEW).await, "CodeNotAccepted");
    assert_eq!(
        stage.password(NOOR, PASSWORD).await.status,
        200,
        "signing in has a limit of its own"
    );
    // The long code of the same mail stands outside the limits.
    let long = stage.long_mailed_for(Occasion::Recovery, NOOR).unwrap();
    assert_eq!(stage.confirm_recovery(NOOR, &handle, &long, NEW).await.status, 200);
}

#[tokio::test]
async fn t68_code_is_revoked_with_every_session() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let asked = async |after: u64| {
        stage.now.set(NOW + after);
        let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
        (handle, stage.recovery_code(NOOR).unwrap())
    };
    let (handle, code) = asked(0).await;
    let access = stage.access_token(PASSWORD).await;
    assert_eq!(stage.change(&access, NOOR, PASSWORD, OTHER).await.status, 204);
    refused(&stage.confirm_recovery(NOOR, &handle, &code, NEW).await, "CodeNotAccepted");
    assert_eq!(stage.password(NOOR, OTHER).await.status, 200);

    let (handle, code) = asked(60).await;
    stage.set_status(NOOR, NewStatus::Disabled).await.unwrap();
    refused(&stage.confirm_recovery(NOOR, &handle, &code, NEW).await, "CodeNotAccepted");
    stage.set_status(NOOR, NewStatus::Active).await.unwrap();
    refused(&stage.confirm_recovery(NOOR, &handle, &code, NEW).await, "CodeNotAccepted");
    assert_eq!(stage.password(NOOR, OTHER).await.status, 200);

    // The gap behind the second mail is over.
    let (handle, code) = asked(60 + 300).await;
    stage.now.set(NOW + 60 + 300 + 600);
    refused(&stage.confirm_recovery(NOOR, &handle, &code, NEW).await, "CodeNotAccepted");
}

#[tokio::test]
async fn t63_new_password_follows_the_rules_of_registration() {
    let stage = Deployment::new();
    stage.sign_up(NOOR).await;
    let access = stage.access_token(PASSWORD).await;
    let handle = stage.request_recovery(NOOR).await.body["handle"].clone();
    let code = stage.recovery_code(NOOR).unwrap();
    stage.calls();
    for (password, problem) in [
        ("fourteen chars", "PasswordTooShort"),
        ("passwordpassword", "PasswordTooCommon"),
        ("noor@example.net!", "PasswordTooCommon"),
        ("noor acme example", "PasswordTooCommon"),
        (&"correct horse ".repeat(80), "PasswordTooLong"),
    ] {
        refused(&stage.confirm_recovery(NOOR, &handle, &code, password).await, problem);
        assert_eq!(stage.calls(), 0);
        refused(&stage.change(&access, NOOR, PASSWORD, password).await, problem);
        assert_eq!(stage.calls(), 1, "the session is read, and no attempt counted");
    }
    let answer = stage.confirm_recovery(NOOR, &handle, &code, NEW).await;
    assert_eq!(answer.status, 200, "the code was not used up");
}

#[tokio::test]
async fn malformed_address_is_refused() {
    let stage = Deployment::new();
    stage.sign_up("noor@xn--bcher-kva.example").await;
    for email in ["", "noor", "noor@", "noor@example", "no\u{43e}r@example.net", "a@b.example\r\n"]
    {
        refused(&stage.request_recovery(email).await, "AddressNotUsable");
    }
    stage.calls();
    assert_eq!(stage.request_recovery("NOOR@bücher.example").await.status, 202);
    assert_eq!(stage.calls(), 1);
    let handle = stage.request_recovery("noor@bücher.example").await.body["handle"].clone();
    let code = stage.recovery_code("NOOR@xn--bcher-kva.example").unwrap();
    let answer = stage.confirm_recovery("noor@bücher.example", &handle, &code, NEW).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn only_the_built_in_directory_changes_and_recovers_passwords() {
    let adapter = json!({"url": "https://corp.example/check"});
    for directory in [Value::Null, adapter] {
        let mut policy = support::policy();
        policy["identity"]["directory"] = directory;
        if policy["identity"]["directory"].is_null() {
            policy["identity"].as_object_mut().unwrap().remove("directory");
        }
        let stage = Deployment::with(&policy);
        let not_offered = |answer: Answer| {
            let code = answer.body["code"].clone();
            assert_eq!((answer.status, code), (404, json!("NotOffered")));
        };
        not_offered(stage.request_recovery(NOOR).await);
        not_offered(stage.confirm_recovery(NOOR, &json!("p1.x.y.z"), "1234567890", NEW).await);
        not_offered(stage.change("a1.x.y", NOOR, PASSWORD, NEW).await);
        assert_eq!((stage.calls(), stage.hashes.0.get()), (0, 0));
    }
}
