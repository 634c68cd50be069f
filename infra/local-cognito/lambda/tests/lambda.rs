//! Real processes behind the Runtime API: what Lambda does when things go well and when not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::{Functions, Invoke, Outcome};
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_lambda::{Endpoint, FunctionSettings, Lambda};
use serde_json::{Value, json};
use tokio::sync::watch;

const PATIENCE: Duration = Duration::from_secs(20);

struct Service {
    function: Arc<dyn Invoke>,
    url: String,
    logs: Logs,
    clock: Clock,
    _stop: watch::Sender<()>,
}

impl Service {
    async fn start(environment: &[(&str, &str)], timeout: Duration) -> Self {
        Self::with_program(scripted_function(), environment, timeout).await
    }

    async fn with_program(
        program: PathBuf,
        environment: &[(&str, &str)],
        timeout: Duration,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = watch::channel(());
        let logs = Logs::default();
        let clock = Clock::default();
        let lambda = Lambda::new(&url, "eu-west-1", logs.clone(), clock.clone(), stopped);
        let function = lambda.function(FunctionSettings {
            memory: 256,
            name: "scripted".to_owned(),
            program,
            environment: environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            timeout,
        });
        let functions = Functions::default();
        functions.put("scripted", Arc::clone(&function));
        let router = lambda.router(functions);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { function, url, logs, clock, _stop: stop }
    }

    async fn ask(&self, event: Value) -> Value {
        match self.invoke(event, PATIENCE).await {
            Outcome::Returned(answer) => serde_json::from_slice(&answer).unwrap(),
            other => panic!("no answer but {other:?}"),
        }
    }

    async fn invoke(&self, event: Value, limit: Duration) -> Outcome {
        let payload = event.to_string().into_bytes();
        self.function.invoke(payload, limit).await
    }

    async fn error(&self, event: Value) -> (String, String) {
        match self.invoke(event, PATIENCE).await {
            Outcome::Failed { error_type, error_message } => (error_type, error_message),
            other => panic!("no error but {other:?}"),
        }
    }
}

/// The example binary, which every `cargo test -p local-cognito-lambda` builds beside the tests.
fn scripted_function() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.parent().and_then(std::path::Path::parent).unwrap();
    let program =
        target.join("examples").join(format!("scripted_function{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "run `cargo test -p local-cognito-lambda`: it builds {}",
        program.display()
    );
    program
}

#[tokio::test]
async fn a_warm_process_serves_one_invocation_after_the_other() {
    let service = Service::start(&[], PATIENCE).await;
    let first = service.ask(json!({})).await;
    let second = service.ask(json!({})).await;
    assert_eq!(first["process"], second["process"]);
    assert_ne!(first["request_id"], second["request_id"]);
}

#[tokio::test]
async fn the_deadline_is_now_plus_the_time_out_of_the_function() {
    let service = Service::start(&[], Duration::from_secs(7)).await;
    let before = Clock::default().now_millis() + 7_000;
    let answer = service.ask(json!({})).await;
    let after = Clock::default().now_millis() + 7_000;
    let deadline = answer["deadline"].as_u64().unwrap();
    assert!((before..=after).contains(&deadline), "{before} {deadline} {after}");
    assert_eq!(answer["arn"], "arn:aws:lambda:eu-west-1:000000000000:function:scripted");
}

#[tokio::test]
async fn overlapping_invocations_run_in_two_processes() {
    let service = Service::start(&[], PATIENCE).await;
    let event = json!({"do": "sleep", "number": 300});
    let (first, second) = tokio::join!(service.ask(event.clone()), service.ask(event));
    assert_ne!(first["process"], second["process"]);
}

#[tokio::test]
async fn a_process_sees_only_what_lambda_and_its_settings_give_it() {
    let service = Service::start(&[("CHALLENGES_TABLE", "lifeguard-challenges")], PATIENCE).await;
    let answer = service.ask(json!({})).await;
    let mut names: Vec<&str> = answer["environment"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| pair[0].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_DEFAULT_REGION",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_VERSION",
            "AWS_LAMBDA_RUNTIME_API",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "CHALLENGES_TABLE",
            "LAMBDA_TASK_ROOT",
            "PATH",
            "TZ",
            "_X_AMZN_TRACE_ID",
        ]
    );
}

/// Returns the seconds by which a process was told that the clock is ahead.
fn clock_ahead(answer: &Value) -> Option<&str> {
    let variables = answer["environment"].as_array().unwrap();
    let told = variables.iter().find(|pair| pair[0] == "LOCAL_COGNITO_CLOCK_AHEAD");
    told.map(|pair| pair[1].as_str().unwrap())
}

