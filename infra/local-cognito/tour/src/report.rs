//! The account of a tour.

use std::io::Write;

use serde_json::json;

/// Outcome of one step.
pub(crate) struct Finding<'a> {
    pub(crate) step: &'a str,
    pub(crate) expected: &'a str,
    /// Difference from the plan; `None` if there is none.
    pub(crate) problem: Option<String>,
    pub(crate) triggers: &'a [String],
    pub(crate) aws_calls: &'a [String],
    pub(crate) cold_extras: &'a [String],
    pub(crate) millis: u128,
}

/// Prints findings as they come and counts them.
pub(crate) struct Report {
    json: bool,
    passed: u32,
    failed: u32,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, passed: 0, failed: 0 }
    }

    pub(crate) fn add(&mut self, finding: &Finding<'_>) {
        match finding.problem {
            None => self.passed += 1,
            Some(_) => self.failed += 1,
        }
        let line = if self.json { as_json(finding) } else { self.as_text(finding) };
        print(&line);
    }

    /// Prints the last line and says whether anything failed.
    pub(crate) fn close(&self) -> bool {
        let Self { passed, failed, .. } = self;
        print(&if self.json {
            json!({"passed": passed, "failed": failed}).to_string()
        } else {
            format!("\n{passed} passed, {failed} failed")
        });
        *failed > 0
    }

    fn as_text(&self, finding: &Finding<'_>) -> String {
        let Finding { step, expected, problem, millis, .. } = finding;
        let mark = if problem.is_some() { "✗" } else { "✓" };
        let number = self.passed + self.failed;
        let mut text =
            format!("{number:>2} {mark} {step} ({millis} ms)\n      expected   {expected}");
        if let Some(problem) = problem {
            text.push_str(&format!("\n      but        {problem}"));
        }
        let triggers: Vec<&str> = finding
            .triggers
            .iter()
            .map(|source| source.strip_suffix("_Authentication").unwrap_or(source))
            .collect();
        let calls: Vec<&str> = finding.aws_calls.iter().map(String::as_str).collect();
        let cold: Vec<&str> = finding.cold_extras.iter().map(String::as_str).collect();
        for (label, items, between) in [
            ("triggers ", triggers, " → "),
            ("AWS calls", calls, "\n                 "),
            ("cold     ", cold, "\n                 "),
        ] {
            if !items.is_empty() {
                text.push_str(&format!("\n      {label}  {}", items.join(between)));
            }
        }
        text
    }
}

fn as_json(finding: &Finding<'_>) -> String {
    let outcome = finding.problem.as_deref().unwrap_or("as expected");
    json!({
        "step": finding.step,
        "expected": finding.expected,
        "outcome": outcome,
        "triggers": finding.triggers,
        "aws_calls": finding.aws_calls,
        "cold_extras": finding.cold_extras,
        "ms": u64::try_from(finding.millis).unwrap_or(u64::MAX),
    })
    .to_string()
}

/// A closed pipe ends the reading, not the tour.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
