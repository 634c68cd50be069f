//! The tour: the whole picture once, step by step.

use std::process::ExitCode;

use crate::host::Host;

/// Plays the tour; it is not there yet, says so and fails.
pub async fn run(_host: &Host, _json: bool) -> ExitCode {
    eprintln!("The tour is not part of this version yet.");
    ExitCode::FAILURE
}
