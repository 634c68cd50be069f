//! Wiring for the pre sign-up trigger.

use std::process::ExitCode;

use pre_sign_up::handle;
use pre_sign_up::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("pre-sign-up", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    lifeguard_runtime::serve("pre-sign-up", async |event| handle(&settings, event)).await
}
