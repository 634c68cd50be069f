//! The software bill of materials of each function, as CycloneDX 1.5 has it.
//!
//! A file lists the packages that are linked into the binary: what cargo resolves for the release,
//! without build scripts and procedural macros, which run on the machine that builds. It has
//! neither a time nor a serial number, so the same release gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde_json::{Value, json};

use crate::{tools, workspace};

/// The target of a release, as the template deploys it.
pub const TARGET: &str = "aarch64-unknown-linux-gnu";

/// A package, by name and version.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Package {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

impl Package {
    /// Returns the address of the package in a bill of materials.
    #[must_use]
    pub fn purl(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version)
    }
}

/// Direct dependencies by package.
type Graph = BTreeMap<Package, BTreeSet<Package>>;

/// Returns the bill of materials of each function by its name, for a target of rustc.
///
/// # Errors
/// Cargo fails, or prints something unexpected.
pub fn all(target: &str) -> anyhow::Result<BTreeMap<String, Value>> {
    let graph = graph(&cargo(&[
        "tree",
        "--locked",
        "--edges=normal,no-proc-macro",
        "--prefix=depth",
        "--format= {p}",
        "--target",
        target,
    ])?)?;
    let licences = licences(&cargo(&["metadata", "--locked", "--format-version=1"])?)?;
    let checksums = checksums(&workspace::read("Cargo.lock")?);
    workspace::function_packages()?
        .keys()
        .map(|name| {
            let root = graph.keys().find(|package| package.name == *name);
            let root = root.with_context(|| format!("cargo tree lacks {name}"))?;
            Ok((name.clone(), bill(root, &graph, &licences, &checksums)?))
        })
        .collect()
}

/// Writes the bill of each function into a folder of the repository, and returns their paths.
///
/// # Errors
/// As for [`all`]; a file cannot be written.
pub fn write(folder: &str) -> anyhow::Result<Vec<String>> {
    std::fs::create_dir_all(workspace::root().join(folder)).context(folder.to_owned())?;
    let mut paths = Vec::new();
    for (name, bill) in all(TARGET)? {
        let path = format!("{folder}/{name}.cdx.json");
        workspace::write(&path, &(serde_json::to_string_pretty(&bill)? + "\n"))?;
        paths.push(path);
    }
    Ok(paths)
}

fn cargo(words: &[&str]) -> anyhow::Result<String> {
    tools::output(tools::command("cargo").args(words))
}

/// Parses lines of `cargo tree` with the depth in front. A package that was printed before has no
/// dependencies the second time.
fn graph(tree: &str) -> anyhow::Result<Graph> {
    let mut graph = Graph::new();
    let mut above: Vec<Package> = Vec::new();
    for line in tree.lines().filter(|line| !line.trim().is_empty()) {
        let (depth, package) = line
            .split_once(' ')
            .and_then(|(depth, rest)| Some((depth.parse::<usize>().ok()?, package(rest)?)))
            .with_context(|| format!("cargo tree prints {line}"))?;
        above.truncate(depth);
        if let Some(parent) = above.last() {
            graph.entry(parent.clone()).or_default().insert(package.clone());
        }
        graph.entry(package.clone()).or_default();
        above.push(package);
    }
    Ok(graph)
}

/// Parses `name v1.2.3`, whatever follows.
fn package(text: &str) -> Option<Package> {
    let mut words = text.split_whitespace();
    let name = words.next()?.to_owned();
    let version = words.next()?.strip_prefix('v')?.to_owned();
    Some(Package { name, version })
}

/// Returns the licence of each package, from `cargo metadata`.
fn licences(metadata: &str) -> anyhow::Result<BTreeMap<Package, String>> {
    let metadata: Value = serde_json::from_str(metadata)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let text = |package: &Value, member: &str| {
        package.get(member).and_then(Value::as_str).map(str::to_owned)
    };
    Ok(packages
        .context("cargo names no packages")?
        .iter()
        .filter_map(|package| {
            let named =
                Package { name: text(package, "name")?, version: text(package, "version")? };
            Some((named, text(package, "license")?))
        })
        .collect())
}

