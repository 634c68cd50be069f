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
    let configuration = lifeguard_aws::configure().await;
    let profiles = ProfileTable::new(&configuration, settings.profiles_table.clone());
    let user_pool = UserPool::new(&configuration);
    lifeguard_runtime::serve("post-confirmation", async |event| {
        let now = lifeguard_runtime::now();
        handle(&settings, &profiles, &user_pool, event, now, lifeguard_runtime::random_bytes).await
    })
    .await
}
