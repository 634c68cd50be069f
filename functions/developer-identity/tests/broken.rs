//! Passwords on the real tables: every fault at every call of a confirmation, and concurrent
//! requests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::cell::Cell;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use developer_identity::{Adapters, Dependencies, Invocation, Provider};
use lifeguard_identity::account::AccountKey;
use lifeguard_sign_in::code;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_sign_up::email::Email;
use lifeguard_store::accounts::administration::Administration as _;
use lifeguard_store::{AccountTable, Accounts as _, ChallengeTable};
use lifeguard_testkit::embedded::{ACCOUNTS, CHALLENGES};
use lifeguard_testkit::{Fault, FaultyDynamo, KeySecret};
use serde_json::{Value, json};
use support::{CLIENT, Hasher, KEY, NOW, PASSWORD, POOL, Pool, issuer, request, text};

const NOOR: &str = "noor@example.net";
const NEW: &str = "rivers run to the sea";
const OTHER: &str = "mountains stay where they are";
/// Long enough for a busy machine, short enough for a call that hangs.
const ATTEMPT: Duration = Duration::from_millis(300);
/// The number of runs of each race.
const ROUNDS: usize = 20;

struct OnTables;

impl Adapters for OnTables {
    type Accounts = AccountTable;
    type Challenges = ChallengeTable;
    type Keys = KeySecret;
    type Pool = Pool;
    type Web = issuer::Network;
    type Hashing = Hasher;
}

/// A provider on tables with faults.
struct Stage {
    provider: Provider<OnTables>,
    dynamo: FaultyDynamo,
    now: Cell<u64>,
    drawn: Cell<u64>,
}