/// Returns the SHA-256 of each package from a registry, from the lock file.
fn checksums(lock: &str) -> BTreeMap<Package, String> {
    let value = |part: &str, member: &str| {
        part.lines()
            .find_map(|line| line.strip_prefix(member)?.strip_prefix(" = \""))
            .and_then(|rest| rest.strip_suffix('"'))
            .map(str::to_owned)
    };
    lock.split("[[package]]")
        .skip(1)
        .filter_map(|part| {
            let package = Package { name: value(part, "name")?, version: value(part, "version")? };
            Some((package, value(part, "checksum")?))
        })
        .collect()
}

/// Returns every package that a package depends on, directly or through others.
fn reached(root: &Package, graph: &Graph) -> BTreeSet<Package> {
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(package) = open.pop() {
        for dependency in graph.get(package).into_iter().flatten() {
            if found.insert(dependency.clone()) {
                open.push(dependency);
            }
        }
    }
    found
}

fn bill(
    root: &Package,
    graph: &Graph,
    licences: &BTreeMap<Package, String>,
    checksums: &BTreeMap<Package, String>,
) -> anyhow::Result<Value> {
    let linked = reached(root, graph);
    let component = |package: &Package, kind: &str| -> anyhow::Result<Value> {
        let licence = licences.get(package);
        let licence = licence.with_context(|| format!("{} has no licence", package.purl()))?;
        let mut component = json!({
            "type": kind,
            "bom-ref": package.purl(),
            "name": package.name,
            "version": package.version,
            "purl": package.purl(),
            // Older manifests write a slash for a choice.
            "licenses": [{"expression": licence.replace('/', " OR ")}],
        });
        if let (Some(checksum), Some(members)) = (checksums.get(package), component.as_object_mut())
        {
            members.insert("hashes".to_owned(), json!([{"alg": "SHA-256", "content": checksum}]));
        }
        Ok(component)
    };
    let components: Vec<Value> =
        linked.iter().map(|package| component(package, "library")).collect::<Result<_, _>>()?;
    let dependencies: Vec<Value> = std::iter::once(root)
        .chain(&linked)
        .map(|package| {
            let on: Vec<String> =
                graph.get(package).into_iter().flatten().map(Package::purl).collect();
            json!({"ref": package.purl(), "dependsOn": on})
        })
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(root, "application")?},
        "components": components,
        "dependencies": dependencies,
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Package, checksums, graph, reached};

    fn named(names: &[&str]) -> BTreeSet<Package> {
        let package = |name: &&str| Package { name: (*name).to_owned(), version: "1.0.0".into() };
        names.iter().map(package).collect()
    }

    fn reach(tree: &str, root: &str) -> BTreeSet<Package> {
        reached(named(&[root]).first().unwrap(), &graph(tree).unwrap())
    }

    #[test]
    fn tree_with_repeated_packages_is_followed() {
        let tree = "0 one v1.0.0 (/here)\n1 a v1.0.0\n2 b v1.0.0\n3 c v1.0.0\n1 d v1.0.0\n\n\
                    0 two v1.0.0 (/here)\n1 b v1.0.0 (*)\n";
        assert_eq!(reach(tree, "one"), named(&["a", "b", "c", "d"]));
        assert_eq!(reach(tree, "two"), named(&["b", "c"]));
        assert!(graph("a v1.0.0").is_err() && graph("0 a").is_err());
    }

    #[test]
    fn checksums_belong_to_packages_of_a_registry() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\
                    source = \"registry\"\nchecksum = \"00ff\"\ndependencies = [\n \"b\",\n]\n\n\
                    [[package]]\nname = \"b\"\nversion = \"1.0.0\"\n";
        let found = checksums(lock);
        assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), named(&["a"]));
        assert!(found.values().eq(["00ff"]));
    }
}
