//! Runs a function's real binary with nothing behind it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Starts a function's binary with these variables alone and returns the complaints of its one
/// log line. The Runtime API it is told of does not exist, so a function that polled would say so.
#[must_use]
pub fn complaints(binary: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let mut child = Command::new(binary)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
        .env("AWS_LAMBDA_FUNCTION_NAME", "test")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let output = child.stdout.take().expect("its output is piped");
    let lines: Vec<String> = BufReader::new(output).lines().map_while(Result::ok).collect();
    let status = child.wait().expect("the binary ends");
    assert!(!status.success(), "it exits with an error");
    let [line] = lines.as_slice() else { panic!("one line, not {lines:?}") };
    let line: Value = serde_json::from_str(line).expect("the line is JSON");
    let message = line["message"].as_str().expect("the line has a message");
    let list = message.strip_prefix("the settings are not usable: ").expect("it is about settings");
    list.split("; ").map(str::to_owned).collect()
}
