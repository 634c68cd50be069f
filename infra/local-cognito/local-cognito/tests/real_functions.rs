//! The real binaries, built by the local Cognito itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::num::NonZeroUsize;

use local_cognito::journal::Entry;
use local_cognito::load::{self, LoadOptions};
use local_cognito_testing::{TestCognito, with_real_functions};

#[tokio::test]
async fn a_sign_in_starts_with_one_call_of_create_and_none_of_define() {
    let cognito = TestCognito::serve(&with_real_functions()).await;
    let mark = cognito.journal.mark();
    let challenge = cognito.start("unknown@example.com").await.ok();
    assert_eq!(challenge["ChallengeName"], "CUSTOM_CHALLENGE");

    let happened: Vec<String> = cognito
        .journal
        .since(mark)
        .into_iter()
        .map(|entry| match entry {
            Entry::Invoked { function, .. } => function,
            Entry::Called { function, service, action } => {
                format!("{function}: {service} {action}")
            }
        })
        .filter(|what| !what.starts_with("deliver-message"))
        .collect();
    assert_eq!(
        happened,
        [
            "define-auth-challenge",
            "create-auth-challenge: dynamodb UpdateItem",
            "create-auth-challenge",
        ]
    );
}

fn options(sign_ins: usize, concurrency: usize, users: usize) -> LoadOptions {
    let [sign_ins, concurrency, users] =
        [sign_ins, concurrency, users].map(|number| NonZeroUsize::new(number).unwrap());
    LoadOptions { sign_ins, concurrency, users, json: false }
}

#[tokio::test]
async fn load_measures_every_sign_in() {
    let cognito = TestCognito::serve(&with_real_functions()).await;
    let measurement = load::run(cognito.server(), &options(20, 3, 5)).await.unwrap();
    assert_eq!(measurement.count(), 20);
    assert_eq!(cognito.outbox.all().len(), 23, "three more before");
    let report = measurement.to_json();
    assert_eq!(report["tenths"].as_array().unwrap().len(), 10);
    let bars = report["histogram"].as_array().unwrap().iter();
    assert_eq!(bars.map(|bar| bar["count"].as_u64().unwrap()).sum::<u64>(), 20);
    let text = measurement.to_string();
    assert!(text.starts_with("20 sign-ins, 3 at once, in "), "{text}");
}

#[tokio::test]
async fn load_needs_a_user_for_each_sign_in_at_once() {
    let cognito = TestCognito::serve(&with_real_functions()).await;
    let error = load::run(cognito.server(), &options(20, 3, 2)).await.unwrap_err();
    assert_eq!(error.to_string(), "3 sign-ins at once need as many --users");
}

/// Returns the process ids and groups of the challenge functions that this program has started.
#[cfg(target_os = "linux")]
fn groups_of_functions() -> Vec<(u32, u32)> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let stats =
        processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok());
    let child = |stat: String| {
        stat.contains("-auth-ch").then_some(())?;
        let id = stat.split_whitespace().next()?.parse().ok()?;
        // Behind the name, which may have spaces: the state, the parent and the group.
        let numbers: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let (parent, group): (u32, u32) = (numbers[1].parse().ok()?, numbers[2].parse().ok()?);
        (parent == std::process::id()).then_some((id, group))
    };
    stats.filter_map(child).collect()
}

/// Ctrl-C in a terminal is a signal to a whole group.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn functions_are_not_in_the_group_of_the_local_cognito() {
    let cognito = TestCognito::serve(&with_real_functions()).await;
    cognito.start("unknown@example.com").await.ok();
    let groups = groups_of_functions();
    assert!(groups.len() >= 2, "{groups:?}");
    for (process, group) in groups {
        assert_eq!(group, process);
    }
}
