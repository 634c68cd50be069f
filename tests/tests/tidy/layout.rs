//! Rules for the shape of folders and source files.

use std::collections::BTreeSet;
use std::fs;

use regex::Regex;

use crate::files::{functions, plain, read, root, sources, table_rows, texts, without_tests};

/// The longest a source file may be without its tests.
const MAX_LINES: usize = 300;

/// Files that are longer than [`MAX_LINES`]; the list may only shrink.
const LONG_FILES: [&str; 0] = [];

#[test]
fn every_function_has_the_same_shape() {
    for function in functions() {
        for file in ["Cargo.toml", "src/main.rs", "src/lib.rs", "tests/golden.rs"] {
            let path = format!("functions/{function}/{file}");
            assert!(root().join(&path).is_file(), "{path} is missing");
        }
        let manifest = read(&format!("functions/{function}/Cargo.toml"));
        assert!(
            manifest.contains(&format!("name = \"{function}\"")),
            "the package in functions/{function} has another name"
        );
    }
}

#[test]
fn every_function_is_in_the_readme_table() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md is missing");
    let rows: BTreeSet<String> =
        table_rows(&readme).filter_map(|cells| cells.first().map(|cell| plain(cell))).collect();
    for function in functions() {
        assert!(rows.contains(&function), "{function} is in no table of README.md");
    }
}

#[test]
fn no_source_file_is_too_long() {
    for path in sources().filter(|path| !path.split('/').any(|part| part == "tests")) {
        let lines = without_tests(&read(&path)).lines().count();
        if LONG_FILES.contains(&path.as_str()) {
            assert!(lines > MAX_LINES, "{path} is short enough now: strike it off the list");
        } else {
            assert!(
                lines <= MAX_LINES,
                "{path} has {lines} lines without its tests: split it by noun"
            );
        }
    }
    for path in LONG_FILES {
        assert!(root().join(path).is_file(), "{path} is gone: strike it off");
    }
}

#[test]
fn no_unfinished_work_is_marked() {
    let unfinished = Regex::new(concat!(
        r"\btodo",
        r"!|\bTO",
        r"DO\b|\bFIX",
        r"ME\b|#\[igno",
        r"re|#\[should_",
        r"panic"
    ))
    .unwrap();
    for (path, text) in texts() {
        for (number, line) in text.lines().enumerate() {
            assert!(!unfinished.is_match(line), "{path}:{}: {line}", number + 1);
        }
    }
}

#[test]
fn no_path_leaves_the_repository() {
    let absolute =
        Regex::new(concat!(r#"(?:^|[\s"'`(=:])(?:file://)?/(?:work|home|root|Us"#, r"ers)/"))
            .unwrap();
    let upwards = Regex::new(r#"(?:^|[\s"'`(=\[])((?:\.\./)+)"#).unwrap();
    let included =
        Regex::new(r#"(?:include(?:_str|_bytes)?!\(|#\[path = )\s*"((?:\.\./)+)"#).unwrap();
    for (path, text) in texts() {
        let depth = path.matches('/').count();
        let climbs = if path.ends_with(".rs") { &included } else { &upwards };
        for (number, line) in text.lines().enumerate() {
            let place = format!("{path}:{}: {line}", number + 1);
            assert!(!absolute.is_match(line), "a path of one machine, {place}");
            for found in climbs.captures_iter(line) {
                assert!(found[1].len() / 3 <= depth, "a path out of the repository, {place}");
            }
        }
    }
}
