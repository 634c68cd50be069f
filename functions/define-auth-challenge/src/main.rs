//! Wiring for the define auth challenge trigger.

use std::process::ExitCode;

use define_auth_challenge::handle;
use define_auth_challenge::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("define-auth-challenge", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    lifeguard_runtime::serve("define-auth-challenge", async |event| handle(&settings, event)).await
}
