//! The text of a log line, as far as a search for secrets reads it.

/// Returns a log line without its timestamp: the microseconds of one line in a while are the digits
/// of a code.
#[must_use]
pub fn without_time(line: &str) -> &str {
    let rest = line.strip_prefix("{\"timestamp\":\"").and_then(|rest| rest.split_once('"'));
    rest.map_or(line, |(_, rest)| rest)
}
