//! Plants one fault after the other and demands that the tour turns red at the step that the patch
//! names. What is planted is taken out again, whatever happens.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};

use crate::tools;

/// Fewest faults that are planted.
const FEWEST: usize = 11;

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
/// The tour passes although a fault is there, or turns red elsewhere.
pub fn check() -> anyhow::Result<()> {
    let mut out = stdout();
    writeln!(out, "{:<50} {:<60} red seen", "fault", "check of the tour that caught it")?;
    let patches = tools::patches("tests/planted")?;
    for (path, text) in &patches {
        let (fault, step) = (tools::header(text, "Fault:")?, tools::header(text, "Step:")?);
        let planted = Planted::plant(path)?;
        let mut tour = tools::command("cargo");
        tour.args(["run", "--quiet", "--locked", "-p", "local-cognito", "--", "tour", "--json"]);
        let played = tools::run(&mut tour)?;
        drop(planted);
        let account = String::from_utf8_lossy(&played.stdout);
        judge(fault, step, played.status.success(), &account)?;
        writeln!(out, "{fault:<50} {step:<60} yes")?;
    }
    writeln!(out, "{} passed, 0 failed", patches.len())?;
    ensure!(patches.len() >= FEWEST, "fewer than {FEWEST} faults are planted");
    Ok(())
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
    use super::judge;

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
}
