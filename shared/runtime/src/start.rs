//! The start of a function: log, panic hook, settings.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use lifeguard_policy::{SettingsError, Variables};

use crate::answer::chain;
use crate::{clock, log, metric};

/// Variable with the name that Lambda knows the function by.
const FUNCTION_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// The longest time that a start waits for what it does ahead of the first event.
const WARM_UP_LIMIT: Duration = Duration::from_millis(500);

/// Variable with the address of the collector of OpenTelemetry.
#[cfg(feature = "otel")]
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Sets the log and the clock of a function up and reads its settings from the environment;
/// `service` names it in the log.
///
/// # Errors
/// The exit code to leave with, after one line that names every complaint.
pub fn settings<Settings>(
    service: &'static str,
    read: impl FnOnce(&mut Variables<'_>) -> Option<Settings>,
) -> Result<Settings, ExitCode> {
    let namespace = metric::namespace(service, lookup(FUNCTION_NAME).as_deref());
    #[cfg(not(feature = "otel"))]
    log::init(service, lookup("RUST_LOG").as_deref(), namespace);
    #[cfg(feature = "otel")]
    log::init(service, lookup("RUST_LOG").as_deref(), namespace, lookup(COLLECTOR).as_deref());
    // A panic's message may hold anything, so only its place is shown.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(target: "lifeguard", place, "a panic was caught");
    }));
    let (settings, notes) = read_all(&lookup, read).map_err(|error| {
        tracing::error!(target: "lifeguard", complaints = error.complaints().len(), "{error}");
        ExitCode::FAILURE
    })?;
    for note in notes {
        tracing::info!(target: "lifeguard", "{note}");
    }
    Ok(settings)
}

fn read_all<Settings>(
    look_up: &dyn Fn(&str) -> Option<String>,
    read: impl FnOnce(&mut Variables<'_>) -> Option<Settings>,
) -> Result<(Settings, Vec<String>), SettingsError> {
    let mut variables = Variables::new(look_up);
    let settings = read(&mut variables);
    match clock::read_ahead(look_up) {
        Ok(seconds) => clock::set_ahead(seconds),
        Err(error) => variables.complain(error.to_string()),
    }
    let notes = variables.take_notes();
    Ok((variables.finish(settings)?, notes))
}

/// Returns what a function cannot start without.
///
/// # Errors
/// The exit code to leave with, after one line that says what failed.
pub fn require<T, E: Error + 'static>(result: Result<T, E>) -> Result<T, ExitCode> {
    result.map_err(|error| {
        tracing::error!(target: "lifeguard", "the start failed: {}", chain(&error));
        ExitCode::FAILURE
    })
}

/// Does work that the first event would wait for, such as opening a connection: AWS Lambda gives a
/// function a whole processor until it asks for the first event. It takes half a second at most. A
/// failure is one line of the log, and the first event does the work.
pub async fn warm_up(work: impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>>) {
    let failure = match tokio::time::timeout(WARM_UP_LIMIT, work).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => chain(&*error),
        Err(_) => "it took too long".to_owned(),
    };
    tracing::warn!(target: "lifeguard", "work ahead of the first event failed: {failure}");
}

/// Reads a variable of the environment; `None` if it is not set.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn lookup(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::process::ExitCode;

    use super::{WARM_UP_LIMIT, require, warm_up};
    use crate::log;
    use lifeguard_testkit::LogLines;
    use tracing_subscriber::layer::SubscriberExt;

    /// Returns the messages of what is logged meanwhile.
    async fn messages(work: impl Future<Output = ()>) -> Vec<String> {
        let output = LogLines::default();
        let writer = output.clone();
        let lines = log::lines("greeter", move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(lines).with(log::filter(None));
        let guard = tracing::subscriber::set_default(subscriber);
        work.await;
        drop(guard);
        let text = output.text();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .map(|line: serde_json::Value| format!("{} {}", line["level"], line["message"]))
            .collect()
    }

    async fn fail() -> Result<(), Box<dyn Error + Send + Sync>> {
        Err("no connection".into())
    }

    #[tokio::test(start_paused = true)]
    async fn failed_work_ahead_is_one_line_and_no_end() {
        let logged = messages(warm_up(fail())).await;
        assert_eq!(logged, [r#""WARN" "work ahead of the first event failed: no connection""#]);
        assert!(messages(warm_up(async { Ok(()) })).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn hanging_work_ahead_ends_after_half_a_second() {
        let begin = tokio::time::Instant::now();
        let logged = messages(warm_up(std::future::pending())).await;
        assert_eq!(begin.elapsed().as_millis(), WARM_UP_LIMIT.as_millis());
        assert_eq!(logged, [r#""WARN" "work ahead of the first event failed: it took too long""#]);
    }

    #[tokio::test]
    async fn missing_requirement_ends_the_start_with_one_line() {
        let logged = messages(async {
            let failed = require(Err::<(), _>(std::fmt::Error));
            assert_eq!(failed.unwrap_err(), ExitCode::FAILURE);
        });
        let expected = format!(r#""ERROR" "the start failed: {}""#, std::fmt::Error);
        assert_eq!(logged.await, [expected]);
        assert_eq!(require(Ok::<_, std::fmt::Error>(7)).unwrap(), 7);
    }
}