impl Stage {
    async fn start() -> Self {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT).await;
        let dependencies = Dependencies::<OnTables> {
            accounts: AccountTable::new(&configuration, ACCOUNTS.to_owned()),
            challenges: ChallengeTable::new(&configuration, CHALLENGES.to_owned()),
            keys: KeySecret::default(),
            adapter_keys: None,
            pool: Pool::default(),
            web: issuer::Network::default(),
            hashing: Hasher::default(),
        };
        let provider = Provider::new(support::settings(&support::policy()), dependencies);
        let stage = Self { provider, dynamo, now: Cell::new(NOW), drawn: Cell::new(0) };
        stage.sign_up().await;
        stage
    }

    async fn sign_up(&self) {
        let registration = self.register(NOOR).await;
        assert_eq!(registration.confirm(PASSWORD).await, 204);
    }

    /// Requests a registration, and returns the handle and the code of its mail.
    async fn register<'a>(&'a self, email: &'a str) -> Registration<'a> {
        let (status, answer) = self.post("/v1/accounts", &json!({"email": email})).await;
        assert_eq!(status, 202);
        let handle = text(&answer["handle"]);
        let code = self.code(Occasion::Registration, email);
        Registration { stage: self, email, handle, code }
    }

    async fn send(&self, event: Value) -> (u64, Value) {
        let mut draws = [[0; 16]; 7];
        for draw in &mut draws {
            self.drawn.set(self.drawn.get() + 1);
            draw[..8].copy_from_slice(&self.drawn.get().to_be_bytes());
        }
        let invocation = Invocation::new(self.now.get(), draws);
        let reply = self.provider.handle(&event, invocation).await.unwrap().into_payload();
        let body = serde_json::from_str(reply["body"].as_str().unwrap()).unwrap_or_default();
        (reply["statusCode"].as_u64().unwrap(), body)
    }

    async fn post(&self, path: &str, body: &Value) -> (u64, Value) {
        let headers = json!({"content-type": "application/json"});
        self.send(request("POST", path, headers, Some(&body.to_string()))).await
    }

    async fn token(&self, form: &[(&str, &str)]) -> (u64, Value) {
        let headers = json!({"content-type": "application/x-www-form-urlencoded"});
        let body = serde_urlencoded::to_string(form).unwrap();
        self.send(request("POST", "/v1/token", headers, Some(&body))).await
    }

    async fn password(&self, password: &str) -> (u64, Value) {
        self.token(&[
            ("grant_type", "password"),
            ("client_id", CLIENT),
            ("username", NOOR),
            ("password", password),
        ])
        .await
    }

    async fn refresh(&self, token: &str) -> u64 {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await.0
    }

    async fn change(&self, access: &str, current: &str, new: &str) -> u64 {
        let headers = json!({"authorization": access, "content-type": "application/json"});
        let body = json!({"email": NOOR, "current_password": current, "new_password": new});
        let body = body.to_string();
        self.send(request("POST", "/v1/accounts/password", headers, Some(&body))).await.0
    }

    /// Requests a recovery, and returns the handle and the code of its mail.
    async fn recover(&self) -> Recovery<'_> {
        let body = json!({"email": NOOR});
        let (status, answer) = self.post("/v1/accounts/recovery", &body).await;
        assert_eq!(status, 202);
        let handle = text(&answer["handle"]);
        Recovery { stage: self, handle, code: self.code(Occasion::Recovery, NOOR) }
    }

    /// Returns the code of the newest challenge in the row, as its mail shows it.
    fn code(&self, occasion: Occasion, email: &str) -> String {
        let account = key(email);
        let row = occasion.row(POOL, account.as_str());
        let row = self.dynamo.database().item(CHALLENGES, row.as_str());
        let number = |name: &str| row[name]["N"].as_str().unwrap().parse::<u64>().unwrap();
        let challenge = Challenge {
            id: STANDARD.decode(text(&row["cid"]["B"])).unwrap().try_into().unwrap(),
            number: number("seq").try_into().unwrap(),
            issued: number("iat"),
            life: 600,
            key_version: 1,
        };
        let note: Value = serde_json::from_str(&text(&row["out"]["S"])).unwrap();
        let binding = text(&note["s"]);
        let addressee = occasion.addressee(POOL, account.as_str(), &binding);
        code::short(&CodeKey::new(1, KEY), &challenge, addressee, occasion::DIGITS)
            .expose()
            .to_owned()
    }

    fn version(&self) -> u64 {
        let account = key(NOOR);
        let row = self.dynamo.database().item(ACCOUNTS, account.as_str());
        row["ver"]["N"].as_str().unwrap().parse().unwrap()
    }

    /// Returns those of the passwords that sign in.
    async fn accepted<'p>(&self, passwords: &[&'p str]) -> Vec<&'p str> {
        let mut right = Vec::new();
        for password in passwords {
            if self.password(password).await.0 == 200 {
                right.push(*password);
            }
        }
        right
    }
}

fn key(email: &str) -> AccountKey {
    AccountKey::from_address(&Email::parse(email).unwrap())
}

/// A registration that waits for its code.
struct Registration<'a> {
    stage: &'a Stage,
    email: &'a str,
    handle: String,
    code: String,
}

impl Registration<'_> {
    async fn confirm(&self, password: &str) -> u64 {
        let body = json!({
            "email": self.email, "handle": self.handle, "code": self.code, "password": password,
        });
        self.stage.post("/v1/accounts/confirm", &body).await.0
    }
}

/// A recovery that waits for its code.
struct Recovery<'a> {
    stage: &'a Stage,
    handle: String,
    code: String,
}

impl Recovery<'_> {
    async fn confirm(&self, password: &str) -> u64 {
        let body = json!({
            "email": NOOR, "handle": self.handle, "code": self.code, "new_password": password,
            "client_id": CLIENT,
        });
        self.stage.post("/v1/accounts/recovery/confirm", &body).await.0
    }
}

/// Each fault at each of so many calls, once and twice in a row.
fn plans(calls: usize) -> impl Iterator<Item = Vec<(usize, Fault)>> {
    let faults =
        Fault::ALL.into_iter().flat_map(move |fault| (1..=calls).map(move |call| (call, fault)));
    faults.flat_map(|(call, fault)| [vec![(call, fault)], vec![(call, fault), (call + 1, fault)]])
}

