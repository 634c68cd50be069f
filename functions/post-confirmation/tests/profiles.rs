//! Rows of the table of profiles after confirmations, also replayed ones.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lifeguard_store::profiles::ProfileKey;
use lifeguard_testkit::embedded::PROFILES;
use lifeguard_testkit::fixtures::POOL;
use lifeguard_testkit::{Behaviour, Profiles, with};
use post_confirmation::handle;
use serde_json::{Value, json};

use support::{RememberedPool, confirmation, draw, settings};

async fn confirm(profiles: &Profiles, pool: &str, event: Value, now: u64) -> &'static str {
    let user_pool = RememberedPool::new(Behaviour::Works);
    let settings = settings(pool, None);
    let reply = handle(&settings, &profiles.table, &user_pool, event, now, draw).await.unwrap();
    reply.outcome()
}

/// Returns every sequence of one to five events, `true` for a confirmed sign-up and `false` for a
/// password that was reset.
fn sequences() -> impl Iterator<Item = Vec<bool>> {
    (1..=5u32).flat_map(|length| {
        (0..2u32.pow(length)).map(move |bits| (0..length).map(|at| bits >> at & 1 == 1).collect())
    })
}

/// Returns the event at this place of a sequence; each has another locale.
fn replayed(sub: &str, is_sign_up: bool, place: u64) -> Value {
    let name = if is_sign_up { "ConfirmSignUp" } else { "ConfirmForgotPassword" };
    let event = lifeguard_testkit::event(&format!("PostConfirmation_{name}"));
    let event = with(event, "/request/userAttributes/sub", sub);
    with(event, "/request/userAttributes/locale", format!("x-{place}"))
}

#[tokio::test]
async fn t46_replay_in_any_order_changes_nothing() {
    let profiles = Profiles::start().await;
    for (number, sequence) in sequences().enumerate() {
        let sub = format!("person-{number}");
        let mut first: Option<Value> = None;
        for (place, is_sign_up) in (0..).zip(&sequence) {
            let event = replayed(&sub, *is_sign_up, place);
            let outcome = confirm(&profiles, POOL, event, 1_000 + place).await;
            let row = profiles.row(POOL, &sub);
            match &first {
                Some(first) => assert_eq!((outcome, &row), ("repeated", first)),
                None => {
                    assert_eq!(outcome, "written");
                    let created = json!({"N": (1_000 + place).to_string()});
                    assert_eq!(row.get("created"), Some(&created));
                    first = Some(row);
                }
            }
        }
    }
}

#[tokio::test]
async fn t46_row_with_more_attributes_stays_as_it_is() {
    let profiles = Profiles::start().await;
    let client = Client::new(&profiles.configuration);
    for (number, sequence) in sequences().enumerate() {
        let sub = format!("person-{number}");
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let put = client
            .put_item()
            .table_name(PROFILES)
            .item("pk", text(&ProfileKey::new(POOL, &sub).unwrap().text()))
            .item("created", AttributeValue::N("1".to_owned()))
            .item("locale", text("ar"))
            .item("plan", AttributeValue::L(vec![text("gold"), AttributeValue::Bool(true)]));
        put.send().await.unwrap();
        let before = profiles.row(POOL, &sub).to_string();
        for (place, is_sign_up) in (0..).zip(&sequence) {
            confirm(&profiles, POOL, replayed(&sub, *is_sign_up, place), 1_000 + place).await;
        }
        assert_eq!(profiles.row(POOL, &sub).to_string(), before);
    }
}

#[tokio::test]
async fn t47_two_users_with_one_address_have_two_rows() {
    let profiles = Profiles::start().await;
    for sub in ["noor", "nora"] {
        assert_eq!(confirm(&profiles, POOL, confirmation(sub), 1_000).await, "written");
    }
    assert_eq!(profiles.row(POOL, "noor").get("sub"), Some(&json!({"S": "noor"})));
    assert_eq!(profiles.row(POOL, "nora").get("sub"), Some(&json!({"S": "nora"})));
    assert_eq!(profiles.rows(), 2);
}

#[tokio::test]
async fn t47_one_sub_in_two_pools_has_two_rows() {
    let profiles = Profiles::start().await;
    for pool in [POOL, "eu-west-1_Other"] {
        let event = with(confirmation("noor"), "/userPoolId", pool);
        assert_eq!(confirm(&profiles, pool, event, 1_000).await, "written");
    }
    assert_eq!(profiles.row(POOL, "noor").get("pool"), Some(&json!({"S": POOL})));
    let other = profiles.row("eu-west-1_Other", "noor");
    assert_eq!(other.get("pool"), Some(&json!({"S": "eu-west-1_Other"})));
}

#[tokio::test]
async fn t47_two_names_of_one_user_have_one_row() {
    let profiles = Profiles::start().await;
    confirm(&profiles, POOL, confirmation("noor"), 1_000).await;
    let renamed = with(confirmation("noor"), "/userName", "google_113377001122334455667");
    let renamed = with(renamed, "/request/userAttributes/email", "other@example.net");
    assert_eq!(confirm(&profiles, POOL, renamed, 2_000).await, "repeated");
    assert_eq!(profiles.rows(), 1);
}

#[tokio::test]
async fn row_holds_neither_name_nor_address() {
    let profiles = Profiles::start().await;
    let event = with(confirmation("noor-sub"), "/userName", "noor.haddad");
    confirm(&profiles, POOL, event, 1_000).await;
    let row = profiles.row(POOL, "noor-sub").to_string();
    assert!(row.contains("nl-NL"), "{row}");
    for personal in ["haddad", "@", "Noor"] {
        assert!(!row.contains(personal), "{personal} is in {row}");
    }
}
