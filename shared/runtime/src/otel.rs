//! Traces for an OpenTelemetry collector: one span for each invocation, and below it one for each
//! call of AWS, which the SDK's own spans mark.

mod collector;

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    TracerProvider,
};
use opentelemetry::{Context, Key};
use opentelemetry_otlp::{ExporterBuildError, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    Sampler, SdkTracerProvider, Span as SdkSpan, SpanData, SpanEvents, SpanExporter, SpanLinks,
    SpanProcessor,
};
use tracing::{Instrument, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use self::collector::Collector;
use crate::line::INVOCATION;
use crate::trace_header;

/// Collector of the Lambda layers of OpenTelemetry, if no variable names another.
const USUAL_ENDPOINT: &str = "http://localhost:4318";
/// The longest time that the end of an invocation waits for the collector.
const LIMIT: Duration = Duration::from_millis(200);

/// The attributes that leave the process, and their names in the semantic conventions. Nothing else
/// does, whatever a span of ours or of the SDK has.
/// <https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/>
const ATTRIBUTES: [(&str, &str); 5] = [
    ("cold_start", "faas.coldstart"),
    ("function_request_id", "faas.invocation_id"),
    ("rpc.system", "rpc.system"),
    ("rpc.service", "rpc.service"),
    ("rpc.method", "rpc.method"),
];

static TRACES: OnceLock<Traces> = OnceLock::new();
/// True once a log line has said that the collector fails.
static REPORTED: AtomicBool = AtomicBool::new(false);

/// Spans of this process and the way to the collector.
struct Traces {
    finished: Finished,
    exporter: opentelemetry_otlp::SpanExporter,
}

/// Returns the layer that makes spans of the invocations of a function; none if the endpoint is no
/// address.
pub(crate) fn layer<S>(
    service: &'static str,
    endpoint: Option<&str>,
) -> Option<impl Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let resource = Resource::builder_empty().with_service_name(service).build();
    let finished = Finished { service, spans: Arc::default() };
    let exporter = exporter(endpoint.unwrap_or(USUAL_ENDPOINT), &resource).ok()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
        .with_span_processor(finished.clone())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("lifeguard"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_level(false)
        .with_target(false)
        .with_filter(filter_fn(is_traced));
    let _ = TRACES.set(Traces { finished, exporter });
    Some(layer)
}

fn exporter(
    endpoint: &str,
    resource: &Resource,
) -> Result<opentelemetry_otlp::SpanExporter, ExporterBuildError> {
    let endpoint = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let mut exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Collector::new(LIMIT))
        .with_endpoint(endpoint)
        .with_timeout(LIMIT)
        .build()?;
    exporter.set_resource(resource);
    Ok(exporter)
}

/// Chooses spans: invocations, and operations of the SDK. Events are lines of the log and no part of
/// a trace.
fn is_traced(metadata: &Metadata<'_>) -> bool {
    let is_call =
        metadata.target().starts_with("aws_sdk_") && metadata.target().contains("::operation::");
    metadata.is_span() && (metadata.name() == INVOCATION || is_call)
}

