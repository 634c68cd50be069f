//! The rows of profiles, on the embedded database.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use lifeguard_store::profiles::{Created, NewProfile, ProfileKey};
use lifeguard_store::{ProfileTable, StoreFault};
use lifeguard_testkit::EmbeddedDynamo;
use lifeguard_testkit::embedded::PROFILES;
use serde_json::json;

async fn table(dynamo: &EmbeddedDynamo) -> ProfileTable {
    ProfileTable::new(&lifeguard_aws::stand_in(dynamo.url()).await, PROFILES.to_owned())
}

fn profile(pool: &str, sub: &str, created: u64, locale: &str) -> NewProfile {
    NewProfile {
        key: ProfileKey::of(pool, sub).unwrap(),
        created,
        claims: BTreeMap::from([
            ("locale", locale.to_owned()),
            ("email", "noor@example.net".to_owned()),
        ]),
    }
}

#[tokio::test]
async fn a_new_row_holds_pool_person_time_and_the_documented_claims_alone() {
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

#[tokio::test]
async fn a_table_that_is_not_there_is_a_fault() {
    let dynamo = EmbeddedDynamo::start();
    let table = ProfileTable::new(&lifeguard_aws::stand_in(dynamo.url()).await, "none".to_owned());
    let answer = table.create(&profile("p_1", "noor", 1, "nl-NL")).await;
    assert!(matches!(answer, Err(StoreFault::CreateProfile(_))));
}
