//! Wiring for the operator.

use std::process::ExitCode;

use lifeguard_store::{AccountTable, ChallengeTable, ProfileTable};
use operator::dependencies::Dependencies;
use operator::handle;
use operator::identities::PoolIdentities;
use operator::settings::Settings;
use operator::users::PoolUsers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match lifeguard_runtime::settings("operator", Settings::load) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let configured = lifeguard_aws::configure(lifeguard_runtime::lookup);
    let configuration = match lifeguard_runtime::require(configured) {
        Ok(configuration) => configuration,
        Err(code) => return code,
    };
    let dependencies = Dependencies {
        policy: settings.policy,
        challenges: ChallengeTable::new(&configuration, settings.challenges_table),
        profiles: ProfileTable::new(&configuration, settings.profiles_table),
        accounts: AccountTable::new(&configuration, settings.accounts_table),
        users: PoolUsers::new(&configuration),
        identities: PoolIdentities::new(&configuration),
    };
    lifeguard_runtime::serve("operator", async |request| {
        handle(&dependencies, request, lifeguard_runtime::now()).await
    })
    .await
}
