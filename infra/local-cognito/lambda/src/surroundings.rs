//! Surroundings of function processes: the Runtime API that they call, and the place of their logs.

use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::logs::Logs;
use tokio::sync::watch;

use super::runtime_api::Registry;

/// Surroundings of all processes of one service; cloning shares them.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// Processes that may call the Runtime API.
    pub(super) registry: Registry,
    /// Address under which the Runtime API is served.
    pub(super) url: String,
    pub(super) region: String,
    pub(super) logs: Logs,
    /// Clock of the processes.
    pub(super) clock: Clock,
    /// Processes end when its sender is dropped.
    pub(super) stop: watch::Receiver<()>,
}
