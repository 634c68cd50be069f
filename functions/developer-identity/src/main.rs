//! Wiring for the provider of developer-authenticated identities.

use std::process::ExitCode;

use developer_identity::identity_pool::CognitoIdentity;
use developer_identity::password::Argon;
use developer_identity::settings::Settings;
use developer_identity::web::Https;
use developer_identity::{Adapters, Dependencies, Invocation, Provider};
use lifeguard_aws::SecretsManager;
use lifeguard_store::ChallengeTable;
use lifeguard_store::accounts::AccountTable;

struct Aws;

impl Adapters for Aws {
    type Accounts = AccountTable;
    type Challenges = ChallengeTable;
    type Keys = SecretsManager;
    type Pool = CognitoIdentity;
    type Web = Https;
    type Hashing = Argon;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("developer-identity", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configured = lifeguard_aws::configure(lifeguard_runtime::lookup);
    let config = match lifeguard_runtime::require(configured) {
        Ok(configuration) => configuration,
        Err(code) => return code,
    };
    let accounts = AccountTable::new(&config, settings.accounts_table.clone());
    lifeguard_runtime::warm_up(async { Ok(accounts.open().await?) }).await;
    let dependencies = Dependencies::<Aws> {
        accounts,
        challenges: ChallengeTable::new(&config, settings.challenges_table.clone()),
        keys: SecretsManager::new(&config, settings.code_key_secret.clone()),
        adapter_keys: settings
            .adapter_key_secret
            .clone()
            .map(|secret| SecretsManager::new(&config, secret)),
        pool: CognitoIdentity::new(&config, settings.identity.identity_pool.clone()),
        web: Https::default(),
        hashing: Argon::default(),
    };
    let provider = Provider::new(settings, dependencies);
    lifeguard_runtime::serve("developer-identity", async |event| {
        let mut bytes = [[0; 16]; 7];
        for part in &mut bytes {
            *part = lifeguard_runtime::random_bytes()?;
        }
        provider.handle(&event, Invocation::new(lifeguard_runtime::now(), bytes)).await
    })
    .await
}