#[tokio::test]
async fn t65_registration_is_done_once_under_any_fault() {
    const EVE: &str = "eve@example.net";
    for plan in plans(3) {
        let stage = Stage::start().await;
        let registration = stage.register(EVE).await;
        let exists = || {
            let row = stage.dynamo.database().item(ACCOUNTS, key(EVE).as_str());
            row["st"]["S"] == "active"
        };
        assert!(!exists(), "nothing is kept of an address before");
        stage.dynamo.plan(plan.clone());
        let status = registration.confirm(NEW).await;
        stage.dynamo.plan([]);
        let written = exists();
        assert!(status != 204 || written, "{plan:?}: done without a write");
        let told = plan[0].1 == Fault::ConditionFailed;
        assert!([204, 500].contains(&status) || told, "{plan:?}: {status}");
        let expected = if told && !written { [204, 400].as_slice() } else { &[204] };
        let again = registration.confirm(NEW).await;
        assert!(expected.contains(&again), "{plan:?}: {again}");
        assert_eq!(registration.confirm(OTHER).await, 400, "{plan:?}");
        assert_eq!(exists(), again == 204, "{plan:?}");
    }
}

#[tokio::test]
async fn t65_two_confirmations_of_one_code_make_one_account() {
    const EVE: &str = "eve@example.net";
    for _ in 0..ROUNDS {
        let stage = Stage::start().await;
        let first = stage.register(EVE).await;
        // The same challenge, joined by another request.
        let joined = Registration { code: first.code.clone(), ..stage.register(EVE).await };
        assert_ne!(first.handle, joined.handle);
        let statuses = tokio::join!(
            first.confirm(NEW),
            first.confirm(OTHER),
            joined.confirm(NEW),
            joined.confirm(PASSWORD),
        );
        let statuses = [statuses.0, statuses.1, statuses.2, statuses.3];
        let done = statuses.iter().filter(|status| **status == 204).count();
        assert_eq!(done, 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [204, 400].contains(status)), "{statuses:?}");
    }
}

#[tokio::test]
async fn t68_recovery_is_done_once_under_any_fault() {
    for plan in plans(4) {
        let stage = Stage::start().await;
        let refresh = text(&stage.password(PASSWORD).await.1["refresh_token"]);
        let recovery = stage.recover().await;
        let before = stage.version();
        stage.dynamo.plan(plan.clone());
        let status = recovery.confirm(NEW).await;
        stage.dynamo.plan([]);
        let written = stage.version() > before;
        assert!(status != 200 || written, "{plan:?}: done without a write");
        // The code is reported as wrong only if the table itself reported it.
        let told = plan[0].1 == Fault::ConditionFailed;
        assert!([200, 500].contains(&status) || told, "{plan:?}: {status}");

        // The same again within half a minute comes to the same, and another password to nothing.
        let expected = if told && !written { [200, 400].as_slice() } else { &[200] };
        let again = recovery.confirm(NEW).await;
        assert!(expected.contains(&again), "{plan:?}: {again}");
        assert_eq!(recovery.confirm(OTHER).await, 400, "{plan:?}");
        if again == 200 {
            assert_eq!(stage.version(), before + 1, "{plan:?}: once");
            assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [NEW], "{plan:?}");
            assert_eq!(stage.refresh(&refresh).await, 400, "{plan:?}");
        } else {
            assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [PASSWORD], "{plan:?}");
        }
    }
}

/// The session is revoked if the password was changed, so that a user in doubt signs in.
#[tokio::test]
async fn t68_password_change_is_all_or_nothing_under_any_fault() {
    for plan in plans(3) {
        let stage = Stage::start().await;
        let access = text(&stage.password(PASSWORD).await.1["access_token"]);
        let before = stage.version();
        stage.dynamo.plan(plan.clone());
        let status = stage.change(&access, PASSWORD, NEW).await;
        stage.dynamo.plan([]);
        let written = stage.version() > before;
        assert!(status != 204 || written, "{plan:?}: done without a write");
        let again = stage.change(&access, PASSWORD, NEW).await;
        assert_eq!(again, if written { 401 } else { 204 }, "{plan:?}");
        assert_eq!(stage.version(), before + 1, "{plan:?}");
        assert_eq!(stage.accepted(&[PASSWORD, NEW]).await, [NEW], "{plan:?}");
    }
}

