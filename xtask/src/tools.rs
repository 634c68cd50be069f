//! Programs that the checks run, and those that `.ci/install` has installed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, bail};

use crate::workspace;

/// Returns the folder of the installed tools.
#[must_use]
pub fn folder() -> PathBuf {
    workspace::root().join("target/ci")
}

/// Returns the search path with the installed tools in front.
#[must_use]
pub fn path() -> OsString {
    in_front(&folder().join("venv/bin"), &env::var_os("PATH").unwrap_or_default())
}

/// Returns a search path with a folder in front.
#[must_use]
pub fn in_front(folder: &Path, path: &OsStr) -> OsString {
    let mut joined = folder.as_os_str().to_owned();
    joined.push(":");
    joined.push(path);
    joined
}

/// Returns a command that runs at the root of the repository with the installed tools.
///
/// Variables that cargo has set for this package are left out: build scripts watch them, and
/// another cargo would compile everything below them again.
#[must_use]
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_a_package(name)) {
        command.env_remove(name);
    }
    command.current_dir(workspace::root()).env("PATH", path()).stdin(Stdio::null());
    command
}

/// True if cargo sets a variable for the package that it runs.
fn is_of_a_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "OUT_DIR"
}

/// Runs a command and returns what it printed on standard output.
///
/// # Errors
/// It cannot be started or fails; the message has what it printed.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = run(command)?;
    if !output.status.success() {
        bail!("{command:?} fails:\n{}", printed(&output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command and returns what came of it.
///
/// # Errors
/// It cannot be started.
pub fn run(command: &mut Command) -> anyhow::Result<Output> {
    command.output().with_context(|| format!("{command:?} cannot be started"))
}

/// Runs a command with a text as its standard input.
///
/// # Errors
/// It cannot be started, or does not take the text.
pub fn run_with(command: &mut Command, input: &str) -> anyhow::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{command:?} cannot be started"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    Ok(child.wait_with_output()?)
}

/// Returns what a command printed, on both of its outputs.
#[must_use]
pub fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Returns the patches of a folder, sorted, each with its text.
///
/// # Errors
/// The folder cannot be read.
pub fn patches(folder: &str) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut patches = Vec::new();
    for entry in fs::read_dir(workspace::root().join(folder))? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("patch")) {
            let text = fs::read_to_string(&path)?;
            patches.push((path, text));
        }
    }
    patches.sort();
    Ok(patches)
}

/// Returns the text behind a word at the beginning of a line.
///
/// # Errors
/// There is no such line.
pub fn header<'a>(text: &'a str, word: &str) -> anyhow::Result<&'a str> {
    let line = text.lines().find_map(|line| line.strip_prefix(word));
    line.map(str::trim).with_context(|| format!("there is no line {word:?}"))
}

/// Builds the programs of the whole workspace into `target/debug`.
///
/// # Errors
/// The build fails.
pub fn build_binaries() -> anyhow::Result<()> {
    let mut build = command("cargo");
    output(build.args(["build", "--quiet", "--locked", "--workspace", "--bins"]))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn header_is_the_rest_of_its_line() {
        let text = "Fault: a code\nStep: the answer\n\n--- a/x\n";
        assert_eq!(header(text, "Step:").unwrap(), "the answer");
        assert!(header(text, "Mistake:").is_err());
    }
}
