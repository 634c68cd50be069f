//! The rows of profiles, on the embedded database.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use lifeguard_identity::account::AccountKey;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_store::accounts::Written;
use lifeguard_store::profiles::{Created, NewProfile, ProfileKey};
use lifeguard_store::{Operation, ProfileTable};
use lifeguard_testkit::embedded::PROFILES;
use lifeguard_testkit::{EmbeddedDynamo, Fault, FaultyDynamo};
use serde_json::json;

async fn table(dynamo: &EmbeddedDynamo) -> ProfileTable {
    ProfileTable::new(&lifeguard_aws::stand_in(dynamo.url()), PROFILES.to_owned())
}

fn profile(pool: &str, sub: &str, created: u64, locale: &str) -> NewProfile {
    NewProfile {
        key: ProfileKey::new(pool, sub).unwrap(),
        created,
        claims: BTreeMap::from([
            ("locale", locale.to_owned()),
            ("email", "noor@example.net".to_owned()),
        ]),
    }
}

#[tokio::test]
async fn new_row_holds_pool_user_time_and_documented_claims_alone() {
    let dynamo = EmbeddedDynamo::start();
    let new = profile("eu-west-1_Pool", "noor", 1_000, "nl-NL");
    assert_eq!(table(&dynamo).await.create(&new).await.unwrap(), Created::Written);
    let row = json!({
        "pk": {"S": "v1#14#eu-west-1_Pool#noor"},
        "pool": {"S": "eu-west-1_Pool"},
        "sub": {"S": "noor"},
        "created": {"N": "1000"},
        "locale": {"S": "nl-NL"},
    });
    assert_eq!(dynamo.item(PROFILES, "v1#14#eu-west-1_Pool#noor"), row);
}

#[tokio::test]
async fn a_row_that_exists_is_left_as_it_is() {
    let dynamo = EmbeddedDynamo::start();
    let table = table(&dynamo).await;
    let first = profile("eu-west-1_Pool", "noor", 1_000, "nl-NL");
    table.create(&first).await.unwrap();
    let before = dynamo.items(PROFILES);
    let second = profile("eu-west-1_Pool", "noor", 2_000, "en-GB");
    assert_eq!(table.create(&second).await.unwrap(), Created::Existed);
    assert_eq!(dynamo.items(PROFILES), before);
}

#[tokio::test]
async fn sixteen_at_once_write_one_row() {
    let dynamo = EmbeddedDynamo::start();
    let table = table(&dynamo).await;
    let tasks: Vec<_> = (0..16)
        .map(|place| {
            let (table, new) = (table.clone(), profile("p_1", "noor", place, "nl-NL"));
            tokio::spawn(async move { table.create(&new).await.unwrap() })
        })
        .collect();
    let mut written = 0;
    for task in tasks {
        written += usize::from(task.await.unwrap() == Created::Written);
    }
    assert_eq!((written, dynamo.items(PROFILES).len()), (1, 1));
}

/// The row of the user of these tests.
const ROW: &str = "v1#14#eu-west-1_Pool#noor";

#[tokio::test]
async fn sign_in_of_a_user_is_added_to_the_row() {
    let dynamo = EmbeddedDynamo::start();
    let table = table(&dynamo).await;
    let new = profile("eu-west-1_Pool", "noor", 1_000, "nl-NL");
    table.create(&new).await.unwrap();
    let mut row = dynamo.item(PROFILES, ROW);
    assert_eq!(table.record_sign_in(&new.key, 2_000).await.unwrap(), Written::Done);
    row["last_sign_in"] = json!({"N": "2000"});
    assert_eq!(dynamo.item(PROFILES, ROW), row);
}

#[tokio::test]
async fn sign_in_time_never_goes_back() {
    let dynamo = EmbeddedDynamo::start();
    let table = table(&dynamo).await;
    let new = profile("eu-west-1_Pool", "noor", 1_000, "nl-NL");
    table.create(&new).await.unwrap();
    for (at, expected, kept) in [
        (2_000, Written::Done, "2000"),
        (2_000, Written::Done, "2000"),
        (1_999, Written::Refused, "2000"),
        (2_001, Written::Done, "2001"),
        (10_000, Written::Done, "10000"),
        (9_999, Written::Refused, "10000"),
    ] {
        assert_eq!(table.record_sign_in(&new.key, at).await.unwrap(), expected, "{at}");
        assert_eq!(dynamo.item(PROFILES, ROW)["last_sign_in"], json!({"N": kept}), "{at}");
    }
}

