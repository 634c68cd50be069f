//! Rules for the Markdown pages: links, paths, names and headings are real.

use std::collections::BTreeSet;

use regex::Regex;

use crate::files::{files, folders, plain, read, root, sources, table_rows, texts};

#[test]
fn every_relative_link_resolves() {
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
fn every_path_and_name_in_pages_exists() {
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
fn every_uncertain_option_is_explained() {
    let field = Regex::new(r"(?m)^    pub ([a-z_]+):").unwrap();
    let mut expected = BTreeSet::new();
    for api in ["user-pool", "identity-pool"] {
        let settings = read(&format!("infra/local-cognito/{api}/src/settings.rs"));
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
fn every_alarm_has_a_runbook_entry() {
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

/// True if a file or folder has this path, in which `*` stands for a part of a name.
fn holds(files: &[String], begin: &str, path: &str) -> bool {
    let pattern = regex::escape(path.trim_end_matches('/')).replace(r"\*", "[^/]*");
    let pattern = Regex::new(&format!("{begin}{pattern}(/|$)")).unwrap();
    files.iter().any(|file| pattern.is_match(file))
}