#[tokio::test]
async fn moved_clock_replaces_an_idle_process_once() {
    let service = Service::start(&[], PATIENCE).await;
    let before = service.ask(json!({})).await;
    assert_eq!(clock_ahead(&before), None);
    for (seconds, ahead) in [(3_600, "3600"), (60, "3660")] {
        service.clock.advance(Duration::from_secs(seconds));
        let after = service.ask(json!({})).await;
        let warm = service.ask(json!({})).await;
        assert_ne!(after["process"], before["process"]);
        assert_eq!(clock_ahead(&after), Some(ahead));
        assert_eq!(after["process"], warm["process"]);
    }
}

#[tokio::test]
async fn moved_clock_replaces_every_idle_process() {
    let service = Service::start(&[], PATIENCE).await;
    let event = json!({"do": "sleep", "number": 200});
    let both = tokio::join!(service.ask(event.clone()), service.ask(event.clone()));
    service.clock.advance(Duration::from_secs(60));
    let moved = tokio::join!(service.ask(event.clone()), service.ask(event));
    for after in [&moved.0, &moved.1] {
        assert_eq!(clock_ahead(after), Some("60"));
        assert!(after["process"] != both.0["process"] && after["process"] != both.1["process"]);
    }
}

#[tokio::test]
async fn moved_clock_leaves_an_invocation_in_flight_alone() {
    let service = Service::start(&[], PATIENCE).await;
    let warm = service.ask(json!({})).await;
    let move_it = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        service.clock.advance(Duration::from_secs(60));
        service.ask(json!({})).await
    };
    let slow = service.ask(json!({"do": "sleep", "number": 400}));
    let (in_flight, beside) = tokio::join!(slow, move_it);
    assert_eq!((&in_flight["process"], clock_ahead(&in_flight)), (&warm["process"], None));
    assert_eq!(clock_ahead(&beside), Some("60"));
    let both = tokio::join!(service.ask(json!({})), service.ask(json!({})));
    for after in [&both.0, &both.1] {
        assert_eq!(clock_ahead(after), Some("60"));
        assert_ne!(after["process"], warm["process"]);
    }
}

#[tokio::test]
async fn a_handled_error_keeps_its_words_and_the_process() {
    let service = Service::start(&[], PATIENCE).await;
    let before = service.ask(json!({})).await;
    let (_, message) = service.error(json!({"do": "fail"})).await;
    let after = service.ask(json!({})).await;
    assert_eq!(message, "as the event asked");
    assert_eq!(before["process"], after["process"]);
}

