//! Runs a function's real binary with nothing behind it.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Starts a function's binary with these variables alone and returns the complaints of its one
/// log line. The Runtime API it is told of does not exist, so a function that polled would say so.
#[must_use]
pub fn complaints(binary: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let message = failed_start(binary, variables);
    let list = message.strip_prefix("the settings are not usable: ").expect("it is about settings");
    list.split("; ").map(str::to_owned).collect()
}

/// Starts a function's binary with these variables alone, and returns the message of its one log
/// line after it exited with an error.
#[must_use]
pub fn failed_start(binary: &str, variables: &[(&str, &str)]) -> String {
    let mut child = spawn(binary, "127.0.0.1:9", variables);
    let messages = messages(&mut child);
    let status = child.wait().expect("the binary ends");
    assert!(!status.success(), "it exits with an error");
    let [message] = messages.as_slice() else { panic!("one line, not {messages:?}") };
    message.clone()
}

/// Starts a function's binary with these variables and an endpoint of AWS that refuses every
/// connection, until it asks for its first event; returns the messages of its log lines.
#[must_use]
pub fn start_without_aws(binary: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address").to_string();
    let surroundings = [
        ("AWS_ENDPOINT_URL", "https://127.0.0.1:9"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    let mut child = spawn(binary, &address, &[&surroundings, variables].concat());
    let (mut stream, _) = listener.accept().expect("the function asks");
    let mut begin = [0; 40];
    stream.read_exact(&mut begin).expect("it asks for something");
    assert_eq!(&begin, b"GET /2018-06-01/runtime/invocation/next ");
    child.kill().expect("it still runs");
    let messages = messages(&mut child);
    child.wait().expect("the binary ends");
    messages
}

fn spawn(binary: &str, runtime_api: &str, variables: &[(&str, &str)]) -> Child {
    Command::new(binary)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_LAMBDA_FUNCTION_NAME", "test")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

/// Returns the messages of all log lines of a process until its output ends.
fn messages(child: &mut Child) -> Vec<String> {
    let output = child.stdout.take().expect("its output is piped");
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    let lines = lines.map(|line| serde_json::from_str(&line).expect("the line is JSON"));
    lines
        .map(|line: Value| line["message"].as_str().expect("the line has a message").to_owned())
        .collect()
}
