//! Prints what the tests of the repository's rules find in any checkout.
//!
//! ```sh
//! cargo run -p end-to-end --example tidy -- circles [PATH]   # each circle between modules
//! cargo run -p end-to-end --example tidy -- words [PATH]     # each place that breaks a rule for words
//! ```

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
        _ => {
            println!("usage: tidy circles|words [PATH]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn print_circles(root: &Path) {
    let workspace = modules::Workspace::load(&files::tree(root));
    let found = modules::graph::circles(&workspace);
    found.iter().for_each(|circle| println!("{circle}"));
    println!("{} circles among {} modules", found.len(), workspace.modules.len());
}

fn print_words(root: &Path) {
    for ((rule, _), places) in wording::breaks(&files::tree(root)) {
        places.iter().for_each(|place| println!("{rule:?} {place}"));
    }
}
