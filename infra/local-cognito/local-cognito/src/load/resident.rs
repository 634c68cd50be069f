//! Memory of this process.

/// Returns the resident memory in KiB, as Linux tells it; elsewhere nothing.
pub(super) fn resident_memory() -> Option<u64> {
    memory("VmRSS:")
}

/// Returns the most resident memory so far in KiB, as Linux tells it; elsewhere nothing.
pub(super) fn peak_memory() -> Option<u64> {
    memory("VmHWM:")
}

fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
