//! Files of the repository, as the rules read them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[track_caller]
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file that is or could be committed, by its path in the repository.
pub(crate) fn files() -> Vec<String> {
    files_of(&root())
}

/// The files of any checkout, by their paths in it.
pub(crate) fn files_of(root: &Path) -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let mut files: Vec<String> = match listed {
        Ok(output) if output.status.success() && root.join(".git").exists() => {
            String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
        }
        _ => walk(root, root),
    };
    files.retain(|path| root.join(path).is_file());
    files.sort();
    files.dedup();
    assert!(files.iter().any(|path| path == "Cargo.toml"));
    files
}

/// The text files of any checkout with their content; the lock file is generated and left out.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, String> {
    files_of(root)
        .into_iter()
        .filter(|path| path != "Cargo.lock")
        .filter_map(|path| Some((path.clone(), fs::read_to_string(root.join(&path)).ok()?)))
        .collect()
}

/// The files below a folder, for a copy of the tree without its history.
fn walk(root: &Path, folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let skipped = [".git", "target", "node_modules", "__pycache__", ".venv", ".aws-sam"];
            if !skipped.contains(&name.as_str()) {
                found.extend(walk(root, &path));
            }
        } else {
            let inner = path.strip_prefix(root).unwrap();
            found.push(inner.to_string_lossy().into_owned());
        }
    }
    found
}

/// Every text file with its content.
pub(crate) fn texts() -> impl Iterator<Item = (String, String)> {
    tree(&root()).into_iter()
}

pub(crate) fn sources() -> impl Iterator<Item = String> {
    files().into_iter().filter(|path| path.ends_with(".rs"))
}

/// The JSON files directly in one folder.
pub(crate) fn files_in(folder: &str) -> impl Iterator<Item = String> {
    let prefix = format!("{folder}/");
    files().into_iter().filter(move |path| {
        path.strip_prefix(&prefix)
            .is_some_and(|name| !name.contains('/') && name.ends_with(".json"))
    })
}

pub(crate) fn folders(parent: &str) -> BTreeSet<String> {
    let prefix = format!("{parent}/");
    files()
        .iter()
        .filter_map(|path| path.strip_prefix(&prefix)?.split_once('/'))
        .map(|(folder, _)| folder.to_owned())
        .collect()
}

pub(crate) fn functions() -> BTreeSet<String> {
    let functions = folders("functions");
    assert!(!functions.is_empty(), "no functions found");
    functions
}

/// A source file up to its unit tests.
pub(crate) fn without_tests(source: &str) -> &str {
    source.split("\n#[cfg(test)]\n").next().unwrap()
}

/// The cells of every table row of a page, the heading and its rule among them.
pub(crate) fn table_rows(page: &str) -> impl Iterator<Item = Vec<String>> {
    page.lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// The words of a cell without link or code marks.
pub(crate) fn plain(cell: &str) -> String {
    let text = cell
        .strip_prefix('[')
        .map_or(cell, |link| link.split_once(']').map_or(link, |(text, _)| text));
    text.trim_matches('`').to_owned()
}
