//! Wiring for the post authentication trigger.

use std::process::ExitCode;

use lifeguard_store::ProfileTable;
use post_authentication::handle;
use post_authentication::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("post-authentication", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configured = lifeguard_aws::configure(lifeguard_runtime::lookup);
    let configuration = match lifeguard_runtime::require(configured) {
        Ok(configuration) => configuration,
        Err(code) => return code,
    };
    let profiles = ProfileTable::new(&configuration, settings.profiles_table.clone());
    lifeguard_runtime::warm_up(async { Ok(profiles.open().await?) }).await;
    lifeguard_runtime::serve("post-authentication", async |event| {
        Ok(handle(&settings, &profiles, event, lifeguard_runtime::now()).await)
    })
    .await
}
