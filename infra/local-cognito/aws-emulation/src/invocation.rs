//! One invocation of a function, written into the journal.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::functions::{Functions, Outcome};
use crate::journal::{Entry, Journal};

/// Time beyond its limit after which an invocation is given up.
const SLACK: Duration = Duration::from_millis(250);

/// Invokes a function and writes down what came of it.
pub async fn invoke(
    functions: &Functions,
    journal: &Journal,
    function: &str,
    event: &Value,
    limit: Duration,
) -> Outcome {
    let begun = Instant::now();
    let invocation = functions.invoke(function, event.to_string().into_bytes(), limit);
    let outcome =
        tokio::time::timeout(limit + SLACK, invocation).await.unwrap_or(Outcome::CallerTimedOut);
    let recorded = match &outcome {
        Outcome::Returned(payload) => serde_json::from_slice(payload)
            .map_err(|_| format!("not JSON: {}", String::from_utf8_lossy(payload))),
        Outcome::Failed { error_type, error_message } => {
            Err(format!("{error_type}: {error_message}"))
        }
        Outcome::CallerTimedOut => Err("no answer in time".to_owned()),
        Outcome::Refused(reason) => Err(format!("refused: {reason}")),
    };
    let source = event.get("triggerSource").and_then(Value::as_str);
    journal.record(Entry::Invoked {
        function: function.to_owned(),
        source: source.unwrap_or_default().to_owned(),
        event: event.clone(),
        outcome: recorded,
        millis: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
    outcome
}
