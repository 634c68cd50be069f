//! Every selection of packages that a laptop or CI builds has the features of the whole workspace,
//! so that cargo compiles each crate of others once.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::files::{functions, root};

/// The package that names the features.
const FEATURES: &str = "workspace-features";

/// Sets of features by package with its version: one for each set that it is compiled with.
type Sets = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_selection_compiles_a_crate_of_others_again() {
    let functions = functions();
    let functions = functions.iter().flat_map(|name| ["--package", name]);
    let functions: Vec<&str> = ["--package", FEATURES].into_iter().chain(functions).collect();
    let all = features(&["--edges=normal,build,dev", "--workspace"]);
    for (edges, packages) in [
        ("--edges=normal,build", &["--workspace"][..]),
        ("--edges=normal,build", &["--package", "local-cognito"]),
        // The functions, as the local Cognito builds them.
        ("--edges=normal,build", &functions),
        ("--edges=normal,build,dev", &["--package", "end-to-end"]),
        ("--edges=normal,build,dev", &["--package", "lifeguard-runtime", "--package", FEATURES]),
    ] {
        let other = others(&features(&[&[edges], packages].concat()), &all);
        assert!(
            other.is_empty(),
            "{packages:?} has features of its own: change infra/{FEATURES}/Cargo.toml\n{}",
            other.join("\n")
        );
    }
}

/// Returns a line for each set of features that is not among all.
fn others(selected: &Sets, all: &Sets) -> Vec<String> {
    let line = |package: &String, set: &String| {
        let known = all.get(package);
        let is_known = known.is_some_and(|known| known.contains(set));
        (!is_known).then(|| format!("{package} with {set:?}, elsewhere with {known:?}"))
    };
    let sets = selected.iter().flat_map(|(package, sets)| sets.iter().map(move |s| (package, s)));
    sets.filter_map(|(package, set)| line(package, set)).collect()
}

/// Returns the features that cargo enables of the crates of others.
fn features(words: &[&str]) -> Sets {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix=none", "--format={p}|{f}|"])
        .args(words)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    sets(&String::from_utf8(output.stdout).unwrap())
}

/// Reads lines such as `name v1.2.3 (proc-macro)|one,two|`; a path is one of ours.
fn sets(tree: &str) -> Sets {
    let mut sets = Sets::new();
    for line in tree.lines().filter(|line| !line.contains("(/")) {
        let mut parts = line.split('|');
        let (Some(package), Some(features)) = (parts.next(), parts.next()) else { continue };
        sets.entry(package.to_owned()).or_default().insert(features.to_owned());
    }
    sets
}

#[test]
fn features_of_a_selection_are_compared_with_all() {
    let all = sets("a v1.0.0|one,two|\na v1.0.0|one| (*)\nours v0.1.0 (/folder)||\n\nb v2.0.0||");
    assert_eq!(all.len(), 2, "{all:?}");
    for (tree, found) in [
        ("a v1.0.0|one,two|", 0),
        ("a v1.0.0|one|\nb v2.0.0|| (*)", 0),
        ("a v1.0.0|two|", 1),
        ("a v1.0.1|one|\nb v2.0.0|std|", 2),
        ("ours v0.1.0 (/folder)|more|", 0),
    ] {
        assert_eq!(others(&sets(tree), &all).len(), found, "{tree}");
    }
}