/// Awaits an invocation in its span and sends its trace, which goes on from the trace header of the
/// event. An error marks the span; its text stays here.
pub(crate) async fn trace<T, E>(
    span: Span,
    header: Option<&str>,
    invocation: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    if let Some(parent) = header.and_then(parent) {
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
    let answer = invocation.instrument(span.clone()).await;
    if answer.is_err() {
        span.set_status(Status::error(""));
    }
    // The span ends here, so that it is among those that are sent.
    drop(span);
    flush().await;
    answer
}

/// Reads a trace header of X-Ray; `None` if a part is missing or not of its form.
fn parent(header: &str) -> Option<SpanContext> {
    let part = |name| trace_header::part(header, name);
    let (time, random) = part("Root")?.strip_prefix("1-")?.split_once('-')?;
    let trace = format!("{time}{random}");
    let trace =
        (time.len() == 8 && trace.len() == 32).then(|| TraceId::from_hex(&trace).ok())??;
    let span = part("Parent").filter(|span| span.len() == 16)?;
    let span = SpanId::from_hex(span).ok()?;
    let flags = TraceFlags::default().with_sampled(part("Sampled") == Some("1"));
    Some(SpanContext::new(trace, span, flags, true, TraceState::default()))
}

/// Sends the spans that have ended. The collector has [`LIMIT`] to take them; if it does not, they
/// are lost, and one log line of the process says so.
async fn flush() {
    let Some(Traces { finished, exporter }) = TRACES.get() else { return };
    let spans = finished.take();
    if spans.is_empty() {
        return;
    }
    let sent = tokio::time::timeout(LIMIT, exporter.export(spans)).await;
    if !matches!(sent, Ok(Ok(()))) && !REPORTED.swap(true, Ordering::Relaxed) {
        tracing::warn!(target: "lifeguard", "the collector of OpenTelemetry takes no traces");
    }
}

/// Spans that have ended and were not sent yet.
#[derive(Clone, Debug)]
struct Finished {
    service: &'static str,
    spans: Arc<Mutex<Vec<SpanData>>>,
}

impl Finished {
    fn take(&self) -> Vec<SpanData> {
        mem::take(&mut self.spans.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SpanProcessor for Finished {
    fn on_start(&self, _span: &mut SdkSpan, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        let span = cleared(span, self.service);
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Takes everything off a span that is not on the list of [`ATTRIBUTES`].
fn cleared(mut span: SpanData, service: &'static str) -> SpanData {
    span.attributes.retain_mut(|attribute| {
        let known = ATTRIBUTES.iter().find(|(name, _)| *name == attribute.key.as_str());
        known.is_some_and(|(_, name)| {
            attribute.key = Key::from_static_str(name);
            true
        })
    });
    span.events = SpanEvents::default();
    span.links = SpanLinks::default();
    if matches!(span.status, Status::Error { .. }) {
        span.status = Status::error("");
    }
    if span.name == INVOCATION {
        (span.name, span.span_kind) = (service.into(), SpanKind::Server);
    } else {
        span.span_kind = SpanKind::Client;
    }
    span
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use super::{ATTRIBUTES, Finished, INVOCATION, LIMIT, TRACES, layer, parent, trace};
    use opentelemetry::trace::{SpanId, SpanKind, Status, TraceId, TracerProvider};
    use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData};
    use tracing::Instrument;
    use tracing_subscriber::layer::SubscriberExt;

    const HEADER: &str =
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    const PERSON: &str = "noor@example.net";

    /// An invocation with one call of AWS, as the SDK marks it, and with all that must not leave.
    async fn invocation() -> Result<(), String> {
        let call = tracing::debug_span!(
            target: "aws_sdk_dynamodb::operation::update_item", "DynamoDB.UpdateItem",
            rpc.system = "aws-api", rpc.service = "DynamoDB", rpc.method = "UpdateItem",
            sdk_invocation_id = 7, key = PERSON,
        );
        async { tracing::error!(target: "lifeguard", PERSON) }.instrument(call).await;
        let library = tracing::error_span!(target: "hyper", "request", PERSON);
        async {}.instrument(library).await;
        Err(PERSON.to_owned())
    }

    fn span() -> tracing::Span {
        tracing::error_span!(
            target: "lifeguard", INVOCATION, cold_start = true, function_request_id = "request-0",
            xray_trace_id = "1-5759e988-bd862e3fe1be46a994272793", user = PERSON,
        )
    }

    fn run(seconds: u64, future: impl Future<Output = ()>) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        let limit = Duration::from_secs(seconds);
        runtime.block_on(async { tokio::time::timeout(limit, future).await.unwrap() });
    }

    /// Takes one request on a port of its own and answers it; later ones wait in vain until the last
    /// of the three results is dropped, and are refused then. Returns address and request too.
    fn collector() -> (String, mpsc::Receiver<Vec<u8>>, mpsc::Sender<()>) {
        let (silent, end) = mpsc::channel();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (send, received) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut request, mut part) = (Vec::new(), [0; 4096]);
            while !is_whole(&request) {
                let read = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..read]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            send.send(request).unwrap();
            let _: Result<(), _> = end.recv();
        });
        (address, received, silent)
    }

    fn is_whole(request: &[u8]) -> bool {
        let text = String::from_utf8_lossy(request).to_lowercase();
        let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
        request.len() >= head.len() + 4 + length.parse::<usize>().unwrap()
    }

    /// The one test of this process that sets the way to a collector up.
    #[test]
    fn collector_has_the_trace_before_the_invocation_ends() {
        let (address, received, silent) = collector();
        let layer = layer("greeter", Some(&address)).unwrap();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            run(5, async {
                assert!(trace(span(), Some(HEADER), invocation()).await.is_err());
            });
            let request = received.recv_timeout(Duration::from_secs(5)).unwrap();
            let text = String::from_utf8_lossy(&request);
            assert!(text.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{text}");
            for part in ["greeter", "DynamoDB.UpdateItem", "faas.invocation_id", "request-0"] {
                assert!(text.contains(part), "{part} is missing: {text}");
            }
            let id = TraceId::from_hex("5759e988bd862e3fe1be46a994272793").unwrap().to_bytes();
            let ids = request.windows(16).filter(|part| *part == id.as_slice()).count();
            assert_eq!(ids, 2, "spans of the trace");
            assert!(!text.contains(PERSON), "{text}");

            // The collector is silent, then gone: the answer is the same, and not much later.
            let mut silent = Some(silent);
            for _ in 0..2 {
                let started = Instant::now();
                run(5, async {
                    assert!(trace(span(), Some(HEADER), invocation()).await.is_err());
                });
                assert!(started.elapsed() < LIMIT * 4, "{:?}", started.elapsed());
                assert!(TRACES.get().unwrap().finished.take().is_empty(), "spans pile up");
                drop(silent.take());
            }
        });
    }

    /// Returns the spans of one invocation.
    fn spans(header: Option<&str>) -> Vec<SpanData> {
        let finished = Finished { service: "greeter", spans: std::sync::Arc::default() };
        let provider = SdkTracerProvider::builder().with_span_processor(finished.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = span();
            if let Some(parent) = header.and_then(parent) {
                use opentelemetry::trace::TraceContextExt;
                use tracing_opentelemetry::OpenTelemetrySpanExt;
                let context = opentelemetry::Context::new().with_remote_span_context(parent);
                span.set_parent(context).unwrap();
            }
            run(5, async { drop(invocation().instrument(span).await) });
        });
        finished.take()
    }

    /// Even with every option and every span of the layer on, only listed attributes leave.
    #[test]
    fn attributes_that_leave_are_those_of_the_list() {
        let spans = spans(Some(HEADER));
        assert_eq!(spans.len(), 3, "{spans:?}");
        for span in &spans {
            for attribute in &span.attributes {
                let name = attribute.key.as_str();
                assert!(ATTRIBUTES.iter().any(|(_, known)| *known == name), "{name}");
            }
            assert!(span.events.is_empty() && span.links.is_empty());
            assert!(!format!("{span:?}").contains(PERSON), "{span:?}");
        }
        let [call, _, whole] = spans.as_slice() else { panic!("{spans:?}") };
        assert_eq!((whole.name.as_ref(), &whole.span_kind), ("greeter", &SpanKind::Server));
        assert_eq!(whole.parent_span_id, SpanId::from_hex("53995c3f42cd8ad8").unwrap());
        assert_eq!(whole.attributes.len(), 2);
        assert_eq!(
            (call.name.as_ref(), &call.span_kind),
            ("DynamoDB.UpdateItem", &SpanKind::Client)
        );
        assert_eq!(call.parent_span_id, whole.span_context.span_id());
        assert_eq!(call.attributes.len(), 3);
        assert!(!matches!(&whole.status, Status::Error { description } if !description.is_empty()));
    }

    #[test]
    fn trace_that_is_not_sampled_is_not_kept() {
        assert!(spans(Some(&HEADER.replace("Sampled=1", "Sampled=0"))).is_empty());
        assert_eq!(spans(None).len(), 3);
    }

    #[test]
    fn trace_header_of_x_ray_names_the_parent() {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        let context = parent(header).unwrap();
        let trace = TraceId::from_hex("5759e988bd862e3fe1be46a994272793").unwrap();
        assert_eq!(context.trace_id(), trace);
        assert_eq!(context.span_id(), SpanId::from_hex("53995c3f42cd8ad8").unwrap());
        assert!(context.is_sampled() && context.is_remote());
        assert!(!parent(&header.replace("Sampled=1", "Sampled=0")).unwrap().is_sampled());
        for broken in [
            "",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
            "Root=1-5759e98-8bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
            "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
            "Root=1-5759e988-bd862e3fe1be46a99427279x;Parent=53995c3f42cd8ad8",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad",
        ] {
            assert_eq!(parent(broken), None, "{broken}");
        }
    }
}
