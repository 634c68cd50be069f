//! Random bytes.

use std::io;

/// Random bytes of the operating system.
///
/// # Errors
/// If the system has none to give.
#[expect(clippy::disallowed_methods, reason = "the one place that draws from the system")]
pub fn random_bytes<const N: usize>() -> Result<[u8; N], io::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| io::Error::other("the system gave no random bytes"))?;
    Ok(bytes)
}
