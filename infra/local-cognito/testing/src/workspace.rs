//! Real functions of this workspace, and folders of tests.

use std::fs;
use std::path::{Path, PathBuf};

use local_cognito::{FunctionSource, StartOptions};

/// Returns options that build the functions of this workspace and run them.
#[must_use]
#[track_caller]
pub fn with_real_functions() -> StartOptions {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
    let functions = FunctionSource::Workspace(root.to_path_buf());
    StartOptions { functions, ..StartOptions::default() }
}

/// Returns an empty folder of one test; `all` is `CARGO_TARGET_TMPDIR` of the test.
#[must_use]
#[track_caller]
pub fn empty_folder(all: &str, name: &str) -> PathBuf {
    let folder = Path::new(all).join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}
