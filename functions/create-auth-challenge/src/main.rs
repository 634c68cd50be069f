//! Wiring for the create auth challenge trigger.

use std::process::ExitCode;

use create_auth_challenge::settings::Settings;
use create_auth_challenge::{Chance, handle};
use store::ChallengeTable;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match runtime::settings(Settings::read) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let table = ChallengeTable::new(&aws::configure().await, settings.challenges_table.clone());
    runtime::serve("create-auth-challenge", async |event| {
        let chance = Chance {
            now: runtime::now(),
            id: runtime::random_bytes()?,
            nonce: runtime::random_bytes()?,
        };
        handle(&settings, &table, event, chance).await
    })
    .await
}
