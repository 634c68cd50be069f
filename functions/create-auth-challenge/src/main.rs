//! Wiring for the create auth challenge trigger.

use std::process::ExitCode;

use create_auth_challenge::settings::Settings;
use create_auth_challenge::{ClockAndRandomness, handle};
use lifeguard_store::ChallengeTable;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("create-auth-challenge", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configured = lifeguard_aws::configure(lifeguard_runtime::lookup);
    let configuration = match lifeguard_runtime::require(configured) {
        Ok(configuration) => configuration,
        Err(code) => return code,
    };
    let table = ChallengeTable::new(&configuration, settings.challenges_table.clone());
    lifeguard_runtime::warm_up(async { Ok(table.open().await?) }).await;
    lifeguard_runtime::serve("create-auth-challenge", async |event| {
        let fresh = ClockAndRandomness {
            now: lifeguard_runtime::now(),
            id: lifeguard_runtime::random_bytes()?,
            nonce: lifeguard_runtime::random_bytes()?,
        };
        handle(&settings, &table, event, fresh).await
    })
    .await
}
