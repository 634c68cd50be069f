//! Real functions of this workspace.

use std::path::Path;

use local_cognito::{FunctionSource, StartOptions};

/// Returns options that build the functions of this workspace and run them.
#[must_use]
#[track_caller]
pub fn with_real_functions() -> StartOptions {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
    let functions = FunctionSource::Workspace(root.to_path_buf());
    StartOptions { functions, ..StartOptions::default() }
}
