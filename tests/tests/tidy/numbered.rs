//! Rules for the numbered tests and the tables that list them.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::files::{read, sources, table_rows};

#[test]
fn conformance_table_names_every_case() {
    check_numbered_table("docs/conformance.md", "case_", 3, 1..=132, "");
}

#[test]
fn security_table_names_every_threat() {
    check_numbered_table("docs/security.md", "t", 2, 1..=76, "T");
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
