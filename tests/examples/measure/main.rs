//! Measures the functions as they are deployed: size, start, memory. `.ci/bench` builds them and
//! runs this with the folder of the binaries and the path of an empty function.

mod load;
mod process;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

use local_cognito::{FunctionSource, StartOptions};

use self::process::{Running, Start};

/// Number of invocations before the memory is measured.
const INVOCATIONS: usize = 2_000;
/// Number of starts of each program.
const STARTS: usize = 40;
const MEGABYTE: f64 = 1_000_000.0;
const MEBIBYTE: f64 = 1_048_576.0;

/// Limits of a function.
struct Limit {
    function: String,
    megabytes: f64,
    /// Times the start of an empty function.
    start: f64,
    mebibytes: f64,
}

/// Reads `package.metadata.limits` of every function.
fn limits() -> Result<Vec<Limit>, Box<dyn Error>> {
    let (mut limits, mut missing) = (Vec::new(), Vec::new());
    for (function, package) in xtask::workspace::function_packages()? {
        let number = |name: &str| package.pointer(&format!("/metadata/limits/{name}"))?.as_f64();
        match (number("aws_clients"), number("megabytes"), number("mebibytes")) {
            (Some(clients), Some(megabytes), Some(mebibytes)) => {
                limits.push(Limit { function, megabytes, start: most_start(clients), mebibytes });
            }
            _ => missing.push(function),
        }
    }
    if missing.is_empty() {
        Ok(limits)
    } else {
        let members = "aws_clients, megabytes and mebibytes in [package.metadata.limits]";
        Err(format!("{} lack {members}", missing.join(", ")).into())
    }
}

/// The most times the start of an empty function: without an SDK, or with this many clients of AWS.
fn most_start(clients: f64) -> f64 {
    match clients {
        0.0 => 1.3,
        1.0 => 4.0,
        2.0 => 4.2,
        _ => 4.4,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(empty)) = (arguments.next(), arguments.next()) else {
        return Err("name the folder of the binaries and an empty function".into());
    };
    let functions = FunctionSource::Folder(folder.clone());
    let host = local_cognito::start(&StartOptions { functions, ..StartOptions::default() }).await?;
    host.logs().hush();
    let limits = limits()?;
    load::invoke_all(&host, INVOCATIONS).await?;
    let running = process::children()?;
    let never: Vec<&str> = limits
        .iter()
        .map(|limit| limit.function.as_str())
        .filter(|function| !running.contains_key(*function))
        .collect();
    if !never.is_empty() {
        return Err(format!("tests/examples/measure never invokes {}", never.join(", ")).into());
    }
    let starts = starts(&folder, &empty, &limits, &running)?;
    let within = print(&folder, &limits, &running, &starts)?;
    if within { Ok(()) } else { Err("a limit is exceeded".into()) }
}

/// The starts of every program, in turns, so that all of them meet the machine in the same mood.
fn starts(
    folder: &Path,
    empty: &Path,
    limits: &[Limit],
    running: &BTreeMap<String, Running>,
) -> Result<BTreeMap<String, Start>, Box<dyn Error>> {
    let mut seen = BTreeMap::<String, Vec<Start>>::new();
    for _ in 0..STARTS {
        let start = process::start(empty, &[])?;
        seen.entry(String::new()).or_default().push(start);
        for Limit { function, .. } in limits {
            let running = running.get(function).ok_or("a function was never invoked")?;
            let start = process::start(&folder.join(function), &running.environment)?;
            seen.entry(function.clone()).or_default().push(start);
        }
    }
    Ok(seen.into_iter().map(|(name, starts)| (name, Start::median(&starts))).collect())
}

/// Prints the table; true if everything is within its limit.
fn print(
    folder: &Path,
    limits: &[Limit],
    running: &BTreeMap<String, Running>,
    starts: &BTreeMap<String, Start>,
) -> Result<bool, Box<dyn Error>> {
    let mut out = stdout().lock();
    let empty = *starts.get("").ok_or("the empty function was never started")?;
    writeln!(out, "An empty function starts in {}.\n", shown(empty))?;
    writeln!(
        out,
        "| function | size, MB | limit | start, ms (CPU, ms) | times the empty one | limit \
         | memory after {INVOCATIONS} invocations, MiB | highest | limit |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    let mut within = true;
    for Limit { function, megabytes, start: most, mebibytes } in limits {
        let size = as_float(std::fs::metadata(folder.join(function))?.len()) / MEGABYTE;
        let start = *starts.get(function).ok_or("a function was never started")?;
        let running = running.get(function).ok_or("a function was never invoked")?;
        // By the processor's time: the wall's depends on what else the machine does.
        let times = start.processor.as_secs_f64() / empty.processor.as_secs_f64();
        let resident = as_float(running.resident) / MEBIBYTE;
        let highest = as_float(running.highest) / MEBIBYTE;
        within &= size <= *megabytes && times <= *most && resident <= *mebibytes;
        writeln!(
            out,
            "| {function} | {size:.2} | {megabytes} | {} | {times:.2} | {most} | {resident:.1} \
             | {highest:.1} | {mebibytes} |",
            shown(start)
        )?;
    }
    Ok(within)
}

fn shown(start: Start) -> String {
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    format!("{:.2} ({:.2})", millis(start.wall), millis(start.processor))
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a program fit 53 bits")]
fn as_float(bytes: u64) -> f64 {
    bytes as f64
}
