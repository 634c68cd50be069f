//! Plants one fault after the other and demands that the tour turns red at the step that the patch
//! names, or that the simulation finds the clause broken that it names. What is planted is taken out
//! again, whatever happens.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};

use crate::tools;

/// Fewest faults that are planted for the tour.
const FEWEST_TOUR: usize = 11;

/// Fewest faults that are planted for the simulation.
const FEWEST_SIMULATION: usize = 9;

/// Sign-ins within which the simulation finds each of its faults.
const SIGN_INS: &str = "400";

/// Visits to the built-in directory within which it finds each of those there.
const VISITS: &str = "200";

/// A fault in the sources; dropping it takes the fault out.
struct Planted(PathBuf);

impl Planted {
    fn plant(patch: &Path) -> anyhow::Result<Self> {
        tools::output(tools::command("git").arg("apply").arg(patch))?;
        Ok(Self(patch.to_owned()))
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        let reverse =
            tools::output(tools::command("git").args(["apply", "--reverse"]).arg(&self.0));
        if let Err(error) = reverse {
            eprintln!("the fault is still in the sources: {error:#}");
        }
    }
}

/// Plants every fault of `tests/planted`.
///
/// # Errors
/// The tour or the simulation passes although a fault is there, or turns red elsewhere.
pub fn check() -> anyhow::Result<()> {
    let mut out = stdout();
    let patches = tools::patches("tests/planted")?;
    let (simulation, tour): (Vec<_>, Vec<_>) =
        patches.iter().partition(|(_, text)| tools::header(text, "Clause:").is_ok());
    writeln!(out, "{:<50} {:<60} red seen", "fault", "clause that the simulation found broken")?;
    for (path, text) in &simulation {
        let (fault, clause) = (tools::header(text, "Fault:")?, tools::header(text, "Clause:")?);
        let line = simulate(path, fault, clause)?;
        writeln!(out, "{fault:<50} {clause:<60} yes\n    {line}")?;
    }
    writeln!(out, "{:<50} {:<60} red seen", "fault", "check of the tour that caught it")?;
    for (path, text) in &tour {
        let (fault, step) = (tools::header(text, "Fault:")?, tools::header(text, "Step:")?);
        play(path, fault, step)?;
        writeln!(out, "{fault:<50} {step:<60} yes")?;
    }
    writeln!(out, "{} passed, 0 failed", patches.len())?;
    ensure!(
        tour.len() >= FEWEST_TOUR && simulation.len() >= FEWEST_SIMULATION,
        "fewer than {FEWEST_TOUR} and {FEWEST_SIMULATION} faults are planted"
    );
    Ok(())
}

/// Plays the tour with a fault.
fn play(patch: &Path, fault: &str, step: &str) -> anyhow::Result<()> {
    let planted = Planted::plant(patch)?;
    let mut tour = tools::command("cargo");
    tour.args(["run", "--quiet", "--locked", "-p", "local-cognito", "--", "tour", "--json"]);
    let played = tools::run(&mut tour)?;
    drop(planted);
    let account = String::from_utf8_lossy(&played.stdout);
    judge(fault, step, played.status.success(), &account)
}

/// Runs the simulation with a fault, on the real expressions of the table. Returns the line that
/// names the seed and the broken clause.
fn simulate(patch: &Path, fault: &str, clause: &str) -> anyhow::Result<String> {
    let planted = Planted::plant(patch)?;
    let mut simulation = tools::command("cargo");
    simulation.args(["run", "--quiet", "--locked", "--profile", "simulation", "-p", "simulation"]);
    simulation.args(["--", "--table", "embedded"]);
    simulation.args(["--sign-ins", SIGN_INS, "--visits", VISITS]);
    let played = tools::run(&mut simulation)?;
    drop(planted);
    find_clause(fault, clause, &tools::printed(&played))
}

/// Returns the line of a run with a fault that names a seed and this clause.
fn find_clause(fault: &str, clause: &str, printed: &str) -> anyhow::Result<String> {
    let named = |line: &&str| {
        let broken = line.strip_prefix("seed ").and_then(|line| line.split_once(": "));
        broken.is_some_and(|(_, broken)| broken.starts_with(clause))
    };
    match printed.lines().find(named) {
        Some(line) => Ok(line.to_owned()),
        None => bail!("The simulation does not find {clause:?} broken where {fault}:\n{printed}"),
    }
}

/// Judges the account of a tour that was played with a fault.
fn judge(fault: &str, step: &str, passes: bool, account: &str) -> anyhow::Result<()> {
    if passes {
        bail!("The tour passes although {fault}.");
    }
    let named = format!("\"step\":\"{step}\"");
    let lines: Vec<&str> = account.lines().filter(|line| line.contains(&named)).collect();
    if lines.is_empty() || lines.iter().any(|line| line.contains("\"outcome\":\"as expected\"")) {
        bail!("The tour is red, but not at {step:?} where {fault}:\n{account}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{find_clause, judge};

    #[test]
    fn fault_is_seen_only_where_the_patch_says() {
        let red = r#"{"step":"a","outcome":"accepted"}"#;
        let green = r#"{"step":"a","outcome":"as expected"}"#;
        for (passes, account, seen) in [
            (false, red, true),
            (false, green, false),
            (false, r#"{"step":"b","outcome":"accepted"}"#, false),
            (false, "", false),
            (true, red, false),
        ] {
            assert_eq!(judge("fault", "a", passes, account).is_ok(), seen, "{account}");
        }
    }

    #[test]
    fn clause_is_found_in_the_line_that_names_the_seed() {
        let line = "seed 7 breaks the guarantee: no start is blank: a start had none";
        for (printed, seen) in [
            (line, true),
            (&format!("compiling\n{line}\nagain with: --seed 7"), true),
            ("seed 7 breaks the guarantee: no second use: 3", false),
            ("no start is blank", false),
            ("1000 sign-ins", false),
        ] {
            assert_eq!(
                find_clause("fault", "no start is blank", printed).is_ok(),
                seen,
                "{printed}"
            );
        }
    }
}
