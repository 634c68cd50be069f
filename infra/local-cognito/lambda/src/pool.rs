//! One function as processes: idle ones are used first, overlapping invocations start further ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use local_cognito_aws_emulation::functions::{Invocation, Invoke, Outcome};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::resting::{Job, Resting};
use super::sandbox::Sandbox;
use super::settings::FunctionSettings;
use super::surroundings::Surroundings;

/// The most processes that one function may have at once, like a concurrency limit in AWS.
const MOST_PROCESSES: usize = 50;

/// A function that runs as processes.
pub(super) struct ProcessFunction(Arc<Pool>);

/// The processes of one function.
struct Pool {
    settings: FunctionSettings,
    surroundings: Surroundings,
    resting: Arc<Resting>,
    processes: AtomicUsize,
}

impl ProcessFunction {
    pub(super) fn new(settings: FunctionSettings, surroundings: Surroundings) -> Self {
        let (resting, processes) = (Arc::default(), AtomicUsize::new(0));
        Self(Arc::new(Pool { settings, surroundings, resting, processes }))
    }
}

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
    fn dispatch(&self, payload: Vec<u8>, done: oneshot::Sender<Outcome>) {
        let sandbox = self.resting.take().or_else(|| self.open_sandbox());
        let Some(sandbox) = sandbox else {
            let refused = Outcome::Refused("TooManyRequestsException".to_owned());
            return drop(done.send(refused));
        };
        let job =
            Job { request_id: Uuid::new_v4().to_string(), payload, done, sandbox: sandbox.clone() };
        // A sandbox only ends with the whole service; the caller then sees `done` dropped.
        drop(sandbox.send(job));
    }

    fn open_sandbox(&self) -> Option<mpsc::UnboundedSender<Job>> {
        self.processes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |processes| {
                (processes < MOST_PROCESSES).then_some(processes + 1)
            })
            .ok()?;
        let (sender, jobs) = mpsc::unbounded_channel();
        let sandbox = Sandbox::new(&self.resting, &self.settings, &self.surroundings, jobs);
        tokio::spawn(sandbox.run());
        Some(sender)
    }
}
