//! AWS Lambda on a laptop: real function processes behind the Lambda Runtime API.
//!
//! A process is started when an invocation needs one, kept warm, and handles one invocation at a
//! time; overlapping invocations start further processes.
//! A process that ends is replaced at the next invocation, never by itself, so one that cannot
//! start costs one attempt per invocation and nothing more.

mod endpoint;
mod invoke_api;
mod process;
mod runtime_api;
mod sandbox;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

pub use self::endpoint::Endpoint;
use self::runtime_api::Registry;
use self::sandbox::{Job, Sandbox};
use crate::functions::{Functions, Invocation, Invoke, Outcome};
use crate::logs::Logs;

/// How many processes one function may have at once, like a concurrency limit in AWS.
const MOST_PROCESSES: usize = 50;

/// What Lambda knows about one function.
#[derive(Clone, Debug)]
pub struct FunctionSettings {
    /// Its name, such as `pre-sign-up`.
    pub name: String,
    /// The binary.
    pub program: PathBuf,
    /// Its own environment variables, beside those that Lambda sets.
    pub environment: Vec<(String, String)>,
    /// Its memory in MB, which it is told.
    pub memory: u64,
    /// Its time-out; a process that needs longer is killed.
    pub timeout: Duration,
}

/// The Lambda service of one host; cloning shares it.
#[derive(Clone, Debug)]
pub struct Lambda {
    registry: Registry,
    url: String,
    region: String,
    logs: Logs,
    stop: watch::Receiver<()>,
}

impl Lambda {
    /// A service whose [`Lambda::router`] is going to be served under `url`; its processes end
    /// when the sender behind `stop` is dropped.
    #[must_use]
    pub fn new(url: &str, region: &str, logs: Logs, stop: watch::Receiver<()>) -> Self {
        Self {
            registry: Registry::default(),
            url: url.to_owned(),
            region: region.to_owned(),
            logs,
            stop,
        }
    }

    /// The Runtime API for the processes and the Invoke API for everybody else.
    pub fn router(&self, functions: Functions) -> Router {
        runtime_api::router(self.registry.clone()).merge(invoke_api::router(functions))
    }

    /// A function that runs as processes of this service.
    #[must_use]
    pub fn function(&self, settings: FunctionSettings) -> Arc<dyn Invoke> {
        Arc::new(ProcessFunction(Arc::new(Pool {
            settings,
            lambda: self.clone(),
            idle: Mutex::default(),
            processes: AtomicUsize::new(0),
            complaint: Mutex::default(),
        })))
    }
}

/// The processes of one function.
struct Pool {
    settings: FunctionSettings,
    lambda: Lambda,
    idle: Mutex<Vec<mpsc::UnboundedSender<Job>>>,
    processes: AtomicUsize,
    complaint: Mutex<String>,
}

struct ProcessFunction(Arc<Pool>);

impl Invoke for ProcessFunction {
    fn invoke(&self, payload: Vec<u8>, limit: Duration) -> Invocation {
        let pool = Arc::clone(&self.0);
        Box::pin(async move {
            let (done, outcome) = oneshot::channel();
            pool.dispatch(payload, done);
            match tokio::time::timeout(limit, outcome).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Outcome::Refused("ServiceException".to_owned()),
                Err(_) => Outcome::CallerTimedOut,
            }
        })
    }
}

impl Pool {
    /// Hands an invocation to the process that rested last, or to a new one.
    fn dispatch(self: &Arc<Self>, payload: Vec<u8>, done: oneshot::Sender<Outcome>) {
        let sandbox = self.take_idle().or_else(|| self.open_sandbox());
        let Some(sandbox) = sandbox else {
            let refused = Outcome::Refused("TooManyRequestsException".to_owned());
            return drop(done.send(refused));
        };
        let job =
            Job { request_id: Uuid::new_v4().to_string(), payload, done, sandbox: sandbox.clone() };
        // A sandbox only ends with the whole service; the caller then sees `done` dropped.
        drop(sandbox.send(job));
    }

    fn take_idle(&self) -> Option<mpsc::UnboundedSender<Job>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn rest(&self, sandbox: mpsc::UnboundedSender<Job>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(sandbox);
    }

    fn open_sandbox(self: &Arc<Self>) -> Option<mpsc::UnboundedSender<Job>> {
        self.processes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |processes| {
                (processes < MOST_PROCESSES).then_some(processes + 1)
            })
            .ok()?;
        let (sender, jobs) = mpsc::unbounded_channel();
        let sandbox = Sandbox::new(Arc::downgrade(self), &self.settings, &self.lambda, jobs);
        tokio::spawn(sandbox.run());
        Some(sender)
    }

    /// Whether a complaint about starting differs from the last one, so that it is shown once.
    fn is_new_complaint(&self, complaint: &str) -> bool {
        let mut last = self.complaint.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = *last != complaint;
        complaint.clone_into(&mut last);
        is_new
    }
}
