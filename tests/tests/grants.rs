//! What functions may call is what they call: the template's grants against the tour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod stack;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use local_host::host::{FunctionSource, Host, HostOptions};
use local_host::journal::Entry;
use local_host::tour;
use serde_json::json;

use self::stack::Stack;

/// Grants that Lambda itself uses in the name of a function, which no function calls.
const OF_LAMBDA: [(&str, &str); 9] = [
    ("logs:CreateLogStream", "the log of an instance"),
    ("logs:PutLogEvents", "the lines of a function"),
    ("xray:PutTraceSegments", "the trace of an invocation"),
    ("xray:PutTelemetryRecords", "the trace of an invocation"),
    ("dynamodb:DescribeStream", "the stream is read for the function"),
    ("dynamodb:GetRecords", "the stream is read for the function"),
    ("dynamodb:GetShardIterator", "the stream is read for the function"),
    ("dynamodb:ListStreams", "the stream is found for the function"),
    ("sqs:SendMessage", "records that were given up"),
];

/// Functions that the tour does not invoke; the list may only shrink.
const NOT_PLAYED: [&str; 1] = ["operator"];

#[tokio::test]
async fn t61_functions_call_what_the_template_grants_and_nothing_else() {
    let granted = granted();
    let called = called().await;
    assert!(called.len() >= 4, "only {:?} called anything", called.keys());
    for (function, actions) in &called {
        assert!(granted.contains_key(function), "{function} is not in the template: {actions:?}");
    }
    for (function, actions) in &granted {
        let calls = called.get(function).cloned().unwrap_or_default();
        if calls.is_empty() && NOT_PLAYED.contains(&function.as_str()) {
            continue;
        }
        assert_eq!(&calls, actions, "{function} calls, and is granted");
    }
}

#[test]
fn lambda_uses_every_grant_that_is_left_to_it() {
    let functions = Stack::new(&json!({})).functions();
    for (action, reason) in OF_LAMBDA {
        let used = functions.values().any(|function| function.actions.contains(action));
        assert!(used, "{action} ({reason}) is granted to nobody: strike it off the list");
    }
}

/// The grants of each function that it uses itself.
fn granted() -> BTreeMap<String, BTreeSet<String>> {
    let of_lambda: BTreeSet<&str> = OF_LAMBDA.iter().map(|(action, _)| *action).collect();
    let functions = Stack::new(&json!({})).functions().into_iter();
    functions
        .map(|(name, function)| {
            let own = function.actions.into_iter();
            (name, own.filter(|action| !of_lambda.contains(action.as_str())).collect())
        })
        .collect()
}

/// What each function called while the tour was played.
async fn called() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let functions = FunctionSource::Workspace(root.to_path_buf());
    let host = Host::start(&HostOptions { functions, ..HostOptions::default() }).await.unwrap();
    let exit = tour::run(&host, true).await;
    assert_eq!(format!("{exit:?}"), format!("{:?}", ExitCode::SUCCESS), "the tour failed");
    let mut called = BTreeMap::<_, BTreeSet<_>>::new();
    for entry in host.journal().since(0) {
        if let Entry::Called { function, service, action } = entry
            && function != "-"
        {
            called.entry(function).or_default().insert(format!("{service}:{action}"));
        }
    }
    called
}
