//! Results of a handler.

use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use lambda_runtime::Diagnostic;
use serde_json::Value;

use crate::metric::Metric;

/// Result of a handler.
pub type Answer = Result<Reply, Failure>;

/// A sentence that a client may read, with a code for clients and metrics.
///
/// The sentence has a capital letter and no full stop (Cognito adds one), names no user and says
/// nothing about whether an account exists.
pub trait Refusal: Copy + Display {
    /// A stable name such as `DomainNotAllowed`.
    fn code(self) -> &'static str;
}

/// An answer to the caller, with its entry in the log.
#[derive(Debug)]
pub struct Reply {
    pub(crate) payload: Value,
    pub(crate) outcome: &'static str,
    pub(crate) code: &'static str,
    pub(crate) record: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) fault: Option<String>,
    pub(crate) method: Option<&'static str>,
    pub(crate) metrics: &'static [Metric],
    pub(crate) wait: Duration,
}

impl Reply {
    /// An answer; `outcome` is one word for the log, such as `challenge` or `wrong`.
    #[must_use]
    pub fn new(payload: Value, outcome: &'static str) -> Self {
        Self {
            payload,
            outcome,
            code: "",
            record: None,
            source: None,
            fault: None,
            method: None,
            metrics: &[],
            wait: Duration::ZERO,
        }
    }

    /// Adds a code to the log line, such as the reason for which a sign-in failed.
    #[must_use]
    pub fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// Adds the record that it is about to the log line: a hash or an id of ours, never a name or an
    /// address.
    #[must_use]
    pub fn with_record(self, record: Option<String>) -> Self {
        Self { record, ..self }
    }

    /// An answer in spite of a fault, for functions that fail open; the log line is an error.
    #[must_use]
    pub fn despite(payload: Value, fault: &(dyn Error + 'static)) -> Self {
        Self::new(payload, "fault").with_code("Fault").with_fault(fault)
    }

    /// Makes the log line an error with this fault; outcome and code stay.
    #[must_use]
    pub fn with_fault(self, fault: &(dyn Error + 'static)) -> Self {
        Self { fault: Some(chain(fault)), ..self }
    }

    /// Adds the source of a request behind an HTTP API to the log line: a keyed hash of the client's
    /// address, never the address.
    #[must_use]
    pub fn with_source(self, source: Option<String>) -> Self {
        Self { source, ..self }
    }

    /// Adds the name of the sign-in method to the log line.
    #[must_use]
    pub fn with_method(self, method: &'static str) -> Self {
        Self { method: Some(method), ..self }
    }

    /// Lets the log line count in metrics. Only for events that were admitted: the app client of the
    /// event becomes a dimension, and has to be one of the settings.
    #[must_use]
    pub fn counted_in(self, metrics: &'static [Metric]) -> Self {
        Self { metrics, ..self }
    }

    /// Returns the reply to the caller.
    #[must_use]
    pub fn into_payload(self) -> Value {
        self.payload
    }

    /// Lets the caller wait for the answer, beyond the deadline of the handler: for an event source
    /// that calls again as soon as it has an answer.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Returns the time for which the caller waits for the answer.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Returns the outcome for the log.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        self.outcome
    }

    /// Returns the code for the log; empty for most answers.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the source that the log names; empty outside HTTP APIs.
    #[must_use]
    pub fn source(&self) -> &str {
        self.source.as_deref().unwrap_or_default()
    }

    /// Returns the fault that the log names; empty for most answers.
    #[must_use]
    pub fn fault(&self) -> &str {
        self.fault.as_deref().unwrap_or_default()
    }

    /// Returns the sign-in method that the log names; empty for most answers.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method.unwrap_or_default()
    }

    /// Returns the metrics that the log line counts in.
    #[must_use]
    pub fn metrics(&self) -> &'static [Metric] {
        self.metrics
    }

    /// Returns the record that the log names; empty for most answers.
    #[must_use]
    pub fn record(&self) -> &str {
        self.record.as_deref().unwrap_or_default()
    }
}

/// A refusal, which the client may read, or a fault, which only the log has.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// "No" is the answer.
    Refused {
        /// The stable code.
        code: &'static str,
        /// The sentence for the client.
        sentence: String,
    },
    /// Something broke; the text is for the log.
    Fault(String),
    /// Something broke, and the client reads what to do about it.
    RefusedAfter {
        /// The stable code.
        code: &'static str,
        /// The sentence for the client.
        sentence: String,
        /// The fault, for the log.
        fault: String,
    },
}

impl Failure {
    /// A refusal.
    #[must_use]
    pub fn refused(refusal: impl Refusal) -> Self {
        Self::Refused { code: refusal.code(), sentence: refusal.to_string() }
    }

    /// A refusal because of a fault, with the chain of its causes: the log line is an error.
    #[must_use]
    pub fn refused_after(refusal: impl Refusal, error: &(dyn Error + 'static)) -> Self {
        let (code, sentence) = (refusal.code(), refusal.to_string());
        Self::RefusedAfter { code, sentence, fault: chain(error) }
    }

    /// A fault, with the chain of its causes.
    #[must_use]
    pub fn fault(error: &(dyn Error + 'static)) -> Self {
        Self::Fault(chain(error))
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::fault(&error)
    }
}

impl Failure {
    /// Returns the two texts that leave the function.
    pub(crate) fn into_diagnostic(self) -> Diagnostic {
        let (error_type, error_message) = match self {
            Self::Refused { code, sentence } | Self::RefusedAfter { code, sentence, .. } => {
                (code.to_owned(), sentence)
            }
            Self::Fault(_) => ("Fault".to_owned(), "Try again later".to_owned()),
        };
        Diagnostic { error_type, error_message }
    }
}

/// The error with the chain of its causes, for the log.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn a_fault_tells_the_caller_nothing() {
        let fault = Failure::from(std::io::Error::other("table challenges is gone"));
        assert_eq!(fault, Failure::Fault("table challenges is gone".to_owned()));
        let diagnostic = fault.into_diagnostic();
        assert_eq!(diagnostic.error_type, "Fault");
        assert_eq!(diagnostic.error_message, "Try again later");
    }
}
