//! The program as a person starts it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_local-cognito"))
}

/// A folder with a file named like a function, so that nothing is built.
fn functions(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("pre-sign-up"), "").unwrap();
    folder
}

#[track_caller]
fn check_refused(output: &Output, expected: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains(expected), "{error}");
    assert_eq!(output.status.code(), Some(1), "{error}");
}

#[test]
fn a_port_in_use_is_said_in_a_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output =
        program().args(["--port", &port, "--functions"]).arg(functions("port")).output().unwrap();
    check_refused(&output, &format!("Port {port} is in use"));
}

#[test]
fn a_folder_without_functions_is_named() {
    let output = program().args(["--port", "0", "--functions", "/nowhere"]).output().unwrap();
    check_refused(&output, "There is no folder /nowhere");
}

#[test]
fn a_workspace_that_does_not_build_ends_the_start() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("broken-workspace");
    let package = folder.join("functions").join("broken");
    std::fs::create_dir_all(package.join("src")).unwrap();
    std::fs::write(
        folder.join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"functions/*\"]\n",
    )
    .unwrap();
    std::fs::write(
        package.join("Cargo.toml"),
        "[package]\nname = \"broken\"\nedition = \"2024\"\n",
    )
    .unwrap();
    std::fs::write(package.join("src/main.rs"), "fn main() { nonsense }\n").unwrap();
    let output = program().args(["--port", "0", "--workspace"]).arg(&folder).output().unwrap();
    check_refused(&output, "The functions could not be built");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("nonsense"), "{error}");
}

#[test]
fn it_prints_what_a_client_needs_and_stops_when_told_to() {
    let mut child: Child = program()
        .args(["--port", "0", "--functions"])
        .arg(functions("greeting"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .take_while(|line| line != "Ctrl-C stops it.")
        .collect();
    let killed = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(lines[0].starts_with("http://localhost:"), "{lines:?}");
    let text = lines.join("\n");
    for needed in
        ["eu-west-1_Lifeguard", "1webclient0000000000000000", "1passwordless0000000000000"]
    {
        assert!(text.contains(needed), "{text}");
    }
}
