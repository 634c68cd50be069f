//! The log: one JSON object a line on standard output.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Sets the log up at the level that `RUST_LOG` names: `error`, `warn`, `info` (the default) or
/// `debug`.
///
/// The libraries below us print whole events and requests at their lower levels, so only our own
/// lines and the libraries' warnings pass, whatever the variable says. `lambda_runtime` repeats
/// every error we return; that is already in the summary line.
pub(crate) fn init(level: Option<&str>) {
    let level = match level.map(str::to_ascii_lowercase).as_deref() {
        Some("error") => LevelFilter::ERROR,
        Some("warn") => LevelFilter::WARN,
        Some("debug" | "trace") => LevelFilter::DEBUG,
        _ => LevelFilter::INFO,
    };
    let filter = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("lifeguard", level)
        .with_target("lambda_runtime", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false);
    // A second set-up in one process finds the first one in place, which is as good.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}
