//! Wiring for the verify auth challenge response trigger.

use std::process::ExitCode;

use lifeguard_aws::{CodeKeys, SecretsManager};
use lifeguard_store::ChallengeTable;
use verify_auth_challenge::handle;
use verify_auth_challenge::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("verify-auth-challenge", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configuration = lifeguard_aws::configure().await;
    let table = ChallengeTable::new(&configuration, settings.challenges_table.clone());
    let keys = CodeKeys::new(SecretsManager::new(&configuration, settings.code_key_secret.clone()));
    lifeguard_runtime::serve("verify-auth-challenge", async |event| {
        handle(&settings, &table, &keys, event, lifeguard_runtime::now()).await
    })
    .await
}
