//! Measures the functions as they are deployed, beside an empty one and beside handlers for Node:
//! size, start, memory, first answer, later answers. `.ci/bench` builds what it needs and runs it.

mod answers;
mod limits;
mod load;
mod process;
mod program;
mod quota;
mod report;
mod runtime_api;
mod services;
mod spread;
mod starts;

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;

use axum::body::Bytes;
use local_cognito::{FunctionSource, StartOptions};

use self::answers::Surroundings;
use self::load::Load;
use self::program::{EMPTY, Program};
use self::report::Report;
use self::services::{Mode, Services};

/// The functions that have a handler for Node in `tests/bench/node`.
const IN_NODE: [&str; 3] =
    ["define-auth-challenge", "create-auth-challenge", "verify-auth-challenge"];

/// Numbers of measurements.
struct Numbers {
    /// Invocations before the memory is measured.
    invocations: usize,
    /// Starts of each program.
    starts: usize,
    /// First answers of each program at each share of a processor.
    first_answers: usize,
    /// Later answers of each program.
    warm_answers: usize,
}

const NUMBERS: Numbers =
    Numbers { invocations: 2_000, starts: 40, first_answers: 40, warm_answers: 2_000 };
/// Numbers with which the program itself can be tried; the figures are worth little.
const FEW: Numbers = Numbers { invocations: 130, starts: 3, first_answers: 3, warm_answers: 50 };

/// Folders and files that `.ci/bench` makes.
struct Paths {
    /// The binaries of the functions.
    binaries: PathBuf,
    /// The binary of the empty function.
    empty: PathBuf,
    /// The bundles of the handlers for Node.
    node: PathBuf,
    /// `roots.pem`, and `chain.pem` with `key.pem` of a server at 127.0.0.1.
    certificates: PathBuf,
}

/// Reads the paths, `--quick` for few measurements and `--json FILE` for the figures of the plots.
fn arguments() -> Result<(Paths, Numbers, Option<PathBuf>), Box<dyn Error>> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [binaries, empty, node, certificates, options @ ..] = arguments.as_slice() else {
        return Err("name the folder of the binaries, an empty function, the folder of the \
                    handlers for Node and the folder of the certificates"
            .into());
    };
    let (mut numbers, mut json) = (NUMBERS, None);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.to_str() {
            Some("--quick") => numbers = FEW,
            Some("--json") => json = Some(options.next().ok_or("--json needs a file")?.into()),
            _ => return Err("the options are --quick and --json FILE".into()),
        }
    }
    let [binaries, empty, node, certificates] =
        [binaries, empty, node, certificates].map(PathBuf::from);
    Ok((Paths { binaries, empty, node, certificates }, numbers, json))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (paths, numbers, json) = arguments()?;
    let limits = limits::load()?;
    let functions = FunctionSource::Folder(paths.binaries.clone());
    let services = Services::start(&paths.certificates).await?;
    let roots = paths.certificates.join("roots.pem");
    let variables = program::services_at(&services.url(), Some(&roots));
    let options = StartOptions { functions, variables, ..StartOptions::default() };
    let host = local_cognito::start(&options).await?;
    services.forward_to(host.url());
    host.logs().hush();
    let mut load = Load::new(&host).await?;
    load.invoke_all(numbers.invocations).await?;
    let running = process::children()?;
    let names = limits.iter().map(|limit| limit.function.as_str());
    let never: Vec<&str> = names.filter(|function| !running.contains_key(*function)).collect();
    if !never.is_empty() {
        return Err(format!("tests/examples/measure never invokes {}", never.join(", ")).into());
    }

    let mut programs = vec![Program::binary(EMPTY, paths.empty, BTreeMap::new(), false)];
    for limit in &limits {
        let function = limit.function.as_str();
        let running = running.get(function).ok_or("a function was never invoked")?;
        let (binary, variables) = (paths.binaries.join(function), running.environment.clone());
        programs.push(Program::binary(function, binary, variables, limit.clients > 0.0));
    }
    let in_node = programs.iter().filter(|program| IN_NODE.contains(&program.name.as_str()));
    let in_node: Vec<Program> = in_node.map(|program| program.in_node(&paths.node)).collect();
    programs.extend(in_node);
    services.set(Mode::Replay);
    let starts = starts::measure(&programs, numbers.starts, &services.url(), &roots).await?;

    // The ticket in an event of verify-auth-challenge expires, so each kind gets events of its own.
    let mut surroundings = Surroundings {
        services: &services,
        roots: &roots,
        events: events(&mut load, &services).await?,
    };
    let first = surroundings.first_answers(&programs, numbers.first_answers).await?;
    surroundings.events = events(&mut load, &services).await?;
    let mut warm = Vec::new();
    for program in &programs {
        warm.push(surroundings.warm_answers(program, numbers.warm_answers).await?);
    }
    let report = Report {
        limits: &limits,
        running: &running,
        programs: &programs,
        starts: &starts,
        first: &first,
        warm: &warm,
    };
    if let Some(path) = json {
        std::fs::write(path, format!("{:#}\n", report.to_json()?))?;
    }
    let above = report.print()?;
    if above.is_empty() { Ok(()) } else { Err(above.join("; ").into()) }
}

/// Returns an event of each function, while the services record its calls; the empty function gets
/// that of define-auth-challenge.
async fn events(
    load: &mut Load<'_>,
    services: &Services,
) -> Result<BTreeMap<String, Bytes>, Box<dyn Error>> {
    services.set(Mode::Record);
    let mut events = load.events().await?;
    services.set(Mode::Replay);
    let event = events.get("define-auth-challenge").ok_or("there is no event")?.clone();
    events.insert(EMPTY.to_owned(), event);
    Ok(events)
}
