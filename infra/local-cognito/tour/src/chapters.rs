//! The chapters of the tour, in turn.

use std::process::ExitCode;

use crate::client::Client;
use crate::report::Report;
use crate::steps::{Stopped, Tour};
use crate::{
    account, administration, attack, audit, credentials, developer, link, logins, owners, program,
    recovery, sign_in, unknown_user,
};

/// Plays the tour at the local Cognito behind `url`, such as `http://localhost:4480`, and prints
/// its account: lines for people, or one JSON object a line.
///
/// The local Cognito has to be new: the tour creates its users by fixed names.
pub async fn run(url: &str, json: bool) -> ExitCode {
    let client = match Client::connect(url).await {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut tour = Tour { client, report: Report::new(json) };
    for chapter in Chapter::ALL {
        // A chapter ends at its first step that fails; the report has it.
        let _ = chapter.play(&mut tour).await;
    }
    if tour.report.close() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[derive(Clone, Copy)]
enum Chapter {
    Account,
    SignIn,
    Link,
    UnknownUser,
    Attack,
    Developer,
    Logins,
    Credentials,
    Program,
    Recovery,
    Administration,
    Owners,
    Audit,
}

impl Chapter {
    const ALL: [Self; 13] = [
        Self::Account,
        Self::SignIn,
        Self::Link,
        Self::UnknownUser,
        Self::Attack,
        Self::Developer,
        Self::Logins,
        Self::Credentials,
        Self::Program,
        Self::Recovery,
        Self::Administration,
        Self::Owners,
        Self::Audit,
    ];

    async fn play(self, tour: &mut Tour) -> Result<(), Stopped> {
        match self {
            Chapter::Account => account::play(tour).await,
            Chapter::SignIn => sign_in::play(tour).await,
            Chapter::Link => link::play(tour).await,
            Chapter::UnknownUser => unknown_user::play(tour).await,
            Chapter::Attack => attack::play(tour).await,
            Chapter::Developer => developer::play(tour).await,
            Chapter::Logins => logins::play(tour).await,
            Chapter::Credentials => credentials::play(tour).await,
            Chapter::Program => program::play(tour).await,
            Chapter::Recovery => recovery::play(tour).await,
            Chapter::Administration => administration::play(tour).await,
            Chapter::Owners => owners::play(tour).await,
            Chapter::Audit => audit::play(tour).await,
        }
    }
}
