//! Wiring for the post confirmation trigger.

use std::process::ExitCode;

use lifeguard_store::ProfileTable;
use post_confirmation::groups::UserPoolGroups;
use post_confirmation::handle;
use post_confirmation::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings(Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configuration = lifeguard_aws::configure().await;
    let profiles = ProfileTable::new(&configuration, settings.profiles_table.clone());
    let groups = UserPoolGroups::new(&configuration);
    lifeguard_runtime::serve("post-confirmation", async |event| {
        handle(&settings, &profiles, &groups, event, lifeguard_runtime::now()).await
    })
    .await
}