#[tokio::test]
async fn crash_is_an_exit_error_and_ends_only_that_process() {
    let service = Service::start(&[], PATIENCE).await;
    let before = service.ask(json!({})).await;
    let (kind, message) = service.error(json!({"do": "exit", "number": 129})).await;
    let after = service.ask(json!({})).await;
    assert_eq!(kind, "Runtime.ExitError");
    assert!(message.starts_with("RequestId: "), "{message}");
    assert!(message.ends_with(" Error: Runtime exited with error: exit status 129"), "{message}");
    assert_ne!(before["process"], after["process"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_is_named() {
    let service = Service::start(&[], PATIENCE).await;
    let (_, message) = service.error(json!({"do": "abort"})).await;
    assert!(message.ends_with("signal: aborted"), "{message}");
}

#[tokio::test]
async fn a_process_that_ends_while_idle_costs_no_invocation() {
    let service = Service::start(&[], PATIENCE).await;
    let before = service.ask(json!({})).await;
    let killed = std::process::Command::new("kill")
        .args(["-9", &before["process"].to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let deadline = Instant::now() + PATIENCE;
    let mut after = before.clone();
    while after["process"] == before["process"] && Instant::now() < deadline {
        if let Outcome::Returned(answer) = service.invoke(json!({}), PATIENCE).await {
            after = serde_json::from_slice(&answer).unwrap();
        }
    }
    assert_ne!(before["process"], after["process"]);
}

#[tokio::test]
async fn the_time_out_of_the_function_kills_and_replaces_the_process() {
    let service = Service::start(&[], Duration::from_millis(500)).await;
    let before = service.ask(json!({})).await;
    let (kind, message) = service.error(json!({"do": "sleep", "number": 60_000})).await;
    let after = service.ask(json!({})).await;
    assert_eq!(kind, "Sandbox.Timedout");
    assert!(message.contains("Z "), "{message}");
    assert!(
        message.contains(" Task timed out after ") && message.ends_with(" seconds"),
        "{message}"
    );
    assert_ne!(before["process"], after["process"]);
}

#[tokio::test]
async fn a_late_answer_is_dropped_and_the_process_goes_on() {
    let service = Service::start(&[], PATIENCE).await;
    let warm = service.ask(json!({})).await;
    let slow = json!({"do": "sleep", "number": 300});
    let outcome = service.invoke(slow, Duration::from_millis(100)).await;
    assert_eq!(outcome, Outcome::CallerTimedOut);
    tokio::time::sleep(Duration::from_millis(900)).await;
    let after = service.ask(json!({})).await;
    assert_eq!(warm["process"], after["process"]);
}

#[tokio::test]
async fn a_start_error_fails_the_invocation_and_is_shown_once() {
    let service = Service::start(&[("START", "report")], PATIENCE).await;
    for _ in 0..2 {
        let (kind, message) = service.error(json!({})).await;
        assert_eq!(kind, "Settings");
        assert_eq!(message, "POLICY is missing");
    }
    assert_eq!(service.logs.lines("scripted"), ["failed to start: POLICY is missing"]);
}

#[tokio::test]
async fn process_that_ends_early_is_tried_once_per_invocation() {
    let service = Service::start(&[("START", "exit")], PATIENCE).await;
    let (kind, message) = service.error(json!({})).await;
    assert_eq!(kind, "Runtime.ExitError");
    assert!(message.ends_with("exit status 3"), "{message}");
    assert_eq!(
        service.logs.lines("scripted"),
        ["ended before it asked for an event: Runtime exited with error: exit status 3"]
    );
}

#[tokio::test]
async fn a_missing_binary_is_named() {
    let missing = PathBuf::from("/nowhere/scripted");
    let service = Service::with_program(missing, &[], PATIENCE).await;
    let (kind, message) = service.error(json!({})).await;
    assert_eq!(kind, "Runtime.InvalidEntrypoint");
    assert!(message.contains("/nowhere/scripted"), "{message}");
}

#[tokio::test]
async fn lines_of_a_process_are_kept_under_its_name() {
    let service = Service::start(&[], PATIENCE).await;
    let answer = service.ask(json!({"do": "say"})).await;
    let expected = format!("hello from {}", answer["process"]);
    let deadline = Instant::now() + PATIENCE;
    while !service.logs.lines("scripted").contains(&expected) {
        assert!(Instant::now() < deadline, "{:?}", service.logs.all());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_invoke_api_marks_function_errors_and_queues_events() {
    let service = Service::start(&[], PATIENCE).await;
    let url = format!("{}/2015-03-31/functions/scripted/invocations", service.url);
    let client = reqwest::Client::new();
    let failed = client.post(&url).body(r#"{"do":"fail"}"#).send().await.unwrap();
    assert_eq!(failed.status(), 200);
    assert_eq!(failed.headers()["x-amz-function-error"], "Unhandled");
    let error: Value = failed.json().await.unwrap();
    assert_eq!(error["errorMessage"], "as the event asked");

    let queued = client
        .post(&url)
        .header("x-amz-invocation-type", "Event")
        .body(r#"{"do":"sleep","number":500}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(queued.status(), 202);

    let unknown = url.replace("scripted", "unknown");
    let unknown = client.post(unknown).body("{}").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(unknown.headers()["x-amzn-errortype"], "ResourceNotFoundException");
}

#[tokio::test]
async fn function_behind_an_endpoint_has_equal_outcomes() {
    let service = Service::start(&[], PATIENCE).await;
    let endpoint = Endpoint::new(reqwest::Client::new(), &service.url, "scripted");
    let event = |event: Value| event.to_string().into_bytes();

    let answered = endpoint.invoke(event(json!({})), PATIENCE).await;
    assert!(matches!(answered, Outcome::Returned(_)), "{answered:?}");

    let failed = endpoint.invoke(event(json!({"do": "fail"})), PATIENCE).await;
    let Outcome::Failed { error_message, .. } = failed else {
        panic!("{failed:?}");
    };
    assert_eq!(error_message, "as the event asked");

    let slow = event(json!({"do": "sleep", "number": 400}));
    let late = endpoint.invoke(slow, Duration::from_millis(50)).await;
    assert_eq!(late, Outcome::CallerTimedOut);

    let unknown = Endpoint::new(reqwest::Client::new(), &service.url, "unknown");
    assert_eq!(
        unknown.invoke(event(json!({})), PATIENCE).await,
        Outcome::Refused("ResourceNotFoundException".to_owned())
    );
}
