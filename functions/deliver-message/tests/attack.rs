//! Rows that other software wrote.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, which use a part of the stage"
)]

mod support;

use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{KeySecret, Mailbox, MemoryChallenges};
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_oneof, proptest};
use serde_json::{Value, json};

use support::{event, issue, note_to, record, sender};

const ATTRIBUTES: [&str; 10] = ["pk", "seq", "cid", "iat", "kv", "cl", "own", "s1", "s10", "out"];

/// Generates an attribute of an image: of a wrong type, out of range, or none at all.
fn attribute() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!({"M": {}})),
        Just(json!({"N": "4294967296"})),
        Just(json!({"N": "18446744073709551615"})),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(|flag| json!({"BOOL": flag})),
        "\\PC{0,40}".prop_map(Value::from),
        "\\PC{0,20}".prop_map(|text| json!({"S": text})),
        "[0-9-]{0,25}".prop_map(|text| json!({"N": text})),
        "[A-Za-z0-9+/=]{0,30}".prop_map(|text| json!({"B": text})),
    ]
}

proptest! {
    #[test]
    fn hostile_row_stops_no_other_row_and_diverts_no_mail(
        changes in prop::collection::vec((prop::sample::select(&ATTRIBUTES[..]), attribute()), 1..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let to: Vec<String> = runtime.block_on(async {
            let (store, mails) = (MemoryChallenges::default(), Mailbox::default());
            let noor = issue(&store, "noor", note_to("noor"), NOW).await;
            let eva = issue(&store, "eva", note_to("eva"), NOW).await;
            let mut odd = record("1", "noor", &noor, &note_to("noor"));
            for (name, value) in &changes {
                odd["dynamodb"]["NewImage"][name] = value.clone();
            }
            let good = record("2", "eva", &eva, &note_to("eva"));
            let sender = sender(&store, &mails, &KeySecret::default());
            sender.handle(event(&[odd, good]), NOW, 0).await.unwrap();
            mails.sent().into_iter().map(|mail| mail.to).collect()
        });
        prop_assert!(to.contains(&"eva@example.net".to_owned()), "{:?}", to);
        prop_assert!(to.iter().all(|to| to == "eva@example.net" || to == "noor@example.net"));
    }
}
