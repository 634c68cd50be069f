//! Files and packages of this repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// Returns the folder of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// Reads a file by its path in the repository.
///
/// # Errors
/// The file cannot be read.
pub fn read(path: &str) -> anyhow::Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| path.to_owned())
}

/// Writes a file by its path in the repository.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &str, text: &str) -> anyhow::Result<()> {
    fs::write(root().join(path), text).with_context(|| path.to_owned())
}

/// Returns the packages under `functions/` as `cargo metadata` describes them, by name.
///
/// # Errors
/// Cargo cannot be run, or a manifest cannot be read.
pub fn function_packages() -> anyhow::Result<BTreeMap<String, Value>> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .context("cargo cannot be run")?;
    if !output.status.success() {
        bail!("cargo metadata fails: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let functions = root().join("functions");
    Ok(packages
        .context("cargo names no packages")?
        .iter()
        .filter(|package| {
            let manifest = package.get("manifest_path").and_then(Value::as_str).map(Path::new);
            let folder = manifest.and_then(Path::parent).and_then(Path::parent);
            folder == Some(functions.as_path())
        })
        .filter_map(|package| Some((package.get("name")?.as_str()?.to_owned(), package.clone())))
        .collect())
}
