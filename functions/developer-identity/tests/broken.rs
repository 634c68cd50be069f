//! Passwords on the real tables: every fault at every call of a confirmation, and concurrent
//! requests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use developer_identity::Adapters;
use lifeguard_sign_in::code;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_store::accounts::administration::Administration as _;
use lifeguard_store::{AccountTable, Accounts as _, ChallengeTable};
use lifeguard_testkit::embedded::{ACCOUNTS, CHALLENGES};
use lifeguard_testkit::{Fault, FaultyDynamo, KeySecret};
use serde_json::{Value, json};
use support::issuer::Network;
use support::{
    Deployment, EVE, Hasher, KEY, NEW, NOOR, NOW, OTHER, PASSWORD, POOL, Pool, UNKNOWN, key,
    policy, text,
};

/// Long enough for a busy machine, short enough for a call that hangs.
const ATTEMPT: Duration = Duration::from_millis(300);
/// The number of runs of each race.
const ROUNDS: usize = 20;

/// The real tables.
struct OnTables;

impl Adapters for OnTables {
    type Accounts = AccountTable;
    type Challenges = ChallengeTable;
    type Keys = KeySecret;
    type Pool = Pool;
    type Web = Network;
    type Hashing = Hasher;
}

/// Deploys the function on tables with faults, and signs Noor up.
async fn deploy() -> (Deployment<OnTables>, FaultyDynamo) {
    let dynamo = FaultyDynamo::start();
    let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT);
    let accounts = AccountTable::new(&configuration, ACCOUNTS.to_owned());
    let challenges = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
    let stage = Deployment::on(&policy(), accounts, challenges, Pool::default());
    stage.sign_up_by(NOOR, || code(&dynamo, Occasion::Registration, NOOR)).await;
    (stage, dynamo)
}

/// Returns the code of the newest challenge in the row, as its mail shows it.
fn code(dynamo: &FaultyDynamo, occasion: Occasion, email: &str) -> String {
    let account = key(email);
    let row = occasion.row(POOL, account.as_str());
    let row = dynamo.database().item(CHALLENGES, row.as_str());
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
    code::short(&CodeKey::new(1, KEY), &challenge, addressee, occasion::DIGITS).expose().to_owned()
}

/// Returns the version of Noor's account.
fn version(dynamo: &FaultyDynamo) -> u64 {
    let row = dynamo.database().item(ACCOUNTS, key(NOOR).as_str());
    row["ver"]["N"].as_str().unwrap().parse().unwrap()
}

impl Deployment<OnTables> {
    async fn change(&self, access: &str, current: &str, new: &str) -> u64 {
        let body = json!({"email": NOOR, "current_password": current, "new_password": new});
        self.with_token("POST", "/v1/accounts/password", access, Some(&body)).await.status
    }

    /// Requests a registration, and returns the handle and the code of its mail.
    async fn begin<'a>(&'a self, dynamo: &FaultyDynamo, email: &'a str) -> Registration<'a> {
        let handle = self.register(email).await.body["handle"].clone();
        let code = code(dynamo, Occasion::Registration, email);
        Registration { deployment: self, email, handle, code }
    }

    /// Requests a recovery, and returns the handle and the code of its mail.
    async fn recover(&self, dynamo: &FaultyDynamo) -> Recovery<'_> {
        let answer = self.request_recovery(NOOR).await;
        assert_eq!(answer.status, 202);
        let handle = answer.body["handle"].clone();
        Recovery { stage: self, handle, code: code(dynamo, Occasion::Recovery, NOOR) }
    }

    /// Returns those of the passwords that sign Noor in.
    async fn accepted<'p>(&self, passwords: &[&'p str]) -> Vec<&'p str> {
        let mut right = Vec::new();
        for password in passwords {
            if self.password(NOOR, password).await.status == 200 {
                right.push(*password);
            }
        }
        right
    }
}

/// A registration that waits for its code.
struct Registration<'a> {
    deployment: &'a Deployment<OnTables>,
    email: &'a str,
    handle: Value,
    code: String,
}

impl Registration<'_> {
    async fn confirm(&self, password: &str) -> u64 {
        let confirmed = self.deployment.confirm(self.email, &self.handle, &self.code, password);
        confirmed.await.status
    }
}

/// A recovery that waits for its code.
struct Recovery<'a> {
    stage: &'a Deployment<OnTables>,
    handle: Value,
    code: String,
}

impl Recovery<'_> {
    async fn confirm(&self, password: &str) -> u64 {
        self.stage.confirm_recovery(NOOR, &self.handle, &self.code, password).await.status
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
    for plan in plans(3) {
        let (stage, dynamo) = deploy().await;
        let registration = stage.begin(&dynamo, EVE).await;
        let exists = || {
            let row = dynamo.database().item(ACCOUNTS, key(EVE).as_str());
            row["st"]["S"] == "active"
        };
        assert!(!exists(), "nothing is kept of an address before");
        dynamo.plan(plan.clone());
        let status = registration.confirm(NEW).await;
        dynamo.plan([]);
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
    for _ in 0..ROUNDS {
        let (stage, dynamo) = deploy().await;
        let first = stage.begin(&dynamo, EVE).await;
        // The same challenge, joined by another request.
        let joined = Registration { code: first.code.clone(), ..stage.begin(&dynamo, EVE).await };
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
        let (stage, dynamo) = deploy().await;
        let refresh = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
        let recovery = stage.recover(&dynamo).await;
        let before = version(&dynamo);
        dynamo.plan(plan.clone());
        let status = recovery.confirm(NEW).await;
        dynamo.plan([]);
        let written = version(&dynamo) > before;
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
            assert_eq!(version(&dynamo), before + 1, "{plan:?}: once");
            assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [NEW], "{plan:?}");
            assert_eq!(stage.refresh(&refresh).await.status, 400, "{plan:?}");
        } else {
            assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [PASSWORD], "{plan:?}");
        }
    }
}

