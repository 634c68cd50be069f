//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::load::LoadOptions;
use crate::start::{FunctionSource, StartOptions};
use local_cognito_aws_emulation::origins::Origin;
use local_cognito_identity_pool as identity_pool;
use local_cognito_lambda::function_binaries::own_workspace;
use local_cognito_user_pool::IssuerForm;

/// A Cognito on this machine that runs the real function binaries.
#[derive(Debug, Parser)]
#[command(name = "local-cognito")]
pub struct Options {
    /// The port to listen on, 0 for any; DynamoDB listens two above [default: 4480]
    #[arg(long, global = true, value_name = "PORT")]
    port: Option<u16>,
    /// Take built function binaries from DIR instead of building them
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "lambda_endpoint")]
    functions: Option<PathBuf>,
    /// Invoke the functions at URL, such as that of `cargo lambda watch`
    #[arg(long, global = true, value_name = "URL")]
    lambda_endpoint: Option<String>,
    /// The workspace of the functions to build
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Create the users, pools and clients of a JSON file, unless --data brings some back
    #[arg(long, global = true, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Answer web pages of URL too, such as http://localhost:3000; may be given several times
    #[arg(long = "origin", global = true, value_name = "URL", value_parser = Origin::parse)]
    origins: Vec<Origin>,
    /// Issue tokens as the local address or as one of AWS's two forms: local, original, updated
    #[arg(long, global = true, value_name = "FORM", value_parser = IssuerForm::parse)]
    issuer: Option<IssuerForm>,
    /// Keep the state in DIR instead of in memory
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The region in ids, ARNs and events
    #[arg(long, global = true, value_name = "REGION", default_value = "eu-west-1")]
    region: String,
    /// Lifetime of temporary credentials, such as 5s, 15m or 1h
    #[arg(long, global = true, value_name = "TIME", default_value = "1h", value_parser = life)]
    credential_life: Duration,
    /// Command; without it, serve until Ctrl-C
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Commands of the program beside serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play the whole picture once and check every step
    Tour {
        /// Print one JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Sign in many times by a mailed code, and print how long that took
    Load(LoadOptions),
}

impl Options {
    /// Returns the options of the start; a tour and a load take any port, so that they run beside
    /// another local Cognito.
    #[must_use]
    pub fn start(&self) -> StartOptions {
        let usual_port = match self.command {
            Some(Command::Tour { .. } | Command::Load(_)) => 0,
            None => 4480,
        };
        let functions = match (&self.functions, &self.lambda_endpoint) {
            (Some(folder), _) => FunctionSource::Folder(folder.clone()),
            (None, Some(url)) => FunctionSource::Endpoint(url.clone()),
            (None, None) => {
                FunctionSource::Workspace(self.workspace.clone().unwrap_or_else(own_workspace))
            }
        };
        StartOptions {
            port: self.port.unwrap_or(usual_port),
            region: self.region.clone(),
            functions,
            seed: self.seed.clone(),
            issuer_form: self.issuer,
            origins: self.origins.clone(),
            data: self.data.clone(),
            identity_pools: identity_pool::Settings {
                credential_life: self.credential_life,
                ..identity_pool::Settings::default()
            },
            ..StartOptions::default()
        }
    }
}

/// A time of whole seconds, minutes or hours, at most an hour, as AWS has it.
fn life(text: &str) -> Result<Duration, String> {
    let units = [('s', 1), ('m', 60), ('h', 60 * 60)];
    units
        .into_iter()
        .find_map(|(unit, seconds)| {
            text.strip_suffix(unit)?.parse::<u64>().ok()?.checked_mul(seconds)
        })
        .filter(|seconds| (1..=60 * 60).contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "a time from 1s to 1h is wanted".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::life;

    #[track_caller]
    fn check(text: &str, seconds: Option<u64>) {
        assert_eq!(life(text).ok(), seconds.map(Duration::from_secs), "{text}");
    }

    #[test]
    fn a_life_is_a_number_and_a_unit_up_to_an_hour() {
        check("1s", Some(1));
        check("15m", Some(900));
        check("1h", Some(3600));
        for text in ["0s", "61m", "2h", "5", "s", "-1s", "1.5s", "5 s", ""] {
            check(text, None);
        }
    }
}