#[tokio::test]
async fn sign_in_without_a_row_writes_nothing() {
    let dynamo = EmbeddedDynamo::start();
    let table = table(&dynamo).await;
    table.create(&profile("eu-west-1_Pool", "ravi", 1_000, "en-GB")).await.unwrap();
    let before = dynamo.items(PROFILES);
    let key = ProfileKey::new("eu-west-1_Pool", "noor").unwrap();
    assert_eq!(table.record_sign_in(&key, 2_000).await.unwrap(), Written::Refused);
    assert_eq!(dynamo.items(PROFILES), before);
}

#[tokio::test]
async fn sixteen_sign_ins_at_once_keep_the_latest_time() {
    let dynamo = EmbeddedDynamo::start();
    let table = table(&dynamo).await;
    let new = profile("eu-west-1_Pool", "noor", 1_000, "nl-NL");
    table.create(&new).await.unwrap();
    let tasks: Vec<_> = (1..=16)
        .map(|place| {
            let (table, key) = (table.clone(), new.key.clone());
            tokio::spawn(async move { table.record_sign_in(&key, 2_000 + place).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(dynamo.item(PROFILES, ROW)["last_sign_in"], json!({"N": "2016"}));
}

#[tokio::test]
async fn sign_in_is_recorded_once_whatever_breaks() {
    let dynamo = FaultyDynamo::start();
    let configuration = lifeguard_aws::stand_in(dynamo.url());
    let table = ProfileTable::new(&configuration, PROFILES.to_owned());
    let new = profile("eu-west-1_Pool", "noor", 1_000, "nl-NL");
    table.create(&new).await.unwrap();
    for (place, fault) in (1..).zip([Fault::Throttled, Fault::Internal, Fault::LoseAnswer]) {
        let at = 2_000 + place;
        dynamo.plan([(1, fault), (2, fault)]);
        let error = table.record_sign_in(&new.key, at).await.unwrap_err();
        assert_eq!(error.operation(), Operation::RecordSignIn, "{fault:?}");
        dynamo.plan([]);
        assert_eq!(table.record_sign_in(&new.key, at).await.unwrap(), Written::Done, "{fault:?}");
        let row = dynamo.database().item(PROFILES, ROW);
        assert_eq!(row["last_sign_in"], json!({"N": at.to_string()}), "{fault:?}");
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_is_a_fault() {
    let dynamo = EmbeddedDynamo::start();
    let table = ProfileTable::new(&lifeguard_aws::stand_in(dynamo.url()), "none".to_owned());
    let answer = table.create(&profile("p_1", "noor", 1, "nl-NL")).await;
    assert_eq!(answer.map_err(|error| error.operation()), Err(Operation::CreateProfile));
}

/// A user of one name, or a subject of one id, at two pools or issuers has rows of their own in every
/// table.
#[test]
fn t69_equal_users_of_two_pools_share_no_row() {
    let (one, other) = ("eu-west-1_One", "eu-west-1_Other");
    let factors = [Factor::Email, Factor::EmailSecond, Factor::Registration, Factor::Recovery];
    for factor in factors {
        let of = |pool| RowKey::new(pool, factor, "client", "noor");
        assert_ne!(of(one), of(other), "{factor:?}");
    }
    let profile = |pool| ProfileKey::new(pool, "noor").unwrap().text();
    assert_ne!(profile(one), profile(other));
    // No two names of pool and user run into each other.
    assert_ne!(
        RowKey::new("a_b", Factor::Email, "c", "dn"),
        RowKey::new("a_bc", Factor::Email, "", "dn")
    );
    let account = |issuer| AccountKey::from_issuer(issuer, "noor");
    assert_ne!(account("https://one.example"), account("https://other.example"));
    assert_ne!(account("https://one.example"), AccountKey::from_adapter_id("noor"));
}
