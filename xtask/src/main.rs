//! Reads the command line.

use std::io::{Write, stdout};

use clap::{Parser, Subcommand};
use xtask::generated;

/// Commands of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what follows from the template and the functions: the generated blocks of
    /// infra/template.yaml and docs/operations.md, and docs/costs.md
    Template,
}

fn main() -> anyhow::Result<()> {
    match Options::parse().command {
        Command::Template => {
            for path in generated::write()? {
                writeln!(stdout(), "{path}")?;
            }
        }
    }
    Ok(())
}
