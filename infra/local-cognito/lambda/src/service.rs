//! AWS Lambda on a laptop: real function processes behind the Lambda Runtime API.
//!
//! A process is started when an invocation needs one, kept warm, and handles one invocation at a
//! time; overlapping invocations start further processes.
//! A process that ends is replaced at the next invocation, never by itself, so one that cannot
//! start costs one attempt per invocation and nothing more.
//! A process learns at its start how far the clock was moved: after a move, a new one takes its
//! place before the next invocation, and an invocation under way ends as it would have.

use std::sync::Arc;

use axum::Router;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::{Functions, Invoke};
use local_cognito_aws_emulation::logs::Logs;
use tokio::sync::watch;

use super::invoke_api;
use super::pool::ProcessFunction;
use super::runtime_api::{self, Registry};
use super::settings::FunctionSettings;
use super::surroundings::Surroundings;

/// The Lambda service of one local Cognito; cloning shares it.
#[derive(Clone, Debug)]
pub struct Lambda {
    surroundings: Surroundings,
}

impl Lambda {
    /// Returns a service; the caller serves its [`Lambda::router`] under `url`. Its processes have
    /// the time of `clock`, and end when the sender behind `stop` is dropped.
    #[must_use]
    pub fn new(
        url: &str,
        region: &str,
        logs: Logs,
        clock: Clock,
        stop: watch::Receiver<()>,
    ) -> Self {
        Self {
            surroundings: Surroundings {
                registry: Registry::default(),
                url: url.to_owned(),
                region: region.to_owned(),
                logs,
                clock,
                stop,
            },
        }
    }

    /// The Runtime API for the processes and the Invoke API for everybody else.
    pub fn router(&self, functions: Functions) -> Router {
        runtime_api::router(self.surroundings.registry.clone()).merge(invoke_api::router(functions))
    }

    /// A function that runs as processes of this service.
    #[must_use]
    pub fn function(&self, settings: FunctionSettings) -> Arc<dyn Invoke> {
        Arc::new(ProcessFunction::new(settings, self.surroundings.clone()))
    }
}