#[tokio::test]
async fn t63_known_and_unknown_users_cost_equal_calls_of_the_table() {
    let stage = Stage::start().await;
    let mut seen = Vec::new();
    for email in [NOOR, "unknown@example.net"] {
        stage.dynamo.plan([]);
        let (status, asked) = stage.post("/v1/accounts/recovery", &json!({"email": email})).await;
        let asking = stage.dynamo.calls();
        let body = json!({
            "email": email, "handle": asked["handle"], "code": "1234567890", "new_password": NEW,
            "client_id": CLIENT,
        });
        let answer = stage.post("/v1/accounts/recovery/confirm", &body).await;
        seen.push((status, asking, stage.dynamo.calls(), answer));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[0].1, seen[0].2), (2, 4), "read and issue; then read and count the guess");
}

#[tokio::test]
async fn t68_two_confirmations_of_one_code_set_one_password() {
    for _ in 0..ROUNDS {
        let stage = Stage::start().await;
        let (before, recovery) = (stage.version(), stage.recover().await);
        let both = tokio::join!(recovery.confirm(NEW), recovery.confirm(OTHER));
        let winner = match both {
            (200, 400) => NEW,
            (400, 200) => OTHER,
            other => panic!("{other:?}"),
        };
        assert_eq!(stage.version(), before + 1);
        assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [winner]);
    }
}

/// In both orders, no session of the old password outlives the new one.
#[tokio::test]
async fn t68_sign_in_during_a_recovery_leaves_no_old_session() {
    for round in 0..ROUNDS {
        let stage = Stage::start().await;
        let recovery = stage.recover().await;
        let (sign_in, confirm) = (stage.password(PASSWORD), recovery.confirm(NEW));
        // The first to start is mostly the first to write.
        let ((_, tokens), status) = if round % 2 == 0 {
            tokio::join!(sign_in, confirm)
        } else {
            let (status, answer) = tokio::join!(confirm, sign_in);
            (answer, status)
        };
        assert_eq!(status, 200);
        if let Some(refresh) = tokens["refresh_token"].as_str() {
            assert_eq!(stage.refresh(refresh).await, 400);
        }
        assert_eq!(stage.accepted(&[PASSWORD, NEW]).await, [NEW]);
    }
}

#[tokio::test]
async fn t68_concurrent_change_and_recovery_set_one_password() {
    for _ in 0..ROUNDS {
        let stage = Stage::start().await;
        let access = text(&stage.password(PASSWORD).await.1["access_token"]);
        let (before, recovery) = (stage.version(), stage.recover().await);
        let both = tokio::join!(recovery.confirm(NEW), stage.change(&access, PASSWORD, OTHER));
        let winner = match both {
            (200, 400 | 401) => NEW,
            (400, 204) => OTHER,
            other => panic!("{other:?}"),
        };
        assert_eq!(stage.version(), before + 1);
        assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [winner]);
    }
}

/// The next account in the row has another id, though its version may be the same.
#[tokio::test]
async fn code_of_an_erased_account_does_not_recover_the_next_one() {
    let stage = Stage::start().await;
    let (recovery, version) = (stage.recover().await, stage.version());
    let configuration = lifeguard_aws::stand_in(stage.dynamo.url()).await;
    let table = AccountTable::new(&configuration, ACCOUNTS.to_owned());
    let account = table.read(&key(NOOR), NOW).await.unwrap().unwrap();
    table.erase(&account.key, &account.id).await.unwrap();
    stage.now.set(NOW + 31);
    stage.sign_up().await;
    assert_eq!(stage.version(), version);
    assert_eq!(recovery.confirm(NEW).await, 400);
    assert_eq!(stage.accepted(&[PASSWORD, NEW]).await, [PASSWORD]);
}
