//! Shares of a processor, as Lambda gives them to a function by its memory.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The memory at which a function has one whole processor, in MB.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const WHOLE_PROCESSOR: u32 = 1_769;
/// Period within which the share is counted, in microseconds.
const PERIOD: u32 = 20_000;

/// Folders of the first and the second version of control groups.
const FIRST: &str = "/sys/fs/cgroup/cpu";
const SECOND: &str = "/sys/fs/cgroup";

/// A control group with the share of a function of this memory; dropping it removes the group,
/// which has to be empty by then.
pub(crate) struct Quota {
    folder: PathBuf,
}

impl Quota {
    /// # Errors
    /// This process may not make control groups.
    pub(crate) fn new(megabytes: u32) -> io::Result<Self> {
        let name = format!("lifeguard-bench-{}-{megabytes}", std::process::id());
        let share = PERIOD * megabytes / WHOLE_PROCESSOR;
        if Path::new(SECOND).join("cgroup.controllers").exists() {
            fs::write(Path::new(SECOND).join("cgroup.subtree_control"), "+cpu")?;
            let quota = Self::make(&Path::new(SECOND).join(name))?;
            fs::write(quota.folder.join("cpu.max"), format!("{share} {PERIOD}"))?;
            Ok(quota)
        } else {
            let quota = Self::make(&Path::new(FIRST).join(name))?;
            fs::write(quota.folder.join("cpu.cfs_period_us"), PERIOD.to_string())?;
            fs::write(quota.folder.join("cpu.cfs_quota_us"), share.to_string())?;
            Ok(quota)
        }
    }

    fn make(folder: &Path) -> io::Result<Self> {
        fs::create_dir(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Puts a process with all its threads under the quota.
    pub(crate) fn limit(&self, process: u32) -> io::Result<()> {
        fs::write(self.folder.join("cgroup.procs"), process.to_string())
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir(&self.folder) {
            eprintln!("{} is left: {error}", self.folder.display());
        }
    }
}
