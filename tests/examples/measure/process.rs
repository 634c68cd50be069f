//! Processes of functions, as the kernel knows them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A process of a function: the largest one, if there are several.
pub(crate) struct Running {
    /// The variables that it was started with.
    pub(crate) environment: Vec<(String, String)>,
    /// The memory that it has now, in bytes.
    pub(crate) resident: u64,
    /// The most that it ever had, in bytes.
    pub(crate) highest: u64,
}

/// From the start of a process to its first question for an event.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub(crate) wall: Duration,
    pub(crate) processor: Duration,
}

impl Start {
    /// The middle of all, each time for itself.
    pub(crate) fn median(starts: &[Self]) -> Self {
        let middle = |time: fn(&Self) -> Duration| {
            let mut times: Vec<Duration> = starts.iter().map(time).collect();
            times.sort();
            times.get(times.len() / 2).copied().unwrap_or_default()
        };
        Self { wall: middle(|start| start.wall), processor: middle(|start| start.processor) }
    }
}

/// The children of this process by the name of their program.
pub(crate) fn children() -> Result<BTreeMap<String, Running>, Box<dyn Error>> {
    let parent = format!("PPid:\t{}", std::process::id());
    let mut children = BTreeMap::<String, Running>::new();
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        // Whatever cannot be read is gone, or no process.
        let Ok(status) = fs::read_to_string(folder.join("status")) else { continue };
        if !status.lines().any(|line| line == parent) {
            continue;
        }
        let program = fs::read_link(folder.join("exe"))?;
        let name = program.file_name().ok_or("a program has no name")?;
        let child = Running {
            environment: variables(&fs::read(folder.join("environ"))?),
            resident: bytes(&status, "VmRSS:")?,
            highest: bytes(&status, "VmHWM:")?,
        };
        let name = name.to_string_lossy().into_owned();
        match children.get(&name) {
            Some(other) if other.resident >= child.resident => {}
            Some(_) | None => drop(children.insert(name, child)),
        }
    }
    Ok(children)
}

fn variables(environment: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(environment);
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `VmRSS:  4096 kB` in bytes.
fn bytes(status: &str, name: &str) -> Result<u64, Box<dyn Error>> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}

/// Starts a program with these variables and ends it at its first question for an event.
pub(crate) fn start(
    program: &Path,
    variables: &[(String, String)],
) -> Result<Start, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let started = Instant::now();
    let mut child = Command::new(program)
        .env_clear()
        .env("AWS_LAMBDA_FUNCTION_NAME", "measured")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .envs(variables.iter().cloned())
        .env("AWS_LAMBDA_RUNTIME_API", &address)
        // It refuses every connection: the table is about the start and not about a server.
        .env("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let asked = first_question(&listener);
    let wall = started.elapsed();
    let processor = processor_time(child.id());
    child.kill()?;
    child.wait()?;
    asked?;
    Ok(Start { wall, processor: processor? })
}

fn first_question(listener: &TcpListener) -> Result<(), Box<dyn Error>> {
    let (mut connection, _) = listener.accept()?;
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut begin = [0; 64];
    connection.read_exact(&mut begin)?;
    let asked = begin.starts_with(b"GET /2018-06-01/runtime/invocation/next ");
    if asked { Ok(()) } else { Err("it asks for something else".into()) }
}

/// Time that all threads of a process have spent on a processor: the first number of `schedstat`,
/// in nanoseconds.
fn processor_time(process: u32) -> Result<Duration, Box<dyn Error>> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        let first = text.split(' ').next().ok_or("an empty line")?;
        nanoseconds += first.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}
