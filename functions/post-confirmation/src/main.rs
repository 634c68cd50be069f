//! Wiring for the post confirmation trigger.

use std::process::ExitCode;

use post_confirmation::groups::UserPoolGroups;
use post_confirmation::handle;
use post_confirmation::settings::Settings;
use store::ProfileTable;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match runtime::settings(Settings::read) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configuration = aws::configure().await;
    let profiles = ProfileTable::new(&configuration, settings.profiles_table.clone());
    let groups = UserPoolGroups::new(&configuration);
    runtime::serve("post-confirmation", async |event| {
        handle(&settings, &profiles, &groups, event, runtime::now()).await
    })
    .await
}
