//! The rules of the repository, as tests.
//!
//! A rule that only a reviewer keeps is forgotten; a rule that fails a test is not.
//! Lists of exceptions may only shrink: an entry that is no longer needed fails too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_json::Value;

/// Every trigger source that a user pool sends.
const TRIGGER_SOURCES: [&str; 41] = [
    "CreateAuthChallenge_Authentication",
    "CustomEmailSender_AccountTakeOverNotification",
    "CustomEmailSender_AdminCreateUser",
    "CustomEmailSender_Authentication",
    "CustomEmailSender_ForgotPassword",
    "CustomEmailSender_ResendCode",
    "CustomEmailSender_SignUp",
    "CustomEmailSender_UpdateUserAttribute",
    "CustomEmailSender_VerifyUserAttribute",
    "CustomMessage_AdminCreateUser",
    "CustomMessage_Authentication",
    "CustomMessage_ForgotPassword",
    "CustomMessage_ResendCode",
    "CustomMessage_SignUp",
    "CustomMessage_UpdateUserAttribute",
    "CustomMessage_VerifyUserAttribute",
    "CustomSMSSender_AdminCreateUser",
    "CustomSMSSender_Authentication",
    "CustomSMSSender_ForgotPassword",
    "CustomSMSSender_ResendCode",
    "CustomSMSSender_SignUp",
    "CustomSMSSender_UpdateUserAttribute",
    "CustomSMSSender_VerifyUserAttribute",
    "DefineAuthChallenge_Authentication",
    "InboundFederation_ExternalProvider",
    "PostAuthentication_Authentication",
    "PostConfirmation_ConfirmForgotPassword",
    "PostConfirmation_ConfirmSignUp",
    "PreAuthentication_Authentication",
    "PreSignUp_AdminCreateUser",
    "PreSignUp_ExternalProvider",
    "PreSignUp_SignUp",
    "TokenGeneration_AuthenticateDevice",
    "TokenGeneration_Authentication",
    "TokenGeneration_ClientCredentials",
    "TokenGeneration_HostedAuth",
    "TokenGeneration_NewPasswordChallenge",
    "TokenGeneration_RefreshTokens",
    "UserMigration_Authentication",
    "UserMigration_ForgotPassword",
    "VerifyAuthChallengeResponse_Authentication",
];

/// The longest a source file may be without its tests.
const MAX_LINES: usize = 300;

/// Files that are longer than [`MAX_LINES`]; the list may only shrink.
const LONG_FILES: [&str; 0] = [];

/// The crates that decide and therefore know neither the world nor the time.
const PURE_CRATES: [&str; 4] = ["cognito-events", "identity", "sign-in", "sign-up"];

/// The shared crates that may name the AWS SDK.
const CRATES_WITH_AWS: [&str; 2] = ["aws", "store"];

#[test]
fn every_trigger_source_has_an_event_of_its_name() {
    let expected: BTreeSet<String> = TRIGGER_SOURCES.iter().map(|&name| name.into()).collect();
    let found: BTreeSet<String> = files_in("events").map(|path| stem(&path).to_owned()).collect();
    assert_eq!(found, expected, "one file in events/ per trigger source");
    for name in TRIGGER_SOURCES {
        assert_eq!(trigger_source(&format!("events/{name}.json")), name);
    }
}

