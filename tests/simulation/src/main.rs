//! Plays owners and attackers until so many owners have signed in.

use std::io::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::Parser;
use simulation::report::Report;
use simulation::run::{self, Broken, Store};

/// Least share of each step, in per cent.
const LEAST_SHARE: u64 = 10;

/// Owners and attackers on the challenge functions, in virtual time.
#[derive(Parser)]
struct Options {
    /// Sign-ins of attacked owners.
    #[arg(long, default_value_t = 1_000_000)]
    sign_ins: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Plays this seed alone and prints what happens.
    #[arg(long)]
    seed: Option<u64>,
    /// The rows.
    #[arg(long, value_enum, default_value_t = Store::Memory)]
    table: Store,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let started = Instant::now();
    let mut lines = Vec::new();
    let played = match options.seed {
        Some(seed) => {
            let (journal, played) = run::replay(seed, options.table);
            lines = journal;
            played
        }
        None => {
            let threads = thread::available_parallelism().map_or(1, usize::from);
            run::play(options.first, run::seeds(options.sign_ins), options.table, threads)
        }
    };
    let code = judge(&options, &played, &mut lines);
    lines.push(format!("{} s", started.elapsed().as_secs()));
    match writeln!(std::io::stdout(), "{}", lines.join("\n")) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Adds the result of a run to its lines.
fn judge(options: &Options, played: &Result<Report, Broken>, lines: &mut Vec<String>) -> ExitCode {
    let report = match played {
        Ok(report) => report,
        Err(broken) => {
            lines.push(broken.to_string());
            lines.push(format!("again with: --seed {}", broken.seed));
            return ExitCode::FAILURE;
        }
    };
    lines.push(report.to_string());
    let whole = options.seed.is_none();
    if whole && report.attacked < options.sign_ins {
        lines.push(format!("fewer than {} sign-ins were attacked", options.sign_ins));
        return ExitCode::FAILURE;
    }
    if whole && options.sign_ins >= 1_000 && report.least_share() < LEAST_SHARE {
        lines.push(format!("a step has less than {LEAST_SHARE} %"));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
