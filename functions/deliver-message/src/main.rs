//! Wiring for the function that delivers messages.

use std::process::ExitCode;

use deliver_message::Sender;
use deliver_message::mailer::Ses;
use deliver_message::settings::Settings;
use lifeguard_aws::{CodeKeys, SecretsManager};
use lifeguard_store::ChallengeTable;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("deliver-message", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configured = lifeguard_aws::configure(lifeguard_runtime::lookup);
    let config = match lifeguard_runtime::require(configured) {
        Ok(configuration) => configuration,
        Err(code) => return code,
    };
    let table = ChallengeTable::new(&config, settings.challenges_table);
    let keys = CodeKeys::new(SecretsManager::new(&config, settings.code_key_secret));
    lifeguard_runtime::warm_up(async {
        let now = lifeguard_runtime::now();
        let (opened, read) = tokio::join!(table.open(), keys.preload(now));
        opened?;
        Ok(read?)
    })
    .await;
    let sender = Sender::new(settings.policy, table, Ses::new(&config, settings.mail_from), keys);
    lifeguard_runtime::serve("deliver-message", async |event| {
        let random = u64::from_be_bytes(lifeguard_runtime::random_bytes()?);
        sender.handle(event, lifeguard_runtime::now(), random).await
    })
    .await
}
