//! Erasing one person everywhere: at once, twice, and interrupted after every step.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_runtime::Failure;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::links::Links;
use lifeguard_store::accounts::{NewAccount, Written};
use lifeguard_store::profiles::{NewProfile, ProfileKey};
use lifeguard_testkit::embedded::ACCOUNTS;
use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{EmbeddedDynamo, Fault, FaultyDynamo};
use operator::erasure::{Step, Traces, steps};
use serde_json::{Value, json};

use support::{
    ADDRESS, IDENTITY, NOOR, Pools, account, ask, confirm_account, dependencies, first_session,
    leave_other, leave_traces, left, link, other, user,
};

fn request(mode: &str) -> Value {
    let person = json!({"user_name": ADDRESS, "account": {"address": ADDRESS}});
    json!({"action": "erase", "person": person, "mode": mode})
}

/// Names the user by user name: the address finds no user once the user is deleted.
fn again() -> Value {
    let person = json!({"user_name": NOOR, "account": {"address": ADDRESS}});
    json!({"action": "erase", "person": person, "mode": "apply"})
}

fn words(answer: Result<Value, Failure>) -> Vec<String> {
    let answer = answer.unwrap();
    let entries = answer.get("report").and_then(Value::as_array).unwrap();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries
        .iter()
        .map(|entry| format!("{}: {}", text(entry, "what"), text(entry, "outcome")))
        .collect()
}

const EVERYTHING: [&str; 11] = [
    "access of the user",
    "sessions of the user",
    "sessions of the account",
    "link",
    "challenges and budgets",
    "challenges and budgets",
    "challenges and budgets",
    "identity",
    "profile",
    "account",
    "user",
];

#[tokio::test]
async fn dry_run_reports_data_and_changes_nothing() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    leave_traces(&dependencies, &pools).await;
    let before = left(&dynamo, &pools);
    let row = dynamo.item(ACCOUNTS, account().as_str());
    let expected = EVERYTHING.map(|what| format!("{what}: would_be_done"));
    let answer = ask(&dependencies, request("dry_run")).await.unwrap();
    assert_eq!(answer["identity_id"], IDENTITY);
    assert_eq!(words(Ok(answer)), expected);
    assert_eq!(left(&dynamo, &pools), before);
    assert_eq!(dynamo.item(ACCOUNTS, account().as_str()), row);
    assert!(pools.done.lock().unwrap().is_empty());
}

#[tokio::test]
async fn person_is_erased_everywhere_and_again_without_effect() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    leave_traces(&dependencies, &pools).await;
    assert!(left(&dynamo, &pools) >= 8);
    let expected = EVERYTHING.map(|what| format!("{what}: done"));
    assert_eq!(words(ask(&dependencies, request("apply")).await), expected);
    assert_eq!(left(&dynamo, &pools), 0);
    assert_eq!(words(ask(&dependencies, again()).await), [""; 0]);
    let eve = lifeguard_identity::account::AccountKey::from_adapter_id("eve");
    let free = dependencies.accounts.reserve_login(&link().login, &eve).await.unwrap();
    assert_eq!(free, Written::Done, "the login is free for others");
}

#[tokio::test]
async fn merged_accounts_are_erased_together() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    leave_traces(&dependencies, &pools).await;
    leave_other(&dependencies, &pools, IDENTITY).await;
    let answer = words(ask(&dependencies, request("apply")).await);
    assert_eq!(answer.iter().filter(|line| *line == "account: done").count(), 2, "{answer:?}");
    assert_eq!(left(&dynamo, &pools), 0);
}

#[tokio::test]
async fn t68_identity_of_other_accounts_is_kept() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    leave_traces(&dependencies, &pools).await;
    leave_other(&dependencies, &pools, IDENTITY).await;
    // Noor was unlinked in the pool, and her row has not followed.
    let noor = dependencies.accounts.read(&account(), NOW).await.unwrap().unwrap().id;
    pools.logins.lock().unwrap().remove(&noor);
    let answer = words(ask(&dependencies, request("apply")).await);
    assert!(!answer.contains(&"identity: done".to_owned()), "{answer:?}");
    assert!(dependencies.accounts.read(&account(), NOW).await.unwrap().is_none());
    let others = dependencies.accounts.read(&other(), NOW).await.unwrap().unwrap();
    assert_eq!(others.identity.as_deref(), Some(IDENTITY));
    assert_eq!(*pools.identities.lock().unwrap(), [IDENTITY]);
}

#[tokio::test]
async fn interrupted_erasure_of_merged_accounts_can_be_repeated() {
    for call in 0..40 {
        let (dynamo, pools) = (FaultyDynamo::start(), Pools::default());
        let dependencies = dependencies(dynamo.url(), &pools).await;
        leave_traces(&dependencies, &pools).await;
        leave_other(&dependencies, &pools, IDENTITY).await;
        dynamo.plan([(call + 1, Fault::Throttled), (call + 2, Fault::Throttled)]);
        finish(&dependencies, &pools, &dynamo, &format!("call {call} of a table")).await;

        leave_traces(&dependencies, &pools).await;
        leave_other(&dependencies, &pools, IDENTITY).await;
        pools.fail_at(Some(call));
        finish(&dependencies, &pools, &dynamo, &format!("call {call} of a pool")).await;
    }
}

