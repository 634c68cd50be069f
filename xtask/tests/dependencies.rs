//! The dependencies are those that were agreed on, and the bill of materials lists them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use xtask::sbom::{self, Package, TARGET};
use xtask::workspace;

/// The only registry.
const REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

#[test]
fn t74_every_package_is_locked_with_its_checksum() {
    let lock = workspace::read("Cargo.lock").unwrap();
    let packages: Vec<&str> = lock.split("[[package]]").skip(1).collect();
    let (ours, others): (Vec<&str>, Vec<&str>) =
        packages.into_iter().partition(|package| !package.contains("\nsource = "));
    assert!(others.len() > 200, "only {} packages", others.len());
    for package in others {
        assert!(package.contains(REGISTRY), "{package}");
        let checksum =
            package.split("checksum = \"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(checksum.map(str::len), Some(64), "{package}");
    }
    let members = metadata(&["--no-deps"]);
    let members: BTreeSet<&str> =
        members["packages"].as_array().unwrap().iter().map(|each| text(&each["name"])).collect();
    let ours: BTreeSet<&str> =
        ours.iter().map(|package| package.split('"').nth(1).unwrap()).collect();
    assert_eq!(ours, members, "packages without a registry are those of the workspace");
}

/// Licences, bans and registries are `cargo deny`'s, which CI runs with these words. The weaknesses
/// that are known of a version are in a database that changes without a commit: an operator looks
/// them up before a release by `.ci/advisories`.
#[test]
fn t74_licences_registries_and_locks_are_checked_by_ci() {
    let run = workspace::read(".ci/run").unwrap();
    assert!(run.contains("\ncheck cargo deny check licenses bans sources\n"));
    let cargo = run.lines().filter(|line| line.starts_with("check cargo ") && line.contains("--"));
    for line in
        cargo.filter(|line| ["clippy", "test", "doc"].iter().any(|word| line.contains(word)))
    {
        assert!(line.contains("--locked"), "{line}");
    }
    let deny = workspace::read("deny.toml").unwrap();
    for rule in ["unknown-registry = \"deny\"", "unknown-git = \"deny\"", "wildcards = \"deny\""] {
        assert!(deny.contains(rule), "deny.toml lacks {rule}");
    }
    assert!(workspace::read(".ci/advisories").unwrap().contains("cargo deny check advisories"));
    let page = workspace::read("CONTRIBUTING.md").unwrap();
    assert!(page.contains(".ci/advisories") && page.contains("cargo xtask sbom"));
}

/// Holds each bill against cargo's own plan of the release build: the units that are linked.
#[test]
fn t74_sbom_lists_exactly_what_each_function_links() {
    let plan = plan(TARGET);
    let bills = sbom::all(TARGET).unwrap();
    assert_eq!(bills.len(), workspace::function_packages().unwrap().len());
    for (name, bill) in bills {
        let linked = linked(&plan, &name);
        assert!(!linked.is_empty(), "{name} links nothing");
        let listed: BTreeSet<Package> = bill["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|component| Package {
                name: text(&component["name"]).to_owned(),
                version: text(&component["version"]).to_owned(),
            })
            .collect();
        let (more, less) = (listed.difference(&linked), linked.difference(&listed));
        let differences: Vec<_> = more.chain(less).map(Package::purl).collect();
        assert!(differences.is_empty(), "{name}: {differences:?}");
        for component in bill["components"].as_array().unwrap() {
            let ours = text(&component["name"]).starts_with("lifeguard-");
            assert_eq!(component.get("hashes").is_none(), ours, "{component}");
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn metadata(words: &[&str]) -> Value {
    cargo(&[&["metadata", "--locked", "--format-version=1"], words].concat())
}

/// Returns the units of the release build, as cargo would compile them.
fn plan(target: &str) -> Value {
    cargo(&[
        "build",
        "--locked",
        "--release",
        "--bins",
        "--target",
        target,
        "--unit-graph",
        "-Zunstable-options",
    ])
}

fn cargo(words: &[&str]) -> Value {
    let output = Command::new("cargo")
        .args(words)
        // The plan is an output of cargo that is not stable yet.
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(workspace::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the packages of the libraries that are linked into a binary, without its own.
fn linked(plan: &Value, binary: &str) -> BTreeSet<Package> {
    let units = plan["units"].as_array().unwrap();
    let kind = |unit: &Value| text(&unit["target"]["kind"][0]).to_owned();
    let root = units
        .iter()
        .position(|unit| kind(unit) == "bin" && unit["target"]["name"] == binary)
        .unwrap();
    let (mut found, mut seen, mut open) = (BTreeSet::new(), BTreeSet::from([root]), vec![root]);
    while let Some(unit) = open.pop() {
        for dependency in units[unit]["dependencies"].as_array().unwrap() {
            let index = usize::try_from(dependency["index"].as_u64().unwrap()).unwrap();
            let target = kind(&units[index]);
            if ["custom-build", "proc-macro", "bin"].contains(&target.as_str()) {
                continue;
            }
            if seen.insert(index) {
                open.push(index);
                found.insert(package(text(&units[index]["pkg_id"])));
            }
        }
    }
    found.retain(|package| package.name != binary);
    found
}

/// Parses the id of a package: `…#name@version`, or `…/name#version`.
fn package(id: &str) -> Package {
    let (place, named) = id.rsplit_once('#').unwrap();
    let (name, version) =
        named.split_once('@').unwrap_or_else(|| (place.rsplit('/').next().unwrap(), named));
    Package { name: name.to_owned(), version: version.to_owned() }
}
