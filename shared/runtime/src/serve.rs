//! The loop around a handler.

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use lifeguard_cognito_events::TriggerSource;
use serde_json::Value;

use crate::answer::{Answer, Failure};

/// Deadline of a handler, from receipt. Cognito gives up after 5 s; the context's own
/// deadline is not used, because `cargo lambda watch` sends one in 1970.
pub const DEADLINE: Duration = Duration::from_millis(3500);

/// Longest time that the calls of a handler may take together, for a handler that answers in spite
/// of them: less than the deadline, after which the caller gets an error.
pub const CALLS_LIMIT: Duration = Duration::from_secs(3);

/// Takes events until the process ends; `function` names it in the log.
///
/// Every invocation leaves one summary line. A panic and a handler that takes too long are
/// faults: the caller reads "Try again later", and the instance takes the next event.
pub async fn serve(function: &'static str, handle: impl AsyncFn(Value) -> Answer) -> ExitCode {
    let handle = &handle;
    let service = service_fn(move |event: LambdaEvent<Value>| async move {
        // Boxed, because the compiler refuses to lay out futures as deeply nested as the SDK's.
        let invocation: LocalBoxFuture<'_, _> = Box::pin(invoke(function, event.payload, handle));
        invocation.await
    });
    match lambda_runtime::run(service).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(target: "lifeguard", trigger = function, "the Runtime API failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn invoke(
    function: &'static str,
    event: Value,
    handle: &impl AsyncFn(Value) -> Answer,
) -> Result<Value, Diagnostic> {
    let started = Instant::now();
    let header = Header::parse(&event);
    let caught =
        AssertUnwindSafe(tokio::time::timeout(DEADLINE, handle(event))).catch_unwind().await;
    let answer = match caught {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(Failure::Fault("the deadline passed".to_owned())),
        Err(_) => Err(Failure::Fault("the handler panicked".to_owned())),
    };
    record(function, &header, &answer, started.elapsed());
    if let Ok(reply) = &answer {
        tokio::time::sleep(reply.wait).await;
    }
    answer.map(|reply| reply.payload).map_err(Failure::into_diagnostic)
}

/// The parts of an event that the log may have: names from closed lists, ids of ours and of AWS.
struct Header {
    source: &'static str,
    pool: String,
    client: String,
    /// The id that API Gateway gave the request; its access log has the same.
    request: Option<String>,
}

impl Header {
    fn parse(event: &Value) -> Self {
        let text = |pointer| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        Self {
            source: TriggerSource::parse(text("/triggerSource")).map_or("-", TriggerSource::name),
            pool: id(text("/userPoolId")),
            client: id(text("/callerContext/clientId")),
            request: request(text("/requestContext/requestId")),
        }
    }
}

/// An id as AWS makes them; anything else could be personal data and is not shown.
fn id(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if text.len() <= 128 && text.bytes().all(plain) { text.to_owned() } else { "-".to_owned() }
}

/// An id of API Gateway, which is base64; anything else is left out, as where there is none.
fn request(text: &str) -> Option<String> {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
    let usable = (1..=64).contains(&text.len()) && text.bytes().all(is_base64);
    usable.then(|| text.to_owned())
}

fn record(function: &str, header: &Header, answer: &Answer, elapsed: Duration) {
    let Header { source, pool, client, request } = header;
    let request = request.as_deref();
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    match answer {
        Ok(reply) => {
            let source = reply.source.as_deref().unwrap_or(source);
            match &reply.fault {
                None => tracing::info!(
                    target: "lifeguard", trigger = function, source, request, pool, client,
                    outcome = reply.outcome, code = reply.code, record = reply.record.as_deref(),
                    duration_ms, "{function} answered: {}", reply.outcome
                ),
                Some(fault) => tracing::error!(
                    target: "lifeguard", trigger = function, source, request, pool, client,
                    outcome = reply.outcome, code = reply.code, duration_ms,
                    "{function} answered in spite of a fault: {fault}"
                ),
            }
        }
        Err(Failure::Refused { code, .. }) => tracing::info!(
            target: "lifeguard", trigger = function, source, request, pool, client,
            outcome = "refused", code, duration_ms,
            "{function} refused: {code}"
        ),
        Err(Failure::Fault(fault)) => tracing::error!(
            target: "lifeguard", trigger = function, source, request, pool, client,
            outcome = "fault", code = "Fault", duration_ms,
            "{function} failed: {fault}"
        ),
        Err(Failure::RefusedAfter { code, fault, .. }) => tracing::error!(
            target: "lifeguard", trigger = function, source, request, pool, client,
            outcome = "fault", code, duration_ms,
            "{function} failed: {fault}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{DEADLINE, Header, invoke};
    use crate::answer::{Failure, Reply};
    use serde_json::{Value, json};

    fn run(
        handle: impl AsyncFn(Value) -> crate::answer::Answer,
    ) -> Result<Value, (String, String)> {
        runtime()
            .block_on(invoke("test", json!({"a": 1}), &handle))
            .map_err(|diagnostic| (diagnostic.error_type, diagnostic.error_message))
    }

    fn runtime() -> tokio::runtime::Runtime {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true).build().unwrap()
    }

    fn fault() -> Result<Value, (String, String)> {
        Err(("Fault".to_owned(), "Try again later".to_owned()))
    }

    #[test]
    fn an_answer_goes_back() {
        assert_eq!(run(async |event| Ok(Reply::new(event, "done"))), Ok(json!({"a": 1})));
    }

    #[test]
    fn request_id_is_logged_in_base64_alone() {
        let event = |id: Value| Header::parse(&json!({"requestContext": {"requestId": id}}));
        assert_eq!(event(json!("JKJaXmPLvHcESHA=")).request.as_deref(), Some("JKJaXmPLvHcESHA="));
        for other in [
            json!(""),
            json!(7),
            json!(null),
            json!("noor@example.net"),
            json!("203.0.113.7"),
            json!("2001:db8::7"),
            json!("a\nb"),
            json!("x".repeat(65)),
        ] {
            assert_eq!(event(other.clone()).request, None, "{other}");
        }
    }

    #[test]
    fn answer_waits_beyond_the_deadline() {
        let wait = DEADLINE * 10;
        let runtime = runtime();
        let waited = runtime.block_on(async {
            let started = tokio::time::Instant::now();
            let handle = async |event| Ok(Reply::new(event, "done").after(wait));
            invoke("test", json!({}), &handle).await.unwrap();
            started.elapsed()
        });
        assert_eq!(waited, wait);
    }

    #[test]
    fn a_panic_is_a_fault_and_its_text_stays_here() {
        assert_eq!(run(async |_| panic!("noor@example.net")), fault());
    }

    #[test]
    fn a_handler_that_never_ends_is_a_fault() {
        assert_eq!(run(async |_| std::future::pending().await), fault());
    }

    #[test]
    fn a_refusal_is_read_by_the_caller() {
        let refused = Failure::Refused { code: "No", sentence: "Not today".to_owned() };
        let refused = std::cell::Cell::new(Some(refused));
        let answer = run(async |_| Err(refused.take().unwrap()));
        assert_eq!(answer, Err(("No".to_owned(), "Not today".to_owned())));
    }

    #[test]
    fn refusal_after_a_fault_tells_its_sentence_and_not_the_fault() {
        let (code, sentence) = ("No", "Not today".to_owned());
        let fault = "table challenges is gone".to_owned();
        let refused = std::cell::Cell::new(Some(Failure::RefusedAfter { code, sentence, fault }));
        let answer = run(async |_| Err(refused.take().unwrap()));
        assert_eq!(answer, Err(("No".to_owned(), "Not today".to_owned())));
    }
}