#[tokio::test]
async fn identity_of_first_sign_in_during_erasure_is_erased() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    pools.users.lock().unwrap().push(support::user(NOOR));
    confirm_account(&dependencies.accounts).await;
    *pools.meanwhile.lock().unwrap() = Some((dependencies.accounts.clone(), first_session()));
    ask(&dependencies, request("apply")).await.unwrap();
    assert!(pools.meanwhile.lock().unwrap().is_none(), "it was tried");
    assert_eq!(left(&dynamo, &pools), 0);
}

#[tokio::test]
async fn profile_of_repair_during_erasure_is_erased() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    pools.users.lock().unwrap().push(user(NOOR));
    let key = ProfileKey::new(dependencies.policy.scope.pool(), NOOR).unwrap();
    let profile = NewProfile { key, created: NOW, claims: [].into() };
    *pools.repaired.lock().unwrap() = Some((dependencies.profiles.clone(), profile));
    ask(&dependencies, again()).await.unwrap();
    assert!(pools.repaired.lock().unwrap().is_none(), "it was written");
    assert_eq!(left(&dynamo, &pools), 0);
}

#[tokio::test]
async fn person_of_other_directory_or_issuer_can_be_named() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    let issuer = json!({"iss": "https://id.example.com", "sub": "user-17"});
    for (number, kind, key, name) in [
        (1, Kind::Adapter, AccountKey::from_adapter_id("17"), json!({"adapter": "17"})),
        (
            2,
            Kind::Issuer,
            AccountKey::from_issuer("https://id.example.com", "user-17"),
            json!({"issuer": issuer}),
        ),
    ] {
        let id = AccountId::from_random([number; 16]);
        let newcomer = NewAccount { key: key.clone(), id, kind, now: NOW };
        let before = dependencies.accounts.find_or_create(&newcomer).await.unwrap().version;
        let person = json!({"account": name});
        let end = json!({"action": "end_sessions", "person": person, "mode": "apply"});
        ask(&dependencies, end).await.unwrap();
        let after = dependencies.accounts.read(&key, NOW).await.unwrap().unwrap().version;
        assert_eq!(after, before + 1, "{kind:?}");
        let erase = json!({"action": "erase", "person": person, "mode": "apply"});
        ask(&dependencies, erase).await.unwrap();
        assert!(dependencies.accounts.read(&key, NOW).await.unwrap().is_none(), "{kind:?}");
    }
}

/// Every call of every service fails once, and ends the request.
#[tokio::test]
async fn interrupted_erasure_can_be_repeated_after_every_step() {
    let mut interrupted = 0;
    for call in 0..40 {
        let (dynamo, pools) = (FaultyDynamo::start(), Pools::default());
        let dependencies = dependencies(dynamo.url(), &pools).await;
        leave_traces(&dependencies, &pools).await;
        // Both attempts of the SDK.
        dynamo.plan([(call + 1, Fault::Throttled), (call + 2, Fault::Throttled)]);
        interrupted +=
            finish(&dependencies, &pools, &dynamo, &format!("call {call} of a table")).await;

        leave_traces(&dependencies, &pools).await;
        pools.fail_at(Some(call));
        interrupted +=
            finish(&dependencies, &pools, &dynamo, &format!("call {call} of a pool")).await;
    }
    // Twenty-three of tables, four of pools: each failed once.
    assert_eq!(interrupted, 27);
}

/// Erases with the planned failure, then without; returns the number of failed requests.
async fn finish(
    dependencies: &operator::dependencies::Dependencies<&Pools, &Pools>,
    pools: &Pools,
    dynamo: &FaultyDynamo,
    case: &str,
) -> usize {
    let first = ask(dependencies, request("apply")).await;
    let failed = matches!(first, Err(Failure::Fault(_)));
    assert!(failed || first.is_ok(), "{case}: {first:?}");
    dynamo.plan([]);
    pools.fail_at(None);
    // An account that is half erased grants nothing in between.
    if let Some(account) = dependencies.accounts.read(&account(), NOW).await.unwrap() {
        let closed = account.families.is_empty();
        assert!(closed || !pools.identities.lock().unwrap().is_empty(), "{case}");
    }
    let second = ask(dependencies, again()).await;
    assert!(second.is_ok(), "{case}: {second:?}");
    assert_eq!(left(dynamo.database(), pools), 0, "{case}");
    usize::from(failed)
}

#[test]
fn access_ends_first_and_user_is_deleted_last() {
    assert!(steps(&Traces::default()).is_empty());
    let user = Some(support::user(NOOR));
    let only_user = Traces { user, ..Traces::default() };
    let words: Vec<&str> = steps(&only_user).iter().map(Step::what).collect();
    assert_eq!(words, ["access of the user", "sessions of the user", "user"]);
}
