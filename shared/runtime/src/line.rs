//! A line of the log: one JSON object, with the names that Powertools for AWS Lambda gives to what
//! every function has.

use std::error::Error;
use std::fmt::{self, Write};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::metric::Embedded;

/// Name of the span around an invocation; its fields stand in every line of it.
pub(crate) const INVOCATION: &str = "invocation";

/// Writes events as JSON lines of one function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonLine {
    /// Name of the function.
    pub(crate) service: &'static str,
}

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut members = Members { text: String::with_capacity(512), embedded: None };
        event.record(&mut members);
        // Digits that are no one's secret come first, where a search for secrets leaves them out.
        writer.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut writer)?;
        writer.write_char('"')?;
        for span in context.event_scope().into_iter().flatten() {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<N>>();
            let fields = fields.filter(|_| span.name() == INVOCATION);
            let fields = fields.and_then(|fields| fields.strip_prefix('{')?.strip_suffix('}'));
            if let Some(fields) = fields.filter(|fields| !fields.is_empty()) {
                write!(writer, ",{fields}")?;
            }
        }
        if let Some(embedded) = &members.embedded {
            write!(writer, ",{embedded}")?;
        }
        let (level, service) = (event.metadata().level(), self.service);
        write!(writer, ",\"level\":\"{level}\",\"service\":\"{service}\"")?;
        writer.write_str(&members.text)?;
        writeln!(writer, ",\"target\":\"{}\"}}", event.metadata().target())
    }
}

/// Fields of an event, each as `,"name":value`.
struct Members {
    text: String,
    embedded: Option<String>,
}

impl Members {
    fn push(&mut self, field: &Field, value: impl Into<Value>) {
        // A text in memory cannot fail.
        let _ = write!(self.text, ",\"{}\":{}", field.name(), value.into());
    }
}

impl Visit for Members {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        match value.downcast_ref::<Embedded>() {
            Some(embedded) => self.embedded = Some(embedded.members().to_owned()),
            None => self.push(field, value.to_string()),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, format!("{value:?}"));
    }
}