#[test]
fn every_variant_is_named_after_its_trigger_source() {
    let mut variants = 0;
    for path in files_in("events/variants") {
        let source = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap();
        assert_eq!(trigger_source(&path), source, "{path}");
        assert!(TRIGGER_SOURCES.contains(&source), "{path}");
        variants += 1;
    }
    assert!(variants > 0, "events/variants is empty");
}

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
fn every_function_stands_in_the_table_of_the_readme() {
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
fn of_the_shared_crates_only_two_name_the_sdk() {
    for name in folders("shared") {
        let manifest = read(&format!("shared/{name}/Cargo.toml"));
        if !CRATES_WITH_AWS.contains(&name.as_str()) {
            let found: Vec<String> = dependencies(&manifest)
                .into_iter()
                .filter(|dependency| dependency.starts_with("aws-"))
                .collect();
            assert!(found.is_empty(), "shared/{name} depends on {found:?}");
        }
    }
}

#[test]
fn no_function_depends_on_another() {
    let functions = functions();
    for function in &functions {
        let manifest = read(&format!("functions/{function}/Cargo.toml"));
        for name in dependencies(&manifest) {
            assert!(!functions.contains(&name), "{function} depends on the function {name}");
        }
    }
}

#[test]
fn pure_crates_know_no_world() {
    let banned = Regex::new(concat!(
        r"\basync\b|\.await\b|\bstd::(env|fs|net|process|thread)\b|\bSystemTime\b|\bInstant\b",
        r"|\b(Utc|Local)::now\b|\bgetrandom\b|\brand::|\bOsRng\b|\btokio\b",
    ))
    .unwrap();
    for name in PURE_CRATES {
        let folder = format!("shared/{name}/src/");
        for path in sources().filter(|path| path.starts_with(&folder)) {
            for (number, line) in without_tests(&read(&path)).lines().enumerate() {
                let code = line.split("//").next().unwrap();
                assert!(
                    !banned.is_match(code),
                    "{path}:{}: a decision takes this as an argument: {line}",
                    number + 1
                );
            }
        }
        let manifest = read(&format!("shared/{name}/Cargo.toml"));
        let runtime = manifest.split("[dev-dependencies]").next().unwrap();
        for dependency in dependencies(runtime) {
            assert!(
                !["tokio", "getrandom", "rand", "chrono", "time", "reqwest"]
                    .contains(&dependency.as_str()),
                "shared/{name} depends on {dependency}"
            );
        }
    }
}

#[test]
fn nothing_is_left_undone() {
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
fn nothing_refers_to_a_place_outside_the_repository() {
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

#[test]
fn every_relative_link_of_the_pages_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    for (path, text) in texts().filter(|(path, _)| path.ends_with(".md")) {
        for found in link.captures_iter(&text) {
            let target = found[1].split('#').next().unwrap();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let folder = root().join(&path).parent().unwrap().to_owned();
            assert!(folder.join(target).exists(), "{path} links to {target}, which does not exist");
        }
    }
}

#[test]
fn every_path_and_name_of_the_pages_exists() {
    let files = files();
    let word = Regex::new(r"[A-Za-z_][A-Za-z0-9_]*").unwrap();
    let mut words: BTreeSet<String> =
        folders("shared").iter().map(|name| name.replace('-', "_")).collect();
    for path in sources() {
        words.extend(word.find_iter(&read(&path)).map(|found| found.as_str().to_owned()));
    }
    let top: BTreeSet<&str> = files.iter().filter_map(|path| path.split('/').next()).collect();
    let block = Regex::new(r"(?ms)^```.*?^```$").unwrap();
    let quoted = Regex::new(r"`([^`\s]+)`").unwrap();
    let path_like = Regex::new(r"^[\w.*-]+(/[\w.*-]+)+/?$").unwrap();
    let file_like = Regex::new(r"^[\w.-]+\.(rs|patch)$").unwrap();
    let name_like = Regex::new(r"^[A-Za-z_]\w*(::[A-Za-z_]\w*)+$").unwrap();
    let mut seen = 0;
    for (page, text) in texts().filter(|(path, _)| path.ends_with(".md")) {
        for found in quoted.captures_iter(&block.replace_all(&text, "")) {
            let name = &found[1];
            let exists = if name_like.is_match(name) {
                name.split("::").all(|part| words.contains(part))
            } else if path_like.is_match(name) && top.contains(name.split('/').next().unwrap()) {
                holds(&files, "^", name)
            } else if file_like.is_match(name) {
                holds(&files, "(^|/)", name)
            } else {
                continue;
            };
            assert!(exists, "{page} names {name}, which does not exist");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} names were looked at");
}

#[test]
fn the_conformance_table_names_every_case_and_every_test() {
    check_numbered_table("docs/conformance.md", "case_", 3, 1..=132, "");
}

#[test]
fn the_security_table_names_every_threat_and_every_test() {
    check_numbered_table("docs/security.md", "t", 2, 1..=76, "T");
}

#[test]
fn every_open_point_of_the_local_cognito_is_explained() {
    let field = Regex::new(r"(?m)^    pub ([a-z_]+):").unwrap();
    let mut expected = BTreeSet::new();
    for api in ["user_pool", "identity_pool"] {
        let settings = read(&format!("infra/local-cognito/local-cognito/src/{api}/settings.rs"));
        let options = settings
            .split("pub struct Uncertain {")
            .nth(1)
            .and_then(|rest| rest.split("\n}").next())
            .expect("there is no Uncertain");
        expected.extend(field.captures_iter(options).map(|name| name[1].to_owned()));
    }
    let explained: BTreeSet<String> = table_rows(&read("docs/uncertain.md"))
        .filter_map(|cells| cells.get(2).map(|cell| plain(cell)))
        .filter(|cell| cell.contains('_') || expected.contains(cell))
        .collect();
    assert_eq!(explained, expected, "the options of docs/uncertain.md");
}

#[test]
fn every_alarm_of_the_template_has_a_heading_that_says_what_to_do() {
    let alarm = Regex::new(concat!(
        r"(?m)^  (\w+):\n    Type: AWS::CloudWatch::Alarm\n",
        r"(?:    .*\n)*?      AlarmName: !Sub \$\{AWS::StackName\}-(\w+)$"
    ))
    .unwrap();
    let template = read("infra/template.yaml");
    let mut alarms = Vec::new();
    for found in alarm.captures_iter(&template) {
        assert_eq!(found[1], found[2], "an alarm has the name of its resource");
        alarms.push(found[1].to_owned());
    }
    assert_eq!(alarms.len(), template.matches("Type: AWS::CloudWatch::Alarm\n").count());
    let page = read("docs/operations.md");
    let section = page.split("\n## The alarms\n").nth(1).expect("there is no section on alarms");
    let section = section.split("\n## ").next().unwrap();
    let entries = section.split("\n### ").skip(1).map(|entry| entry.split_once('\n').unwrap());
    let mut headings: Vec<String> = entries
        .map(|(heading, text)| {
            assert!(text.trim().len() > 40, "{heading} says too little");
            heading.to_owned()
        })
        .collect();
    assert!(!alarms.is_empty());
    alarms.sort();
    headings.sort();
    assert_eq!(headings, alarms, "the alarms of docs/operations.md and of the template");
}

#[test]
fn numbered_test_names_are_unique() {
    let numbered = Regex::new(r"^(case_\d{3}|t\d{2})_").unwrap();
    for (name, places) in function_names() {
        if numbered.is_match(&name) {
            assert_eq!(places.len(), 1, "{name} is in {places:?}");
        }
    }
}

#[test]
fn dependencies_are_found_however_they_are_named() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\"\n\
                    c = { package = \"d\" }\n[dev-dependencies.e]\npath = \"e\"\n[features]\nf = []\n";
    let expected = ["a", "b", "c", "d", "e"];
    assert_eq!(dependencies(manifest), expected.map(str::to_owned).into());
}

/// Compares a table of the docs with the source, in both directions: each number has a row, a
/// test of the last column exists and carries the row's number, and a numbered test of the source
/// stands in the row of its number.
#[track_caller]
fn check_numbered_table(
    page: &str,
    prefix: &str,
    width: usize,
    numbers: std::ops::RangeInclusive<usize>,
    mark: &str,
) {
    let names = function_names();
    let quoted = Regex::new(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`").unwrap();
    let numbered = Regex::new(&format!(r"^{prefix}(\d{{{width}}})_")).unwrap();
    let mut rows = BTreeMap::new();
    for cells in table_rows(&read(page)) {
        let tests: BTreeSet<String> =
            quoted.captures_iter(cells.last().unwrap()).map(|found| found[1].to_owned()).collect();
        for test in &tests {
            assert!(names.contains_key(test), "{page}: there is no test {test}");
        }
        let number = cells[0].strip_prefix(mark).map(str::parse::<usize>);
        if let Some(Ok(number)) = number {
            for test in &tests {
                let own = numbered.captures(test).map(|found| found[1].parse());
                assert!(
                    own.is_none_or(|own| own == Ok(number)),
                    "{page}: {test} is in row {number}"
                );
            }
            let earlier = rows.insert(number, tests);
            assert!(earlier.is_none(), "{page}: two rows {number}");
        }
    }
    let listed: Vec<usize> = rows.keys().copied().collect();
    assert_eq!(listed, numbers.collect::<Vec<_>>(), "the rows of {page}");
    for (name, places) in &names {
        if let Some(found) = numbered.captures(name) {
            let number: usize = found[1].parse().unwrap();
            assert!(
                rows.get(&number).is_some_and(|tests| tests.contains(name)),
                "{name} of {places:?} does not stand in row {number} of {page}"
            );
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[track_caller]
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file that is or could be committed, by its path in the repository.
fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let mut files: Vec<String> = match listed {
        Ok(output) if output.status.success() && root().join(".git").exists() => {
            String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
        }
        _ => walk(&root()),
    };
    files.retain(|path| root().join(path).is_file());
    files.sort();
    files.dedup();
    assert!(files.iter().any(|path| path == "Cargo.toml"));
    files
}

/// The files below a folder, for a copy of the tree without its history.
fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let skipped = [".git", "target", "node_modules", "__pycache__", ".venv", ".aws-sam"];
            if !skipped.contains(&name.as_str()) {
                found.extend(walk(&path));
            }
        } else {
            let inner = path.strip_prefix(root()).unwrap();
            found.push(inner.to_string_lossy().into_owned());
        }
    }
    found
}

/// Every text file with its content; the lock file is generated and left out.
fn texts() -> impl Iterator<Item = (String, String)> {
    files().into_iter().filter(|path| path != "Cargo.lock").filter_map(|path| {
        let text = fs::read_to_string(root().join(&path)).ok()?;
        Some((path, text))
    })
}

fn sources() -> impl Iterator<Item = String> {
    files().into_iter().filter(|path| path.ends_with(".rs"))
}

/// The JSON files directly in one folder.
fn files_in(folder: &str) -> impl Iterator<Item = String> {
    let prefix = format!("{folder}/");
    files().into_iter().filter(move |path| {
        path.strip_prefix(&prefix)
            .is_some_and(|name| !name.contains('/') && name.ends_with(".json"))
    })
}

fn folders(parent: &str) -> BTreeSet<String> {
    let prefix = format!("{parent}/");
    files()
        .iter()
        .filter_map(|path| path.strip_prefix(&prefix)?.split_once('/'))
        .map(|(folder, _)| folder.to_owned())
        .collect()
}

fn functions() -> BTreeSet<String> {
    let functions = folders("functions");
    assert!(!functions.is_empty(), "no functions found");
    functions
}

/// Whether a file or folder has this path, in which `*` stands for a part of a name.
fn holds(files: &[String], begin: &str, path: &str) -> bool {
    let pattern = regex::escape(path.trim_end_matches('/')).replace(r"\*", "[^/]*");
    let pattern = Regex::new(&format!("{begin}{pattern}(/|$)")).unwrap();
    files.iter().any(|file| pattern.is_match(file))
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap();
    name.strip_suffix(".json").unwrap()
}

#[track_caller]
fn trigger_source(path: &str) -> String {
    let event: Value = serde_json::from_str(&read(path))
        .unwrap_or_else(|error| panic!("{path} is no JSON: {error}"));
    event["triggerSource"].as_str().unwrap().to_owned()
}

/// A source file up to its unit tests.
fn without_tests(source: &str) -> &str {
    source.split("\n#[cfg(test)]\n").next().unwrap()
}

/// The packages that a manifest depends on, whichever way it names them.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let renamed = Regex::new(r#"\bpackage = "([^"]+)""#).unwrap();
    let mut found: BTreeSet<String> =
        renamed.captures_iter(manifest).map(|name| name[1].to_owned()).collect();
    let mut inside = false;
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section.ends_with("dependencies");
            found.extend(section.rsplit_once("dependencies.").map(|(_, name)| name.to_owned()));
        } else if inside && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            found.insert(name.trim().to_owned());
        }
    }
    found
}

/// The cells of every table row of a page, the heading and its rule among them.
fn table_rows(page: &str) -> impl Iterator<Item = Vec<String>> {
    page.lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// The words of a cell without link or code marks.
fn plain(cell: &str) -> String {
    let text = cell
        .strip_prefix('[')
        .map_or(cell, |link| link.split_once(']').map_or(link, |(text, _)| text));
    text.trim_matches('`').to_owned()
}

/// Every function name of the source, with the files it is in.
fn function_names() -> BTreeMap<String, Vec<String>> {
    let function = Regex::new(r"\bfn\s+([a-z][a-z0-9_]*)\s*[(<]").unwrap();
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in sources() {
        for found in function.captures_iter(&read(&path)) {
            names.entry(found[1].to_owned()).or_default().push(path.clone());
        }
    }
    names
}
