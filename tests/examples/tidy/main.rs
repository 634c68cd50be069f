//! Prints the lists that the tests of the repository's rules compare with.
//!
//! ```sh
//! cargo run --example tidy -- circles [PATH]   # each circle, then the lines of its exceptions
//! cargo run --example tidy -- words [PATH]     # the lines of the exceptions to the words
//! cargo run --example tidy -- places [PATH]    # each place that breaks a rule for words
//! ```
//!
//! It writes no file: a list of exceptions may only shrink, and a person edits it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "an example that shares modules with the tests"
)]

use std::path::Path;
use std::process::ExitCode;

#[path = "../../tests/tidy/files.rs"]
mod files;
#[path = "../../tests/tidy/modules/mod.rs"]
mod modules;
#[path = "../../tests/tidy/wording/mod.rs"]
mod wording;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = arguments.get(1).map_or_else(files::root, |path| Path::new(path).to_owned());
    match arguments.first().map(String::as_str) {
        Some("circles") => print_circles(&root),
        Some("words") => print_words(&root),
        Some("places") => print_places(&root),
        _ => {
            println!("usage: tidy circles|words|places [PATH]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn print_circles(root: &Path) {
    let workspace = modules::Workspace::load(&files::tree(root));
    let found = modules::graph::circles(&workspace);
    found.iter().for_each(|circle| println!("{circle}"));
    let mut lines: Vec<&String> = found.iter().flat_map(|circle| circle.uses.keys()).collect();
    lines.sort();
    lines.dedup();
    lines.iter().for_each(|line| println!("{line}"));
    println!(
        "{} circles, {} uses on them, among {} modules",
        found.len(),
        lines.len(),
        workspace.modules.len()
    );
}

fn print_words(root: &Path) {
    for ((rule, path), places) in wording::breaks(&files::tree(root)) {
        println!("{} {path} {}", rule.name(), places.len());
    }
}

fn print_places(root: &Path) {
    for ((rule, _), places) in wording::breaks(&files::tree(root)) {
        places.iter().for_each(|place| println!("{} {place}", rule.name()));
    }
}
