//! `/_local`: what other people's tests read and set; not meant for browsers.

use std::time::Duration;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::dynamo::Dynamo;
use crate::journal::{Entry, Journal};
use crate::outbox::{Message, Outbox};

/// What the routes read and set.
#[derive(Clone)]
pub(crate) struct Local {
    pub(crate) outbox: Outbox,
    pub(crate) journal: Journal,
    pub(crate) clock: Clock,
    pub(crate) dynamo: Dynamo,
}

impl Local {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/_local/outbox", get(outbox))
            .route("/_local/events", get(events))
            .route("/_local/clock", post(advance))
            .with_state(self)
    }
}

async fn outbox(State(local): State<Local>) -> Json<Vec<Message>> {
    Json(local.outbox.all())
}

async fn events(State(local): State<Local>) -> Json<Vec<Value>> {
    Json(local.journal.since(0).iter().map(entry).collect())
}

fn entry(entry: &Entry) -> Value {
    match entry {
        Entry::Invoked {
            function,
            source,
            event,
            outcome,
            millis,
        } => json!({
            "kind": "invoked",
            "function": function,
            "trigger_source": source,
            "event": event,
            "answer": outcome.as_ref().ok(),
            "error": outcome.as_ref().err(),
            "ms": millis,
        }),
        Entry::Called {
            function,
            service,
            action,
        } => json!({
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
    local
        .clock
        .advance(Duration::from_secs(advance.advance_seconds));
    if let Err(error) = local.dynamo.sweep() {
        eprintln!("DynamoDB could not delete what has expired: {error}");
    }
    Json(json!({"now": local.clock.now()}))
}
