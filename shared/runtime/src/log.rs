//! The log: one JSON object a line on standard output.

use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
#[cfg(feature = "otel")]
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::fmt::{Layer, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::line::JsonLine;
#[cfg(feature = "otel")]
use crate::otel;

/// Namespace of the metrics of this process.
static NAMESPACE: OnceLock<String> = OnceLock::new();

/// Sets the log of a function up at the level that `RUST_LOG` names: `error`, `warn`, `info` (the
/// default) or `debug`. A second set-up in one process finds the first one in place.
#[cfg(not(feature = "otel"))]
pub(crate) fn init(service: &'static str, level: Option<&str>, namespace: String) {
    let _ = NAMESPACE.set(namespace);
    let lines = lines(service, std::io::stdout);
    let _ = tracing_subscriber::registry().with(lines).with(filter(level)).try_init();
}

/// Sets the log of a function up as without traces, and the traces beside it, with a filter of their
/// own. An `endpoint` that is no address leaves the traces out.
#[cfg(feature = "otel")]
pub(crate) fn init(
    service: &'static str,
    level: Option<&str>,
    namespace: String,
    endpoint: Option<&str>,
) {
    let _ = NAMESPACE.set(namespace);
    let lines = lines(service, std::io::stdout).with_filter(filter(level));
    let traces = otel::layer(service, endpoint);
    let has_traces = traces.is_some();
    let _ = tracing_subscriber::registry().with(lines).with(traces).try_init();
    if !has_traces {
        tracing::warn!(target: "lifeguard", "the endpoint of OpenTelemetry is no address");
    }
}

/// Returns the namespace of the metrics of this process.
pub(crate) fn namespace() -> &'static str {
    NAMESPACE.get().map_or("Lifeguard", String::as_str)
}

/// Writes the lines of a function to `writer`.
pub(crate) fn lines<S, W>(service: &'static str, writer: W) -> Layer<S, JsonFields, JsonLine, W>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(JsonLine { service })
        .with_writer(writer)
}

/// Decides which lines and spans pass.
///
/// The libraries below us print whole events and requests at their lower levels, so only our own
/// lines and the libraries' warnings pass, whatever the variable says. `lambda_runtime` repeats
/// every error we return; that is already in the summary line.
pub(crate) fn filter(level: Option<&str>) -> Targets {
    let level = match level.map(str::to_ascii_lowercase).as_deref() {
        Some("error") => LevelFilter::ERROR,
        Some("warn") => LevelFilter::WARN,
        Some("debug" | "trace") => LevelFilter::DEBUG,
        _ => LevelFilter::INFO,
    };
    Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("lifeguard", level)
        .with_target("lambda_runtime", LevelFilter::OFF)
}
