//! Breaks of the rules for words, by rule and file.

mod breaks;
mod code;
pub(crate) mod terms;

use std::collections::BTreeMap;

use regex::Regex;

use breaks::note;
pub(crate) use breaks::{Breaks, Rule};
use code::Names;
use terms::Terms;

/// The page with the table of terms.
pub(crate) const GLOSSARY: &str = "docs/glossary.md";

/// Files of others, in which the words are theirs.
const FOREIGN: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Every break of a rule in these files.
pub(crate) fn breaks(sources: &BTreeMap<String, String>) -> Breaks {
    let terms = Terms::parse(&sources[GLOSSARY]);
    let (mut found, mut code) = (Breaks::new(), BTreeMap::new());
    for (path, text) in sources {
        if FOREIGN.contains(&path.as_str())
            || ["common-passwords.txt", "package-lock.json"].iter().any(|end| path.ends_with(end))
        {
            continue;
        }
        let own = if path == GLOSSARY { terms::without_not_column(text) } else { text.clone() };
        in_text(&mut found, path, &own, &terms);
        if path.ends_with(".rs") {
            let names = Names::parse(path, text);
            names.check(&mut found, path, &terms);
            long_test_names(&mut found, path, text);
            code.insert(path.as_str(), names);
        }
    }
    code::types_defined_twice(&mut found, &code);
    found
}

/// Notes the pronouns and the excluded terms of a text, and of its own path.
fn in_text(found: &mut Breaks, path: &str, text: &str, terms: &Terms) {
    let pronoun = pronouns();
    for (content, is_path) in [(path, true), (text, false)] {
        // The words of a name in snake case are words too.
        let words = content.replace('_', " ");
        let pronouns = pronoun.find_iter(&words).map(|word| (Rule::Pronoun, word.start()));
        let terms = terms.places(content, &words).into_iter().map(|at| (Rule::Term, at));
        for (rule, at) in pronouns.chain(terms) {
            let line = content[..at].matches('\n').count();
            let shown = content.lines().nth(line).unwrap_or_default();
            note(found, rule, path, if is_path { 0 } else { line + 1 }, shown);
        }
    }
}

/// The pronouns that stand for no actor.
fn pronouns() -> Regex {
    let words = concat!(r"(somebo", r"dy|nobo", r"dy|whoev", r"er|who", r"m|who", r"se)");
    Regex::new(&format!(r"(?i-u)\b{words}\b")).unwrap()
}

/// Notes the tests with a name of more than 60 characters; the prefix of a numbered test is free.
fn long_test_names(found: &mut Breaks, path: &str, text: &str) {
    let mut is_test = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("#[") {
            is_test |= ["#[test]", "#[tokio::test"].iter().any(|begin| line.starts_with(begin));
            continue;
        }
        let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        let name = name.and_then(|rest| rest.split('(').next()).filter(|_| is_test);
        if let Some(name) = name
            && free_name(name).len() > 60
        {
            note(found, Rule::Test, path, number + 1, name);
        }
        is_test = false;
    }
}

/// The name of a test without the prefix of a numbered one.
pub(crate) fn free_name(name: &str) -> &str {
    let (prefix, rest) = match name.split_once('_') {
        Some(("case" | "weak" | "accept", rest)) => match rest.split_once('_') {
            Some((_, free)) => (&name[..name.len() - free.len() - 1], free),
            None => return name,
        },
        Some(parts) => parts,
        None => return name,
    };
    let (kind, number) = match prefix.split_once('_') {
        Some(("weak", number)) => ("weak", number.strip_prefix(['s', 'c'])),
        Some(("accept", number)) => ("accept", number.strip_prefix('a')),
        Some((kind, number)) => (kind, Some(number)),
        None => ("t", prefix.strip_prefix('t')),
    };
    let digits = if kind == "case" { 3 } else { 2 };
    let is_number = number.is_some_and(|number| {
        number.len() == digits && number.chars().all(|digit| digit.is_ascii_digit())
    });
    if is_number { rest } else { name }
}
