//! Routes below `/_local`: state that tests and the page read and set. They carry no CORS
//! headers, so pages of other origins cannot read them.

mod deployment;

use std::time::Duration;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use self::deployment::{Addresses, DeploymentDocument};
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::journal::{Entry, Journal, Recorded};
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_aws_emulation::outbox::{Message, Outbox};
use local_cognito_dynamodb::Dynamo;
use local_cognito_user_pool::UserPools;

/// State that the routes read and set.
#[derive(Clone)]
pub(crate) struct Local {
    pub(crate) outbox: Outbox,
    pub(crate) journal: Journal,
    pub(crate) logs: Logs,
    pub(crate) clock: Clock,
    pub(crate) dynamo: Dynamo,
    pub(crate) deployment: DeploymentDocument,
    pub(crate) user_pools: UserPools,
}

impl Local {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/_local/outbox", get(outbox))
            .route("/_local/events", get(events))
            .route("/_local/logs", get(logs))
            .route("/_local/clock", get(clock).post(advance))
            .route("/_local/deployment", get(deployment))
            .with_state(self)
    }
}

/// Part of a list that a client asks for; without a query, all of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// Count of the oldest items that are left out.
    #[serde(default)]
    after: usize,
    /// Largest number of items, of which the newest are kept.
    #[serde(default = "everything")]
    newest: usize,
}

const fn everything() -> usize {
    usize::MAX
}

/// A message with its number from 1.
#[derive(Serialize)]
struct NumberedMessage {
    number: usize,
    #[serde(flatten)]
    message: Message,
}

async fn outbox(
    State(local): State<Local>,
    Query(part): Query<Part>,
) -> Json<Vec<NumberedMessage>> {
    let messages = local.outbox.newest_since(part.after, part.newest).into_iter();
    Json(messages.map(|(number, message)| NumberedMessage { number, message }).collect())
}

async fn events(State(local): State<Local>, Query(part): Query<Part>) -> Json<Vec<Value>> {
    Json(local.journal.newest_since(part.after, part.newest).iter().map(entry).collect())
}

async fn logs(State(local): State<Local>, Query(part): Query<Part>) -> Json<Vec<Value>> {
    let lines = local.logs.newest_since(part.after, part.newest);
    let shown = lines.into_iter().map(
        |(number, line)| json!({"number": number, "function": line.function, "text": line.text}),
    );
    Json(shown.collect())
}

async fn deployment(State(local): State<Local>) -> Json<DeploymentDocument> {
    let mut document = local.deployment;
    document.issuer = local.user_pools.issuer(document.user_pool());
    Json(document)
}

fn entry(Recorded { number, at, entry }: &Recorded) -> Value {
    match entry {
        Entry::Invoked { function, source, event, outcome, millis } => json!({
            "number": number,
            "at": at,
            "kind": "invoked",
            "function": function,
            "trigger_source": source,
            "event": event,
            "answer": outcome.as_ref().ok(),
            "error": outcome.as_ref().err(),
            "ms": millis,
        }),
        Entry::Called { function, service, action } => json!({
            "number": number,
            "at": at,
            "kind": "called",
            "function": function,
            "service": service,
            "action": action,
        }),
    }
}

async fn clock(State(local): State<Local>) -> Json<Value> {
    Json(times(&local.clock))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn advance(State(local): State<Local>, Json(advance): Json<Advance>) -> Json<Value> {
    local.clock.advance(Duration::from_secs(advance.advance_seconds));
    if let Err(error) = local.dynamo.sweep() {
        eprintln!("DynamoDB cannot delete expired rows: {error}");
    }
    Json(times(&local.clock))
}

/// Returns the time of this clock, and that of the wall clock, by which signatures count.
fn times(clock: &Clock) -> Value {
    json!({"now": clock.now(), "wall": clock.wall()})
}
