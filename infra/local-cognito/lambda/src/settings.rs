//! Settings of one function.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of one function, as Lambda knows them.
#[derive(Clone, Debug)]
pub struct FunctionSettings {
    /// Its name, such as `pre-sign-up`.
    pub name: String,
    /// The binary.
    pub program: PathBuf,
    /// Its own environment variables, beside those that Lambda sets.
    pub environment: Vec<(String, String)>,
    /// Its memory in MB, which it is told.
    pub memory: u64,
    /// Its time-out; a process that needs longer is killed.
    pub timeout: Duration,
}
