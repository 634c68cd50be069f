//! One function process: its start, its output and its end.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};

use super::runtime_api::{Delivery, Registry, Report, RuntimeCall};
use super::settings::FunctionSettings;
use super::surroundings::Surroundings;
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_sigv4::{FUNCTION_TOKEN, LOCAL_SECRET};

/// The longest that a process may take to ask for its first event.
const LONGEST_START: Duration = Duration::from_secs(10);

/// Variable with the seconds by which the clock is ahead of the wall clock. AWS Lambda has none
/// such, and functions refuse it there.
const CLOCK_AHEAD: &str = "LOCAL_COGNITO_CLOCK_AHEAD";

/// A running process; dropping it kills it.
pub(super) struct Process {
    child: Child,
    calls: mpsc::UnboundedReceiver<RuntimeCall>,
    number: u64,
    registry: Registry,
    clock_ahead: u64,
}

/// Reply of a process to one event.
pub(super) enum Reply {
    /// It answered.
    Returned(Vec<u8>),
    /// It reported an error and goes on.
    Failed(Report),
    /// It ended without an answer.
    Exited(String),
}

/// Reason why a process never asked for an event.
pub(super) enum StartError {
    /// The binary could not be run.
    NotRun(std::io::Error),
    /// It said why.
    Reported(Report),
    /// It ended by itself.
    Exited(String),
    /// It neither asked nor ended.
    Silent,
}

impl Process {
    /// Runs the binary with the environment that Lambda would give it.
    pub(super) fn start(
        settings: &FunctionSettings,
        surroundings: &Surroundings,
    ) -> std::io::Result<Self> {
        let (number, calls) = surroundings.registry.open();
        let clock_ahead = surroundings.clock.ahead();
        let root = settings.program.parent().unwrap_or(Path::new("/"));
        let mut program = Command::new(&settings.program);
        // Ctrl-C reaches the whole group of the terminal: a function ends with the local Cognito, and
        // not amid an invocation.
        #[cfg(unix)]
        program.process_group(0);
        let spawned = program
            .env_clear()
            .envs(environment(settings, surroundings, number, root))
            .envs(moved_clock(clock_ahead))
            .current_dir(root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => {
                surroundings.registry.close(number);
                return Err(error);
            }
        };
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(copy_lines(stdout, settings.name.clone(), surroundings.logs.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(copy_lines(stderr, settings.name.clone(), surroundings.logs.clone()));
        }
        Ok(Self { child, calls, number, registry: surroundings.registry.clone(), clock_ahead })
    }

    /// Seconds by which its clock is ahead of the wall clock.
    pub(super) fn clock_ahead(&self) -> u64 {
        self.clock_ahead
    }

    /// Returns true if it has ended in the meantime.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until the process asks for an event.
    pub(super) async fn ready(&mut self) -> Result<oneshot::Sender<Delivery>, StartError> {
        let silence = tokio::time::sleep(LONGEST_START);
        tokio::pin!(silence);
        loop {
            tokio::select! {
                biased;
                Some(call) = self.calls.recv() => match call {
                    RuntimeCall::Next(reply) if !reply.is_closed() => return Ok(reply),
                    RuntimeCall::CannotStart(report) => return Err(StartError::Reported(report)),
                    RuntimeCall::Next(_)
                    | RuntimeCall::Returned { .. }
                    | RuntimeCall::Failed { .. } => {}
                },
                status = self.child.wait() => return Err(StartError::Exited(describe(status))),
                () = &mut silence => return Err(StartError::Silent),
            }
        }
    }

    /// Waits until the process has dealt with the event `request_id`.
    pub(super) async fn reply(&mut self, request_id: &str) -> Reply {
        loop {
            tokio::select! {
                biased;
                Some(call) = self.calls.recv() => match call {
                    RuntimeCall::Returned { request_id: id, payload } if id == request_id => {
                        return Reply::Returned(payload);
                    }
                    RuntimeCall::Failed { request_id: id, report } if id == request_id => {
                        return Reply::Failed(report);
                    }
                    RuntimeCall::Next(_)
                    | RuntimeCall::Returned { .. }
                    | RuntimeCall::Failed { .. }
                    | RuntimeCall::CannotStart(_) => {}
                },
                status = self.child.wait() => return Reply::Exited(describe(status)),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.registry.close(self.number);
    }
}

fn environment(
    settings: &FunctionSettings,
    surroundings: &Surroundings,
    number: u64,
    root: &Path,
) -> Vec<(String, String)> {
    let name = settings.name.as_str();
    let root = root.to_string_lossy();
    let runtime_api = format!("{}/runtime/{name}/{number}", surroundings.url);
    let region = surroundings.region.as_str();
    let memory = settings.memory.to_string();
    [
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.as_str()),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_ACCESS_KEY_ID", name),
        ("AWS_SECRET_ACCESS_KEY", LOCAL_SECRET),
        ("AWS_SESSION_TOKEN", FUNCTION_TOKEN),
        ("LAMBDA_TASK_ROOT", &root),
        ("TZ", ":UTC"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .chain(settings.environment.iter().cloned())
    .collect()
}

/// Returns the variable that tells a function how far the clock was moved, if it was.
fn moved_clock(ahead: u64) -> Option<(&'static str, String)> {
    (ahead > 0).then(|| (CLOCK_AHEAD, ahead.to_string()))
}

async fn copy_lines(stream: impl AsyncRead + Unpin, function: String, logs: Logs) {
    let mut lines = BufReader::new(stream).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        logs.write(&function, String::from_utf8_lossy(&line).trim_end());
    }
}

/// The end of a process in Lambda's words.
fn describe(status: std::io::Result<ExitStatus>) -> String {
    let Ok(status) = status else {
        return "Runtime exited with error: unknown".to_owned();
    };
    match status.code() {
        Some(0) => "Runtime exited without providing a reason".to_owned(),
        Some(code) => format!("Runtime exited with error: exit status {code}"),
        None => format!("Runtime exited with error: signal: {}", signal(status)),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(6) => "aborted".to_owned(),
        Some(9) => "killed".to_owned(),
        Some(11) => "segmentation fault".to_owned(),
        Some(15) => "terminated".to_owned(),
        Some(number) => number.to_string(),
        None => "unknown".to_owned(),
    }
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> String {
    "unknown".to_owned()
}
