//! Wiring for the post confirmation trigger.

use std::process::ExitCode;

use lifeguard_store::ProfileTable;
use post_confirmation::handle;
use post_confirmation::settings::Settings;
use post_confirmation::user_pool::UserPool;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("post-confirmation", Settings::load) {
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
    let user_pool = UserPool::new(&configuration);
    lifeguard_runtime::serve("post-confirmation", async |event| {
        let now = lifeguard_runtime::now();
        handle(&settings, &profiles, &user_pool, event, now, lifeguard_runtime::random_bytes).await
    })
    .await
}
