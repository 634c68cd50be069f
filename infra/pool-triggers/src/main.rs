//! Reads the command line, and attaches or detaches.

use std::error::Error;
use std::io::{stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use pool_triggers::attach::{Accepted, attach};
use pool_triggers::aws_cli;
use pool_triggers::change::Outcome;
use pool_triggers::detach::detach;
use pool_triggers::record::Record;
use pool_triggers::terminal::Terminal;
use pool_triggers::user_pools::UserPools;

/// Lets an existing user pool call the functions of a stack. All other settings of the pool stay
/// as they are. Needs the AWS CLI with credentials.
#[derive(Debug, Parser)]
#[command(name = "pool-triggers")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put the functions of STACK into the triggers of POOL, and keep in FILE how the pool was
    Attach {
        /// Change without asking
        #[arg(long)]
        yes: bool,
        /// Replace triggers that call other functions
        #[arg(long)]
        replace: bool,
        /// Let app clients that are not the stack's stop working
        #[arg(long)]
        other_clients_stop: bool,
        /// The id of the user pool
        #[arg(value_name = "POOL")]
        pool: String,
        /// The name of the stack
        #[arg(value_name = "STACK")]
        stack: String,
        /// The file to write; it must not exist
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Set the triggers back to FILE, except those that have changed since
    Detach {
        /// Change without asking
        #[arg(long)]
        yes: bool,
        /// The file that attaching wrote
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Options::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Box<dyn Error>> {
    let (mut out, mut input) = (stdout(), stdin().lock());
    let mut terminal = match &command {
        Command::Attach { yes: true, .. } | Command::Detach { yes: true, .. } => {
            Terminal::consenting(&mut out)
        }
        _ => Terminal::asking(&mut out, &mut input),
    };
    match command {
        Command::Attach { replace, other_clients_stop, pool, stack, file, .. } => {
            let stack = aws_cli::stack(&stack)?;
            let pools = UserPools::new(&stack.place.region, aws_cli::credentials()?, None).await?;
            let accepted = Accepted { replace, other_clients_stop };
            let outcome = attach(&pools, &stack, &pool, &file, accepted, &mut terminal).await?;
            if outcome == Outcome::Changed {
                let file = file.display();
                terminal.say(&format!(
                    "Take it back with: cargo run -p pool-triggers -- detach {file}"
                ))?;
            }
        }
        Command::Detach { file, .. } => {
            let record = Record::load(&file)
                .map_err(|error| format!("{}: {error}. Nothing was changed.", file.display()))?;
            let pools = UserPools::new(record.region()?, aws_cli::credentials()?, None).await?;
            detach(&pools, &record, &mut terminal).await?;
        }
    }
    Ok(())
}
