//! Wiring for the provider of developer-authenticated identities.

use std::process::ExitCode;

use aws::SecretsManager;
use developer_identity::identity_pool::CognitoIdentity;
use developer_identity::password::Argon;
use developer_identity::settings::Settings;
use developer_identity::web::Https;
use developer_identity::{Chance, Parts, Provider, World};
use store::ChallengeTable;
use store::accounts::AccountTable;

struct Aws;

impl World for Aws {
    type Accounts = AccountTable;
    type Challenges = ChallengeTable;
    type Keys = SecretsManager;
    type Pool = CognitoIdentity;
    type Web = Https;
    type Hashing = Argon;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match runtime::settings(Settings::read) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let config = aws::configure().await;
    let parts = Parts::<Aws> {
        accounts: AccountTable::new(&config, settings.accounts_table.clone()),
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
    let provider = Provider::new(settings, parts);
    runtime::serve("developer-identity", async |event| {
        let mut draws = [[0; 16]; 7];
        for draw in &mut draws {
            *draw = runtime::random_bytes()?;
        }
        provider.handle(&event, Chance::of(runtime::now(), draws)).await
    })
    .await
}
