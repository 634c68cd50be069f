//! Plays owners and attackers until so many owners have signed in.

use std::io::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use simulation::directory::Directory;
use simulation::report::Report;
use simulation::run::{self, Broken, Store};
use simulation::triggers::Triggers;
use simulation::ways::Ways;

/// Least share of each step, in per cent.
const LEAST_SHARE: u64 = 10;

/// Owners and attackers on the functions' own code, in virtual time.
#[derive(Parser)]
struct Options {
    /// Plays this part alone.
    #[arg(long, value_enum)]
    part: Option<Part>,
    /// Sign-ins of attacked owners in a user pool.
    #[arg(long, default_value_t = 1_000_000)]
    sign_ins: u64,
    /// Visits of attacked owners to the built-in directory.
    #[arg(long, default_value_t = 50_000)]
    visits: u64,
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

/// A part of the simulation.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The sign-ins by mail of a user pool.
    SignIns,
    /// The built-in directory: recovery, registration, passwords under attack.
    Directory,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let parts = [Part::SignIns, Part::Directory].into_iter();
    let mut parts = parts.filter(|part| options.part.is_none_or(|only| only == *part));
    match parts.all(|part| run_part(&options, part)) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Plays a part and prints what it saw; true if it is good.
fn run_part(options: &Options, part: Part) -> bool {
    match part {
        Part::SignIns => run::<Triggers>(options, "sign-ins", options.sign_ins),
        Part::Directory => run::<Directory>(options, "directory", options.visits),
    }
}

/// Plays the owners and attackers of some functions until so many attacked owners got in; true
/// if the result is good.
fn run<W: Ways>(options: &Options, part: &str, owners: u64) -> bool {
    let started = Instant::now();
    let mut lines = Vec::new();
    let played = match options.seed {
        Some(seed) => {
            let (journal, played) = run::replay::<W>(seed, options.table);
            lines = journal;
            played
        }
        None => {
            let threads = thread::available_parallelism().map_or(1, usize::from);
            run::play::<W>(options.first, run::seeds::<W>(owners), options.table, threads)
        }
    };
    let passed = judge(options, part, owners, &played, &mut lines);
    lines.push(format!("{} s", started.elapsed().as_secs()));
    writeln!(std::io::stdout(), "{}", lines.join("\n")).is_ok() && passed
}

/// Adds the result of a run to its lines; true if it is good.
fn judge(
    options: &Options,
    part: &str,
    owners: u64,
    played: &Result<Report, Broken>,
    lines: &mut Vec<String>,
) -> bool {
    let report = match played {
        Ok(report) => report,
        Err(broken) => {
            lines.push(broken.to_string());
            lines.push(format!("again with: --part {part} --seed {}", broken.seed));
            return false;
        }
    };
    lines.push(report.to_string());
    let whole = options.seed.is_none();
    if whole && report.attacked() < owners {
        lines.push(format!("fewer than {owners} of the {part} were attacked"));
        return false;
    }
    if whole && report.least_share().is_some_and(|share| share < LEAST_SHARE) {
        lines.push(format!("a step of the {part} has less than {LEAST_SHARE} %"));
        return false;
    }
    true
}
