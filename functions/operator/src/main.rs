//! Wiring for the operator.

use std::process::ExitCode;

use operator::identities::PoolIdentities;
use operator::settings::Settings;
use operator::users::PoolUsers;
use operator::{Desk, handle};
use store::{AccountTable, ChallengeTable, ProfileTable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match runtime::settings(Settings::read) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configuration = aws::configure().await;
    let desk = Desk {
        policy: settings.policy,
        challenges: ChallengeTable::new(&configuration, settings.challenges_table),
        profiles: ProfileTable::new(&configuration, settings.profiles_table),
        accounts: AccountTable::new(&configuration, settings.accounts_table),
        users: PoolUsers::new(&configuration),
        identities: PoolIdentities::new(&configuration),
    };
    runtime::serve("operator", async |request| handle(&desk, request, runtime::now()).await).await
}
