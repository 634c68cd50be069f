//! The start of a function: log, panic hook, settings.

use std::process::ExitCode;

use lifeguard_policy::{SettingsError, Variables};

use crate::{clock, log, metric};

/// Variable with the name that Lambda knows the function by.
const FUNCTION_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";

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

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn lookup(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
