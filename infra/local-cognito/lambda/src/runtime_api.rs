//! The Lambda Runtime API: what a function process calls to get events and to hand in answers.
//!
//! Every process has a path of its own, `/runtime/FUNCTION/PROCESS`, so a call says where it
//! comes from.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

/// The largest answer that Lambda takes.
const LARGEST_PAYLOAD: usize = 6 * 1024 * 1024;

/// A call that a process made.
pub(super) enum RuntimeCall {
    /// It asks for the next event.
    Next(oneshot::Sender<Delivery>),
    /// It answers an event.
    Returned { request_id: String, payload: Vec<u8> },
    /// It reports that an event failed.
    Failed { request_id: String, report: Report },
    /// It reports that it cannot start.
    CannotStart(Report),
}

/// One event on its way to a process.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) request_id: String,
    pub(super) deadline_millis: u64,
    pub(super) function_arn: String,
    pub(super) payload: Vec<u8>,
}

/// An error document, as a runtime sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Report {
    pub(super) error_type: String,
    pub(super) error_message: String,
}

impl Report {
    /// Reads an error document; one that is none becomes the message itself.
    pub(super) fn parse(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_else(|_| Self {
            error_type: "Runtime.Unknown".to_owned(),
            error_message: String::from_utf8_lossy(body).into_owned(),
        })
    }
}

/// The processes that may call; cloning shares it.
#[derive(Clone, Debug, Default)]
pub(super) struct Registry {
    open: Arc<Mutex<HashMap<u64, mpsc::UnboundedSender<RuntimeCall>>>>,
    last: Arc<AtomicU64>,
}

impl Registry {
    /// Opens a path for a new process; its calls arrive in the returned receiver.
    pub(super) fn open(&self) -> (u64, mpsc::UnboundedReceiver<RuntimeCall>) {
        let (sender, calls) = mpsc::unbounded_channel();
        let process = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        self.lock().insert(process, sender);
        (process, calls)
    }

    /// Closes the path of a process that has ended.
    pub(super) fn close(&self, process: u64) {
        self.lock().remove(&process);
    }

    fn pass_on(&self, process: u64, call: RuntimeCall) -> bool {
        self.lock().get(&process).is_some_and(|sender| sender.send(call).is_ok())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, mpsc::UnboundedSender<RuntimeCall>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes of every process.
pub(super) fn router(registry: Registry) -> Router {
    const BASE: &str = "/runtime/{function}/{process}/2018-06-01/runtime";
    Router::new()
        .route(&format!("{BASE}/invocation/next"), get(next))
        .route(&format!("{BASE}/invocation/{{id}}/response"), post(answered))
        .route(&format!("{BASE}/invocation/{{id}}/error"), post(failed))
        .route(&format!("{BASE}/init/error"), post(cannot_start))
        .layer(DefaultBodyLimit::max(LARGEST_PAYLOAD))
        .with_state(registry)
}

async fn next(
    State(registry): State<Registry>,
    Path((_function, process)): Path<(String, u64)>,
) -> Response {
    let (reply, delivery) = oneshot::channel();
    if !registry.pass_on(process, RuntimeCall::Next(reply)) {
        return gone();
    }
    let Ok(delivery) = delivery.await else {
        return gone();
    };
    let random: String =
        delivery.request_id.chars().filter(char::is_ascii_hexdigit).take(24).collect();
    let second = delivery.deadline_millis / 1000;
    let trace = format!("Root=1-{second:08x}-{random};Sampled=0");
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", delivery.request_id),
        ("lambda-runtime-deadline-ms", delivery.deadline_millis.to_string()),
        ("lambda-runtime-invoked-function-arn", delivery.function_arn),
        ("lambda-runtime-trace-id", trace),
    ];
    (headers, delivery.payload).into_response()
}

async fn answered(
    State(registry): State<Registry>,
    Path((_function, process, request_id)): Path<(String, u64, String)>,
    body: Bytes,
) -> Response {
    let payload = body.to_vec();
    accept(registry.pass_on(process, RuntimeCall::Returned { request_id, payload }))
}

async fn failed(
    State(registry): State<Registry>,
    Path((_function, process, request_id)): Path<(String, u64, String)>,
    body: Bytes,
) -> Response {
    let report = Report::parse(&body);
    accept(registry.pass_on(process, RuntimeCall::Failed { request_id, report }))
}

async fn cannot_start(
    State(registry): State<Registry>,
    Path((_function, process)): Path<(String, u64)>,
    body: Bytes,
) -> Response {
    accept(registry.pass_on(process, RuntimeCall::CannotStart(Report::parse(&body))))
}

fn accept(known: bool) -> Response {
    if known {
        (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response()
    } else {
        gone()
    }
}

fn gone() -> Response {
    let error = json!({
        "errorType": "InvalidProcess",
        "errorMessage": "this process has been replaced",
    });
    (StatusCode::GONE, Json(error)).into_response()
}
