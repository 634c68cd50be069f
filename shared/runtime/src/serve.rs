//! The loop around a handler.

use std::cell::Cell;
use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use lambda_runtime::{Context, Diagnostic, LambdaEvent, service_fn};
use lifeguard_cognito_events::TriggerSource;
use serde_json::Value;
#[cfg(not(feature = "otel"))]
use tracing::Instrument;
use tracing::Span;

use crate::answer::{Answer, Failure, Reply};
use crate::metric::{Embedded, REFUSALS, Values};
#[cfg(feature = "otel")]
use crate::otel;
use crate::{clock, line, log, trace_header};

/// Outcome of a refusal.
const REFUSED: &str = "refused";

/// Deadline of a handler, from receipt. Cognito gives up after 5 s, in which the first event also
/// waits for the start, up to half a second of opening connections included; the context's own
/// deadline is not used, because `cargo lambda watch` sends one in 1970.
pub const DEADLINE: Duration = Duration::from_millis(3500);

/// Longest time that the calls of a handler may take together, for a handler that answers in spite
/// of them: less than the deadline, after which the caller gets an error.
pub const CALLS_LIMIT: Duration = Duration::from_secs(3);

/// Takes events until the process ends; `service` names the function in the log.
///
/// Every invocation leaves one summary line. A panic and a handler that takes too long are
/// faults: the caller reads "Try again later", and the instance takes the next event.
pub async fn serve(service: &'static str, handle: impl AsyncFn(Value) -> Answer) -> ExitCode {
    let (handle, cold_start) = (&handle, &Cell::new(true));
    let take = service_fn(move |event| take(service, event, cold_start, handle));
    match lambda_runtime::run(take).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(target: "lifeguard", "the Runtime API failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Takes one event; `cold_start` is true until the first one of the process.
async fn take(
    service: &str,
    event: LambdaEvent<Value>,
    cold_start: &Cell<bool>,
    handle: &impl AsyncFn(Value) -> Answer,
) -> Result<Value, Diagnostic> {
    let (event, context) = event.into_parts();
    let span = span(&context, cold_start.replace(false));
    // Boxed, because the compiler refuses to lay out futures as deeply nested as the SDK's.
    let invocation: LocalBoxFuture<'_, _> = Box::pin(invoke(service, event, handle));
    #[cfg(feature = "otel")]
    {
        otel::trace(span, context.xray_trace_id.as_deref(), invocation).await
    }
    #[cfg(not(feature = "otel"))]
    {
        invocation.instrument(span).await
    }
}

/// Opens the span of an invocation, with what each of its lines says. It is of the highest level, so
/// that lines keep it at any `RUST_LOG`.
fn span(context: &Context, cold_start: bool) -> Span {
    let function_request_id = id(&context.request_id);
    let xray_trace_id = context.xray_trace_id.as_deref().and_then(trace_header::root);
    tracing::error_span!(
        target: "lifeguard", line::INVOCATION, cold_start, function_request_id, xray_trace_id
    )
}

async fn invoke(
    service: &str,
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
    record(service, &header, &answer, started.elapsed());
    // A sleep of no time would take until the timer's next millisecond.
    if let Ok(reply) = &answer
        && !reply.wait.is_zero()
    {
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

fn record(service: &str, header: &Header, answer: &Answer, elapsed: Duration) {
    let Header { source, pool, client, request } = header;
    let request = request.as_deref();
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let counted = counted(service, header, answer);
    let metrics = counted.as_ref().map(|counted| counted as &(dyn Error + 'static));
    match answer {
        Ok(reply) => {
            let source = reply.source.as_deref().unwrap_or(source);
            match &reply.fault {
                None => tracing::info!(
                    target: "lifeguard", metrics, source, request, pool, client,
                    method = reply.method, outcome = reply.outcome, code = reply.code,
                    record = reply.record.as_deref(), duration_ms,
                    "{service} answered: {}", reply.outcome
                ),
                Some(fault) => tracing::error!(
                    target: "lifeguard", metrics, source, request, pool, client,
                    method = reply.method, outcome = reply.outcome, code = reply.code, duration_ms,
                    "{service} answered in spite of a fault: {fault}"
                ),
            }
        }
        Err(Failure::Refused { code, .. }) => tracing::info!(
            target: "lifeguard", metrics, source, request, pool, client,
            outcome = REFUSED, code, duration_ms,
            "{service} refused: {code}"
        ),
        Err(Failure::Fault(fault)) => tracing::error!(
            target: "lifeguard", source, request, pool, client,
            outcome = "fault", code = "Fault", duration_ms,
            "{service} failed: {fault}"
        ),
        Err(Failure::RefusedAfter { code, fault, .. }) => tracing::error!(
            target: "lifeguard", source, request, pool, client,
            outcome = "fault", code, duration_ms,
            "{service} failed: {fault}"
        ),
    }
}

/// Returns the metrics of the summary line: those of the reply, and the refusals of triggers.
fn counted(service: &str, header: &Header, answer: &Answer) -> Option<Embedded> {
    let values = Values { service, client: &header.client, ..Values::default() };
    let (metrics, values) = match answer {
        Ok(Reply { metrics, method, outcome, code, .. }) => {
            (*metrics, Values { method: method.unwrap_or_default(), outcome, code, ..values })
        }
        Err(Failure::Refused { code, .. }) if header.source != "-" => {
            ([REFUSALS].as_slice(), Values { outcome: REFUSED, code, ..values })
        }
        Err(_) => return None,
    };
    Embedded::new(metrics, values, log::namespace(), clock::wall_milliseconds())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::{DEADLINE, Header, invoke, take};
    use crate::answer::{Failure, Reply};
    use crate::log;
    use crate::metric::{Dimension, Metric};
    use futures_util::FutureExt;
    use lambda_runtime::{Context, LambdaEvent};
    use lifeguard_testkit::LogLines;
    use serde_json::{Value, json};
    use tracing_subscriber::layer::SubscriberExt;

    const TRACE: &str =
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    const ISSUED: [Metric; 1] =
        [Metric { name: "Issued", by: &[&[Dimension::Client], &[Dimension::Method]] }];

    /// Returns the lines of invocations of one process, one for each event.
    fn lines(
        level: Option<&str>,
        events: impl IntoIterator<Item = Value>,
        handle: impl AsyncFn(Value) -> crate::answer::Answer,
    ) -> Vec<String> {
        let output = LogLines::default();
        let writer = output.clone();
        let lines = log::lines("greeter", move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(lines).with(log::filter(level));
        let cold_start = Cell::new(true);
        tracing::subscriber::with_default(subscriber, || {
            for (number, payload) in events.into_iter().enumerate() {
                let mut context = Context::default();
                context.request_id = format!("request-{number}");
                context.xray_trace_id = Some(TRACE.to_owned());
                let event = LambdaEvent { payload, context };
                let _ = runtime().block_on(take("greeter", event, &cold_start, &handle));
            }
        });
        output.text().lines().map(str::to_owned).collect()
    }

    /// Returns a line with its two times masked.
    fn masked(line: &str) -> String {
        let mut text = line.to_owned();
        for (before, after) in [("{\"timestamp\":\"", "\""), ("{\"Timestamp\":", ",")] {
            if let Some((front, rest)) = text.clone().split_once(before) {
                let (_, rest) = rest.split_once(after).unwrap();
                text = format!("{front}{before}TIME{after}{rest}");
            }
        }
        text
    }

    fn event() -> Value {
        json!({
            "triggerSource": "CreateAuthChallenge_Authentication",
            "userPoolId": "eu-west-1_Ab12",
            "callerContext": {"clientId": "1webclient"},
        })
    }

    #[test]
    fn summary_line_has_the_names_of_powertools_and_its_metrics() {
        let reply = |event| Reply::new(event, "issued").with_method("CODE").counted_in(&ISSUED);
        let lines = lines(None, [event()], async |event| Ok(reply(event)));
        let expected = concat!(
            r#"{"timestamp":"TIME","cold_start":true,"function_request_id":"request-0","#,
            r#""xray_trace_id":"1-5759e988-bd862e3fe1be46a994272793","#,
            r#""_aws":{"Timestamp":TIME,"CloudWatchMetrics":[{"Dimensions":[["client"],["method"]],"#,
            r#""Metrics":[{"Name":"Issued","Unit":"Count"}],"Namespace":"Lifeguard"}]},"Issued":1,"#,
            r#""level":"INFO","service":"greeter","message":"greeter answered: issued","#,
            r#""source":"CreateAuthChallenge_Authentication","pool":"eu-west-1_Ab12","#,
            r#""client":"1webclient","method":"CODE","outcome":"issued","code":"","duration_ms":0,"#,
            r#""target":"lifeguard"}"#,
        );
        assert_eq!(lines.iter().map(|line| masked(line)).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn refusal_of_a_trigger_counts_by_its_code() {
        let refuse =
            async |_| Err(Failure::Refused { code: "No", sentence: "Not today".to_owned() });
        let counted = |event| lines(None, [event], refuse).concat().contains("\"Refusals\":1");
        assert!(counted(event()));
        assert!(!counted(json!({"action": "sweep"})), "a caller of the operator is no client");
    }

    #[test]
    fn fault_counts_in_no_metric() {
        let lines = lines(None, [event()], async |_| Err(Failure::Fault("gone".to_owned())));
        assert!(!lines.concat().contains("_aws"), "{lines:?}");
    }

    #[test]
    fn cold_start_is_true_for_the_first_invocation_alone() {
        let events = [event(), event(), event()];
        let lines = lines(None, events, async |event| Ok(Reply::new(event, "done")));
        let values: Vec<Value> =
            lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let cold: Vec<&Value> = values.iter().map(|line| &line["cold_start"]).collect();
        assert_eq!(cold, [true, false, false]);
        assert_eq!(values[2]["function_request_id"], "request-2");
    }

    #[test]
    fn every_line_of_an_invocation_names_it_at_any_level() {
        for level in [None, Some("error"), Some("warn"), Some("debug")] {
            let lines = lines(level, [event()], async |event| {
                tracing::error!(target: "lifeguard", part = 1.5, "first\n\"line\"");
                Ok(Reply::despite(event, &std::io::Error::other("second")))
            });
            assert_eq!(lines.len(), 2, "{level:?}");
            for line in &lines {
                let line: Value = serde_json::from_str(line).unwrap();
                assert_eq!(line["service"], "greeter");
                assert_eq!(line["cold_start"], true);
                assert_eq!(line["function_request_id"], "request-0");
                assert_eq!(line["xray_trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
            }
        }
    }

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
    fn answer_without_a_wait_is_given_at_once() {
        let handle = async |event| Ok(Reply::new(event, "done"));
        runtime().block_on(async {
            // Between two ticks of the timer, as always in the time of the world.
            tokio::time::advance(Duration::from_micros(100)).await;
            assert!(invoke("test", json!({}), &handle).now_or_never().is_some());
        });
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
