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
    let configuration = lifeguard_aws::configure().await;
    let profiles = ProfileTable::new(&configuration, settings.profiles_table.clone());
    lifeguard_runtime::serve("post-authentication", async |event| {
        Ok(handle(&settings, &profiles, event, lifeguard_runtime::now()).await)
    })
    .await
}
