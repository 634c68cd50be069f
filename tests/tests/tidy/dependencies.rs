//! Rules for the packages that a crate may depend on.

use std::collections::BTreeSet;
use std::process::Command;

use regex::Regex;

use crate::files::{folders, functions, read, root, sources, without_tests};

/// The crates that decide and therefore know neither the world nor the time.
const PURE_CRATES: [&str; 4] = ["cognito-events", "identity", "sign-in", "sign-up"];

/// The shared crates that may name the AWS SDK.
const CRATES_WITH_AWS: [&str; 2] = ["aws", "store"];

#[test]
fn only_two_shared_crates_name_the_sdk() {
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

/// OpenTelemetry costs nothing while it is off, and brings no second HTTP or TLS stack while it is on.
#[test]
fn opentelemetry_is_linked_with_its_feature_alone() {
    for function in functions() {
        let linked = linked(&function, &[]);
        let found: Vec<_> = linked.iter().filter(|name| is_of_traces(name)).collect();
        assert!(found.is_empty(), "{function} links {found:?}");
        assert!(linked.contains("lifeguard-runtime"), "{function}: {linked:?}");
    }
    let without = linked("define-auth-challenge", &[]);
    let with = linked("define-auth-challenge", &["--features", "lifeguard-runtime/otel"]);
    assert!(with.iter().filter(|name| is_of_traces(name)).count() >= 5, "{with:?}");
    for name in ["reqwest", "ureq", "h2", "rustls", "openssl", "native-tls", "tonic", "curl"] {
        assert!(!with.contains(name), "{name} comes with the feature");
    }
    assert!(without.is_subset(&with), "{:?}", without.difference(&with));
}

/// The pool of connections is compiled once for all packages that are built together, so no package
/// may turn HTTP/2 on in it: whatever is released with that package would carry it.
#[test]
fn no_function_carries_http_2() {
    let features = tree(&["--workspace", "--edges", "normal,features", "--invert", "hyper-util"]);
    assert!(features.contains("hyper-util feature \"http1\""), "{features}");
    assert!(!features.contains("hyper-util feature \"http2\""), "{features}");
    for function in functions() {
        let linked = linked(&function, &[]);
        let found = linked.contains("h2") || linked.contains("aws-smithy-http-client");
        assert!(!found, "{function}: {linked:?}");
    }
}

fn is_of_traces(package: &str) -> bool {
    package.contains("opentelemetry") || package.contains("prost")
}

/// Returns the packages that a function links, as cargo resolves its features.
fn linked(function: &str, features: &[&str]) -> BTreeSet<String> {
    let lines = tree(&[&["--edges", "normal", "--package", function], features].concat());
    let names = lines.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

fn tree(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--target", "x86_64-unknown-linux-gnu"])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn pure_crates_do_no_io() {
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
fn dependencies_are_found_in_every_notation() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\"\n\
                    c = { package = \"d\" }\n[dev-dependencies.e]\npath = \"e\"\n[features]\nf = []\n";
    let expected = ["a", "b", "c", "d", "e"];
    assert_eq!(dependencies(manifest), expected.map(str::to_owned).into());
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
