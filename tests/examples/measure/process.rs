//! Processes of functions, as the kernel knows them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::time::Duration;

/// A process of a function: the largest one, if there are several.
pub(crate) struct Running {
    /// The variables that it was started with.
    pub(crate) environment: BTreeMap<String, String>,
    /// The memory that it has now, in bytes.
    pub(crate) resident: u64,
    /// The most that it ever had, in bytes.
    pub(crate) highest: u64,
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

fn variables(environment: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(environment);
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Returns the memory that a process has now, in bytes.
pub(crate) fn resident(process: u32) -> Result<u64, Box<dyn Error>> {
    bytes(&fs::read_to_string(format!("/proc/{process}/status"))?, "VmRSS:")
}

/// `VmRSS:  4096 kB` in bytes.
fn bytes(status: &str, name: &str) -> Result<u64, Box<dyn Error>> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}

/// Time that all threads of a process have spent on a processor: the first number of `schedstat`,
/// in nanoseconds.
pub(crate) fn processor_time(process: u32) -> Result<Duration, Box<dyn Error>> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        let first = text.split(' ').next().ok_or("an empty line")?;
        nanoseconds += first.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}
