//! The tables, in Markdown, and what is above its limit.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Write, stdout};

use serde_json::{Value, json};

use crate::answers::{FirstAnswers, MEMORY, WarmAnswers};
use crate::limits::Limit;
use crate::process::Running;
use crate::program::{EMPTY, Program};
use crate::spread::millis;
use crate::starts::Starts;

const MEGABYTE: f64 = 1_000_000.0;
const MEBIBYTE: f64 = 1_048_576.0;

/// Measurements; those of programs are in the order of the programs.
pub(crate) struct Report<'a> {
    pub(crate) limits: &'a [Limit],
    /// The processes that answered on the local Cognito, by function.
    pub(crate) running: &'a BTreeMap<String, Running>,
    pub(crate) programs: &'a [Program],
    pub(crate) starts: &'a [Starts],
    pub(crate) first: &'a [FirstAnswers],
    pub(crate) warm: &'a [WarmAnswers],
}

impl Report<'_> {
    /// Prints the tables and returns what is above its limit.
    pub(crate) fn print(&self) -> Result<Vec<String>, Box<dyn Error>> {
        let mut above = Above(Vec::new());
        let tables = [
            self.deployed(&mut above)?,
            self.started()?,
            self.first_answers(&mut above),
            self.warm_answers()?,
        ];
        let mut out = stdout().lock();
        writeln!(out, "Times are least · middle · largest. What is bold is above its limit.")?;
        for table in tables {
            writeln!(out, "\n{}", table.trim_end())?;
        }
        writeln!(out, "\nIn the manifests of the functions of a sign-in, `processor` is:\n")?;
        for (program, warm) in self.programs.iter().zip(self.warm) {
            if self.limits.iter().any(|limit| limit.function == program.name) {
                writeln!(out, "  {}: {:.3}", program.name, millis(warm.processor))?;
            }
        }
        Ok(above.0)
    }

    /// Returns the figures of the plots.
    pub(crate) fn to_json(&self) -> Result<Value, Box<dyn Error>> {
        let empty = self.starts.first().ok_or("nothing was started")?;
        let mut programs = Vec::new();
        for ((program, starts), first) in self.programs.iter().zip(self.starts).zip(self.first) {
            let limit = self.limits.iter().find(|limit| limit.function == program.name);
            let small = first.limited.last().ok_or("there is no share of a processor")?;
            programs.push(json!({
                "name": program.name,
                "start": {
                    "cpu_ms": millis(starts.processor.median()),
                    "times_empty": starts.processor.times(&empty.processor),
                    "limit": limit.map(|limit| limit.start),
                },
                "first_answer": {
                    "full_speed_ms": millis(first.full_speed.median()),
                    "128_mb_ms": millis(small.median()),
                },
            }));
        }
        Ok(json!({"programs": programs}))
    }

    /// Size, start and memory beside their limits.
    fn deployed(&self, above: &mut Above) -> Result<String, Box<dyn Error>> {
        let empty = self.starts.first().ok_or("nothing was started")?;
        let mut table = Table::new(&[
            "function",
            "size, MB",
            "limit",
            "start, times the empty one",
            "limit",
            "memory, MiB",
            "highest",
            "limit",
        ]);
        for (program, starts) in self.programs.iter().zip(self.starts) {
            let name = &program.name;
            let Some(limit) = self.limits.iter().find(|limit| limit.function == *name) else {
                continue;
            };
            let running = self.running.get(name).ok_or("a function was never invoked")?;
            let size = as_float(std::fs::metadata(&program.command)?.len()) / MEGABYTE;
            // By the processor's time: the wall's depends on what else the machine does.
            let times = starts.processor.times(&empty.processor);
            let resident = as_float(running.resident) / MEBIBYTE;
            let highest = as_float(running.highest) / MEBIBYTE;
            table.row(vec![
                format!("`{name}`"),
                above.shown(&format!("{name}: size in MB"), size, limit.megabytes),
                limit.megabytes.to_string(),
                above.shown(&format!("{name}: start"), times, limit.start),
                limit.start.to_string(),
                above.shown(&format!("{name}: memory in MiB"), resident, limit.mebibytes),
                format!("{highest:.1}"),
                limit.mebibytes.to_string(),
            ]);
        }
        Ok(table.0)
    }

    fn started(&self) -> Result<String, Box<dyn Error>> {
        let empty = self.starts.first().ok_or("nothing was started")?;
        let mut table = Table::new(&[
            "start of",
            "CPU, ms",
            "times the empty one",
            "wall, ms",
            "CPU with handshake, ms",
        ]);
        for (program, starts) in self.programs.iter().zip(self.starts) {
            table.row(vec![
                shown(program),
                starts.processor.to_string(),
                format!("{:.2}", starts.processor.times(&empty.processor)),
                starts.wall.to_string(),
                starts.with_handshake.to_string(),
            ]);
        }
        Ok(table.0)
    }

    fn first_answers(&self, above: &mut Above) -> String {
        let mut head = vec!["first answer of".to_owned(), "calls".to_owned()];
        head.push("full speed, ms".to_owned());
        head.extend(MEMORY.map(|memory| format!("{memory} MB, ms")));
        head.push(format!("{} MB, times full speed", MEMORY[1]));
        head.push("limit".to_owned());
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let mut table = Table::new(&head);
        for (program, first) in self.programs.iter().zip(self.first) {
            let mut row =
                vec![shown(program), first.calls.to_string(), first.full_speed.to_string()];
            row.extend(first.limited.iter().map(ToString::to_string));
            if let Some(slowest) = first.limited.last() {
                let times = slowest.times(&first.full_speed);
                let limits = self.limits.iter();
                let limit = limits.filter(|limit| limit.function == program.name);
                row.extend(match limit.filter_map(|limit| limit.first_answer).next() {
                    Some(limit) => {
                        let name = format!("{}: first answer", program.name);
                        [above.shown(&name, times, limit), limit.to_string()]
                    }
                    None => [format!("{times:.2}"), "-".to_owned()],
                });
            }
            table.row(row);
        }
        table.0
    }

    fn warm_answers(&self) -> Result<String, Box<dyn Error>> {
        let empty = self.warm.first().ok_or("nothing was invoked")?;
        let mut table = Table::new(&[
            "later answer of",
            "calls",
            "CPU, ms",
            "times the empty one",
            "p50, ms",
            "p99, ms",
            "memory, MiB",
        ]);
        for (program, warm) in self.programs.iter().zip(self.warm) {
            let times = warm.processor.as_secs_f64() / empty.processor.as_secs_f64();
            table.row(vec![
                shown(program),
                warm.calls.to_string(),
                format!("{:.3}", millis(warm.processor)),
                format!("{times:.2}"),
                format!("{:.3}", millis(warm.times.percentile(50))),
                format!("{:.3}", millis(warm.times.percentile(99))),
                format!("{:.1}", as_float(warm.resident) / MEBIBYTE),
            ]);
        }
        Ok(table.0)
    }
}

/// Figures that are above their limits.
struct Above(Vec<String>);

impl Above {
    /// Shows a figure; above its limit it is bold and kept.
    fn shown(&mut self, name: &str, figure: f64, limit: f64) -> String {
        if figure <= limit {
            return format!("{figure:.2}");
        }
        self.0.push(format!("{name} is {figure:.2}, the limit is {limit}"));
        format!("**{figure:.2}**")
    }
}

struct Table(String);

impl Table {
    fn new(head: &[&str]) -> Self {
        let ruler = "---:|".repeat(head.len().saturating_sub(1));
        Self(format!("| {} |\n|---|{ruler}\n", head.join(" | ")))
    }

    fn row(&mut self, cells: Vec<String>) {
        self.0.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

fn shown(program: &Program) -> String {
    match program.name.as_str() {
        EMPTY => "an empty function".to_owned(),
        name if name == program.function => format!("`{name}`"),
        name => name.to_owned(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a program fit 53 bits")]
fn as_float(bytes: u64) -> f64 {
    bytes as f64
}
