//! Reads the command line.

use std::io::{Write, stdout};

use clap::{Parser, Subcommand};
use xtask::{attach, check_template, generated, new_trigger, planted, plots, sbom};

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
    /// infra/template.yaml, docs/operations.md and docs/performance.md, and docs/costs.md
    Template,
    /// Make a function for a trigger, its resources in infra/template.yaml and its row in the README
    NewTrigger {
        /// The trigger's name in kebab case, such as post-authentication
        name: String,
    },
    /// Check infra/template.yaml and the scripts with the tools of CI, on planted mistakes too
    CheckTemplate,
    /// Check attaching, detaching and the rotation of the code key against the local Cognito
    Attach,
    /// Plant faults in the sources and demand that the tour turns red
    Planted,
    /// Write docs/plots and the table of loads in docs/performance.md from JSON files: bench.json
    /// of `.ci/bench --json`, all others of `local-cognito load --json`
    Plots {
        /// The folder of the files, in the repository
        #[arg(default_value = plots::MEASURED)]
        folder: String,
    },
    /// Write the software bill of materials of each function, as CycloneDX, to target/sbom
    Sbom,
}

fn main() -> anyhow::Result<()> {
    match Options::parse().command {
        Command::Template => {
            for path in generated::write()? {
                writeln!(stdout(), "{path}")?;
            }
            Ok(())
        }
        Command::NewTrigger { name } => {
            for path in new_trigger::make(&name)? {
                writeln!(stdout(), "{path}")?;
            }
            Ok(())
        }
        Command::CheckTemplate => check_template::check(),
        Command::Attach => attach::check(),
        Command::Planted => planted::check(),
        Command::Plots { folder } => {
            for path in plots::write(&folder)? {
                writeln!(stdout(), "{path}")?;
            }
            Ok(())
        }
        Command::Sbom => {
            for path in sbom::write("target/sbom")? {
                writeln!(stdout(), "{path}")?;
            }
            Ok(())
        }
    }
}
