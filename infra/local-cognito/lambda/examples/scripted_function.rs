//! A function that does what its event says: the other side of the Runtime API in tests.

use std::process::ExitCode;
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let setting = std::env::vars().find_map(|(name, value)| (name == "START").then_some(value));
    match setting.as_deref() {
        Some("exit") => return ExitCode::from(3),
        Some("report") => {
            report_start_error();
            return ExitCode::FAILURE;
        }
        _ => {}
    }
    match lambda_runtime::run(service_fn(perform)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

async fn perform(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let number = event.payload.get("number").and_then(Value::as_u64);
    let number = number.unwrap_or_default();
    match event.payload.get("do").and_then(Value::as_str) {
        Some("exit") => std::process::exit(i32::try_from(number).unwrap_or_default()),
        Some("abort") => std::process::abort(),
        Some("fail") => return Err("as the event asked".into()),
        Some("sleep") => tokio::time::sleep(Duration::from_millis(number)).await,
        Some("say") => eprintln!("hello from {}", std::process::id()),
        _ => {}
    }
    let environment: Vec<(String, String)> = std::env::vars().collect();
    Ok(json!({
        "process": std::process::id(),
        "deadline": event.context.deadline,
        "request_id": event.context.request_id,
        "arn": event.context.invoked_function_arn,
        "environment": environment,
    }))
}

fn report_start_error() {
    use std::io::{Read, Write};
    let setting = std::env::vars().find(|(name, _)| name == "AWS_LAMBDA_RUNTIME_API");
    let Some((_, url)) = setting else { return };
    let Some((host, path)) = url.trim_start_matches("http://").split_once('/') else {
        return;
    };
    let body = r#"{"errorType":"Settings","errorMessage":"POLICY is missing"}"#;
    let Ok(mut stream) = std::net::TcpStream::connect(host) else {
        return;
    };
    let request = format!(
        "POST /{path}/2018-06-01/runtime/init/error HTTP/1.1\r\nhost: {host}\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    if stream.write_all(request.as_bytes()).is_ok() {
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
    }
}
