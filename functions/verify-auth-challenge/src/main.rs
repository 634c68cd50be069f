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
    let configured = lifeguard_aws::configure(lifeguard_runtime::lookup);
    let configuration = match lifeguard_runtime::require(configured) {
        Ok(configuration) => configuration,
        Err(code) => return code,
    };
    let table = ChallengeTable::new(&configuration, settings.challenges_table.clone());
    let keys = CodeKeys::new(SecretsManager::new(&configuration, settings.code_key_secret.clone()));
    lifeguard_runtime::warm_up(async {
        let now = lifeguard_runtime::now();
        let (opened, read) = tokio::join!(table.open(), keys.preload(now));
        opened?;
        Ok(read?)
    })
    .await;
    lifeguard_runtime::serve("verify-auth-challenge", async |event| {
        handle(&settings, &table, &keys, event, lifeguard_runtime::now()).await
    })
    .await
}
