//! `/_local`: what other people's tests read and set, and what the page shows. It carries no
//! CORS headers, so pages of other origins cannot read it.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::user_pool::UserPools;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::journal::{Entry, Journal, Recorded};
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_aws_emulation::outbox::{Message, Outbox};
use local_cognito_dynamodb::Dynamo;

/// Services that the routes read and set.
#[derive(Clone)]
pub(crate) struct Local {
    pub(crate) outbox: Outbox,
    pub(crate) journal: Journal,
    pub(crate) logs: Logs,
    pub(crate) clock: Clock,
    pub(crate) dynamo: Dynamo,
    pub(crate) deployment: Value,
    pub(crate) user_pools: UserPools,
}

impl Local {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/_local/outbox", get(outbox))
            .route("/_local/events", get(events))
            .route("/_local/logs", get(logs))
            .route("/_local/clock", post(advance))
            .route("/_local/deployment", get(deployment))
            .with_state(self)
    }
}

/// Part of a list that is asked for; without it, all of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// Only what follows this many.
    #[serde(default)]
    after: usize,
    /// At most so many, the newest.
    #[serde(default = "everything")]
    newest: usize,
}

const fn everything() -> usize {
    usize::MAX
}

async fn outbox(State(local): State<Local>, Query(part): Query<Part>) -> Json<Vec<Message>> {
    let mut messages = local.outbox.all();
    let skipped = part.after.max(messages.len().saturating_sub(part.newest));
    messages.drain(..skipped.min(messages.len()));
    Json(messages)
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

async fn deployment(State(local): State<Local>) -> Json<Value> {
    let mut deployment = local.deployment;
    let pool = deployment.get("user_pool").and_then(Value::as_str);
    let issuer = pool.and_then(|pool| local.user_pools.issuer(pool));
    if let Some(members) = deployment.as_object_mut() {
        members.insert("issuer".to_owned(), issuer.into());
    }
    Json(deployment)
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn advance(State(local): State<Local>, Json(advance): Json<Advance>) -> Json<Value> {
    local.clock.advance(Duration::from_secs(advance.advance_seconds));
    if let Err(error) = local.dynamo.sweep() {
        eprintln!("DynamoDB could not delete what has expired: {error}");
    }
    Json(json!({"now": local.clock.now()}))
}
