//! The place where one function process at a time lives and works through invocations.

use std::sync::{Arc, Weak};
use std::time::Instant;

use tokio::sync::{mpsc, oneshot, watch};

use super::process::{Process, Reply, StartError};
use super::resting::{Job, Resting};
use super::runtime_api::{Delivery, Report};
use super::settings::FunctionSettings;
use super::surroundings::Surroundings;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::Outcome;
use local_cognito_aws_emulation::timestamp::iso_8601;

/// A sandbox; its process is started by the first invocation and again after it ended.
pub(super) struct Sandbox {
    resting: Weak<Resting>,
    settings: FunctionSettings,
    surroundings: Surroundings,
    jobs: mpsc::UnboundedReceiver<Job>,
    stop: watch::Receiver<()>,
    process: Option<Process>,
}

impl Sandbox {
    pub(super) fn new(
        resting: &Arc<Resting>,
        settings: &FunctionSettings,
        surroundings: &Surroundings,
        jobs: mpsc::UnboundedReceiver<Job>,
    ) -> Self {
        Self {
            resting: Arc::downgrade(resting),
            settings: settings.clone(),
            surroundings: surroundings.clone(),
            jobs,
            stop: surroundings.stop.clone(),
            process: None,
        }
    }

    /// Works through invocations until the service stops; the process is killed with it.
    pub(super) async fn run(mut self) {
        let mut stop = self.stop.clone();
        tokio::select! {
            _ = stop.changed() => {}
            () = self.work() => {}
        }
    }

    async fn work(&mut self) {
        while let Some(mut job) = self.jobs.recv().await {
            let payload = std::mem::take(&mut job.payload);
            let outcome = self.invoke(&job.request_id, payload).await;
            if let Some(resting) = self.resting.upgrade() {
                resting.rest(job.sandbox);
            }
            // The caller may have given up: a late answer is dropped.
            drop(job.done.send(outcome));
        }
    }

    async fn invoke(&mut self, request_id: &str, payload: Vec<u8>) -> Outcome {
        let (mut process, next) = match self.ready_process().await {
            Ok(ready) => ready,
            Err(error) => return self.not_started(request_id, error),
        };
        let timeout = self.settings.timeout;
        let started = Instant::now();
        let delivery = Delivery {
            request_id: request_id.to_owned(),
            deadline_millis: wall_millis()
                .saturating_add(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)),
            function_arn: self.function_arn(),
            payload,
        };
        // A process that has just lost its connection has ended: `reply` sees that.
        drop(next.send(delivery));
        match tokio::time::timeout(timeout, process.reply(request_id)).await {
            Ok(Reply::Returned(answer)) => {
                self.process = Some(process);
                Outcome::Returned(answer)
            }
            Ok(Reply::Failed(report)) => {
                self.process = Some(process);
                failed(report)
            }
            Ok(Reply::Exited(how)) => exited(request_id, &how),
            Err(_) => Outcome::Failed {
                error_type: "Sandbox.Timedout".to_owned(),
                error_message: format!(
                    "{} {request_id} Task timed out after {:.2} seconds",
                    iso_8601(wall_millis()),
                    started.elapsed().as_secs_f64(),
                ),
            },
        }
    }

    /// The warm process, or a new one if it has ended or the clock was moved since it started, once
    /// it asks for an event.
    async fn ready_process(&mut self) -> Result<(Process, oneshot::Sender<Delivery>), StartError> {
        if let Some(mut process) = self.process.take()
            && process.clock_ahead() == self.surroundings.clock.ahead()
            && !process.has_ended()
            && let Ok(next) = process.ready().await
        {
            return Ok((process, next));
        }
        let mut process =
            Process::start(&self.settings, &self.surroundings).map_err(StartError::NotRun)?;
        let next = process.ready().await?;
        Ok((process, next))
    }

    fn not_started(&self, request_id: &str, error: StartError) -> Outcome {
        let (complaint, outcome) = match error {
            StartError::NotRun(error) => {
                let message = format!("cannot run {}: {error}", self.settings.program.display());
                let outcome = Outcome::Failed {
                    error_type: "Runtime.InvalidEntrypoint".to_owned(),
                    error_message: format!("RequestId: {request_id} Error: {message}"),
                };
                (message, outcome)
            }
            StartError::Reported(report) => {
                (format!("failed to start: {}", report.error_message), failed(report))
            }
            StartError::Exited(how) => {
                (format!("ended before it asked for an event: {how}"), exited(request_id, &how))
            }
            StartError::Silent => (
                "did not ask for an event within 10 seconds".to_owned(),
                Outcome::Failed {
                    error_type: "Sandbox.Timedout".to_owned(),
                    error_message: format!(
                        "RequestId: {request_id} Error: Runtime start timed out"
                    ),
                },
            ),
        };
        let is_new =
            self.resting.upgrade().is_some_and(|resting| resting.is_new_complaint(&complaint));
        if is_new {
            self.surroundings.logs.write(&self.settings.name, &complaint);
        }
        outcome
    }

    fn function_arn(&self) -> String {
        let region = &self.surroundings.region;
        format!("arn:aws:lambda:{region}:000000000000:function:{}", self.settings.name)
    }
}

fn failed(report: Report) -> Outcome {
    Outcome::Failed { error_type: report.error_type, error_message: report.error_message }
}

fn exited(request_id: &str, how: &str) -> Outcome {
    Outcome::Failed {
        error_type: "Runtime.ExitError".to_owned(),
        error_message: format!("RequestId: {request_id} Error: {how}"),
    }
}

/// The wall clock, by which the deadline of an invocation counts, however far the clock was moved.
fn wall_millis() -> u64 {
    Clock::default().now_millis()
}
