//! Audit lines of administrators. It is the only test of its process, since the filter of log lines
//! is cached for all threads.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use lifeguard_testkit::LogLines;
use serde_json::{Value, json};
use support::administration::{account, admin, arrive, merge};
use support::{Deployment, EVE, NOOR};
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::test]
async fn every_command_writes_an_audit_line_without_personal_data() {
    let stage = Deployment::new();
    let lines = LogLines::default();
    let writer = lines.clone();
    let log =
        tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone());
    let _guard = log.finish().set_default();
    let (noor, _) = arrive(&stage, NOOR).await;
    let (eve, _) = arrive(&stage, EVE).await;
    drop(lines.take());
    for (what, body, word, outcome, subjects) in [
        ("look-up", json!({"address": NOOR}), "look_up", "dry-run", vec![&noor]),
        ("disable", account(&noor, "dry_run"), "disable", "dry-run", vec![&noor]),
        ("disable", account(&noor, "apply"), "disable", "done", vec![&noor]),
        ("enable", account(&noor, "apply"), "enable", "done", vec![&noor]),
        ("unlink", account(&noor, "apply"), "unlink", "done", vec![&noor]),
        ("merge", merge(&noor, &eve, "dry_run"), "merge", "dry-run", vec![&noor, &eve]),
        ("merge", merge(&noor, &eve, "apply"), "merge", "done", vec![&noor, &eve]),
    ] {
        admin(&stage, what, body).await;
        let written = lines.take();
        let found: Vec<Value> =
            written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let about: Vec<&str> = found.iter().map(|line| line["record"].as_str().unwrap()).collect();
        assert_eq!(about, subjects, "{what}");
        for line in &found {
            let said = [&line["code"], &line["outcome"], &line["caller"], &line["key"]];
            assert_eq!(said, [word, outcome, "AROAADMIN", "ASIAADMIN"], "{what}");
        }
        assert!(!written.contains('@'), "neither addresses nor names of sessions: {written}");
    }
}
