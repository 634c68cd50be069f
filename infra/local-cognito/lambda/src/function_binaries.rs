//! Sources of the function binaries: a folder, or a fresh build of the workspace.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::process::Command;

/// The binaries of functions by name.
pub type Binaries = BTreeMap<String, PathBuf>;

/// The package of `infra/` that names the features of a workspace.
const FEATURES: &str = "workspace-features";

/// The workspace that this program was built from.
#[must_use]
pub fn own_workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(3).unwrap_or(package).to_path_buf()
}

/// Builds every package under `functions/` of a workspace and finds the binaries where cargo says
/// it put them. In our own workspace they are built beside its features, with which this program was
/// built too, so that no crate of others is compiled again.
pub async fn build(workspace: &Path) -> anyhow::Result<Binaries> {
    let names = packages(&workspace.join("functions"))?;
    let program = std::env::current_exe().unwrap_or_default();
    eprintln!("{}", announcement(&names, |name| is_beside(&program, name)));
    let features = workspace.join("infra").join(FEATURES).is_dir();
    let mut cargo = Command::new("cargo");
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_a_package(name)) {
        cargo.env_remove(name);
    }
    let building = cargo
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(names.iter().flat_map(|name| ["--package", name]))
        .args(features.then_some(["--package", FEATURES]).into_iter().flatten())
        .current_dir(workspace)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cargo could not be run to build the functions")?;
    let output = building.wait_with_output().await?;
    if !output.status.success() {
        bail!(
            "The functions could not be built; the compiler's messages are above. \
             Built ones are taken with --functions DIR."
        );
    }
    let built = artifacts(&output.stdout);
    Ok(built.into_iter().filter(|(name, _)| names.contains(name)).collect())
}

/// Returns the line that says, before cargo starts, what is built and about how long it takes.
fn announcement(names: &[String], is_built: impl Fn(&str) -> bool) -> String {
    let missing = names.iter().filter(|name| !is_built(name)).count();
    let duration = match missing {
        0 => "built before, so a few seconds if little has changed",
        _ if missing == names.len() => "none is built yet, about 1.5 minutes on two cores",
        _ => "some are not built yet, up to a minute",
    };
    format!("Building {} functions ({}): {duration}", names.len(), names.join(", "))
}

/// Returns true if a function's binary is in the folder of a program, or above it as for a test.
fn is_beside(program: &Path, name: &str) -> bool {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    program.ancestors().skip(1).take(2).any(|folder| folder.join(&file).is_file())
}

/// Returns true if cargo set a variable for the package it runs. They must not reach another cargo: build
/// scripts watch them, and everything below would be compiled again at every start.
fn is_of_a_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "OUT_DIR"
}

/// The binaries in a folder: files named like a function, or `NAME/bootstrap` as cargo lambda
/// writes them.
pub fn find(folder: &Path, known: &[&str]) -> anyhow::Result<Binaries> {
    let folder = std::path::absolute(folder)?;
    if !folder.is_dir() {
        bail!("There is no folder {}", folder.display());
    }
    let found: Binaries = known
        .iter()
        .filter_map(|name| {
            let plain = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            let bootstrap = folder.join(name).join("bootstrap");
            let binary = [bootstrap, plain].into_iter().find(|path| path.is_file())?;
            Some(((*name).to_owned(), binary))
        })
        .collect();
    if found.is_empty() {
        bail!("There is no function binary in {}", folder.display());
    }
    Ok(found)
}

fn packages(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("There are no functions in {}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// Reads cargo's messages for the executables of binary targets.
fn artifacts(messages: &[u8]) -> Binaries {
    messages
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .filter_map(|message| {
            let executable = message.get("executable")?.as_str()?;
            let name = message.pointer("/target/name")?.as_str()?;
            let kind = message.pointer("/target/kind/0")?.as_str()?;
            (kind == "bin").then(|| (name.to_owned(), PathBuf::from(executable)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{announcement, artifacts, own_workspace, packages};

    #[test]
    fn announcement_names_functions_and_time_by_what_is_built() {
        let names = ["a".to_owned(), "b".to_owned()];
        for (built, said) in [
            (&[][..], "none is built yet, about 1.5 minutes on two cores"),
            (&["b"], "some are not built yet, up to a minute"),
            (&["a", "b"], "built before, so a few seconds if little has changed"),
        ] {
            let line = announcement(&names, |name| built.contains(&name));
            assert_eq!(line, format!("Building 2 functions (a, b): {said}"));
        }
    }

    #[test]
    fn cargo_messages_give_executables_of_binary_targets_only() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"serde","kind":["lib"]},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"pre-sign-up","kind":["bin"]},"executable":"/t/pre-sign-up"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let found: Vec<_> = artifacts(messages.as_bytes()).into_iter().collect();
        assert_eq!(found, [("pre-sign-up".to_owned(), PathBuf::from("/t/pre-sign-up"))]);
    }

    #[test]
    fn the_packages_of_the_own_workspace_are_found() {
        let names = packages(&own_workspace().join("functions")).unwrap();
        assert!(names.contains(&"pre-sign-up".to_owned()), "{names:?}");
    }
}