/// The session is revoked if the password was changed, so that a user in doubt signs in.
#[tokio::test]
async fn t68_password_change_is_all_or_nothing_under_any_fault() {
    for plan in plans(3) {
        let (stage, dynamo) = deploy().await;
        let access = text(&stage.password(NOOR, PASSWORD).await.body["access_token"]);
        let before = version(&dynamo);
        dynamo.plan(plan.clone());
        let status = stage.change(&access, PASSWORD, NEW).await;
        dynamo.plan([]);
        let written = version(&dynamo) > before;
        assert!(status != 204 || written, "{plan:?}: done without a write");
        let again = stage.change(&access, PASSWORD, NEW).await;
        assert_eq!(again, if written { 401 } else { 204 }, "{plan:?}");
        assert_eq!(version(&dynamo), before + 1, "{plan:?}");
        assert_eq!(stage.accepted(&[PASSWORD, NEW]).await, [NEW], "{plan:?}");
    }
}

#[tokio::test]
async fn t63_known_and_unknown_users_cost_equal_calls_of_the_table() {
    let (stage, dynamo) = deploy().await;
    let mut seen = Vec::new();
    for email in [NOOR, UNKNOWN] {
        dynamo.plan([]);
        let asked = stage.request_recovery(email).await;
        let asking = dynamo.calls();
        let handle = &asked.body["handle"];
        let answer = stage.confirm_recovery(email, handle, "1234567890", NEW).await;
        seen.push((asked.status, asking, dynamo.calls(), answer));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[0].1, seen[0].2), (2, 4), "read and issue; then read and count the guess");
}

#[tokio::test]
async fn t68_two_confirmations_of_one_code_set_one_password() {
    for _ in 0..ROUNDS {
        let (stage, dynamo) = deploy().await;
        let (before, recovery) = (version(&dynamo), stage.recover(&dynamo).await);
        let both = tokio::join!(recovery.confirm(NEW), recovery.confirm(OTHER));
        let winner = match both {
            (200, 400) => NEW,
            (400, 200) => OTHER,
            other => panic!("{other:?}"),
        };
        assert_eq!(version(&dynamo), before + 1);
        assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [winner]);
    }
}

/// In both orders, no session of the old password outlives the new one.
#[tokio::test]
async fn t68_sign_in_during_a_recovery_leaves_no_old_session() {
    for round in 0..ROUNDS {
        let (stage, dynamo) = deploy().await;
        let recovery = stage.recover(&dynamo).await;
        let (sign_in, confirm) = (stage.password(NOOR, PASSWORD), recovery.confirm(NEW));
        // The first to start is mostly the first to write.
        let (tokens, status) = if round % 2 == 0 {
            tokio::join!(sign_in, confirm)
        } else {
            let (status, answer) = tokio::join!(confirm, sign_in);
            (answer, status)
        };
        assert_eq!(status, 200);
        if let Some(refresh) = tokens.body["refresh_token"].as_str() {
            assert_eq!(stage.refresh(refresh).await.status, 400);
        }
        assert_eq!(stage.accepted(&[PASSWORD, NEW]).await, [NEW]);
    }
}

#[tokio::test]
async fn t68_concurrent_change_and_recovery_set_one_password() {
    for _ in 0..ROUNDS {
        let (stage, dynamo) = deploy().await;
        let access = text(&stage.password(NOOR, PASSWORD).await.body["access_token"]);
        let (before, recovery) = (version(&dynamo), stage.recover(&dynamo).await);
        let both = tokio::join!(recovery.confirm(NEW), stage.change(&access, PASSWORD, OTHER));
        let winner = match both {
            (200, 400 | 401) => NEW,
            (400, 204) => OTHER,
            other => panic!("{other:?}"),
        };
        assert_eq!(version(&dynamo), before + 1);
        assert_eq!(stage.accepted(&[PASSWORD, NEW, OTHER]).await, [winner]);
    }
}

/// The next account in the row has another id, though its version may be the same.
#[tokio::test]
async fn code_of_an_erased_account_does_not_recover_the_next_one() {
    let (stage, dynamo) = deploy().await;
    let (recovery, before) = (stage.recover(&dynamo).await, version(&dynamo));
    let configuration = lifeguard_aws::stand_in(dynamo.url());
    let table = AccountTable::new(&configuration, ACCOUNTS.to_owned());
    let account = table.read(&key(NOOR), NOW).await.unwrap().unwrap();
    table.erase(&account.key, &account.id).await.unwrap();
    stage.now.set(NOW + 31);
    stage.sign_up_by(NOOR, || code(&dynamo, Occasion::Registration, NOOR)).await;
    assert_eq!(version(&dynamo), before);
    assert_eq!(recovery.confirm(NEW).await, 400);
    assert_eq!(stage.accepted(&[PASSWORD, NEW]).await, [PASSWORD]);
}
