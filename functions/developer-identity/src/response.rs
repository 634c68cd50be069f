//! Responses to API Gateway, in payload format 2.0.

use std::error::Error;

use lifeguard_runtime::Reply;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::counted::metrics;
use crate::problem::{Problem, TokenProblem};
use crate::reason::Reason;

/// A response, with its entry for the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Response {
    status: u16,
    body: Option<Value>,
    headers: Vec<(&'static str, String)>,
    outcome: &'static str,
    code: &'static str,
    record: Option<String>,
}

impl Response {
    /// Wraps a body; `outcome` is one word for the log.
    pub(crate) fn new(status: u16, body: Value, outcome: &'static str) -> Self {
        Self { status, body: Some(body), headers: Vec::new(), outcome, code: "", record: None }
    }

    /// Serialises a body; a failure to do so is a fault.
    pub(crate) fn json(status: u16, body: &impl Serialize, outcome: &'static str) -> Self {
        match serde_json::to_value(body) {
            Ok(body) => Self::new(status, body, outcome),
            Err(_) => Problem::Fault.into(),
        }
    }

    /// Adds members to a body that is an object.
    pub(crate) fn with_members(mut self, members: [(&str, String); 2]) -> Self {
        if let Some(Value::Object(body)) = &mut self.body {
            body.extend(members.map(|(name, value)| (name.to_owned(), value.into())));
        }
        self
    }

    /// Builds a response without a body.
    pub(crate) fn empty(outcome: &'static str) -> Self {
        Self { status: 204, body: None, headers: Vec::new(), outcome, code: "", record: None }
    }

    /// Adds a code to the log line.
    pub(crate) fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// Gives the log line another outcome.
    pub(crate) fn with_outcome(self, outcome: &'static str) -> Self {
        Self { outcome, ..self }
    }

    /// Adds a reason to the log line, in place of the code that the client reads.
    pub(crate) fn because(self, reason: Reason) -> Self {
        Self { code: reason.code(), record: reason.record(), ..self }
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Returns the reply of the function.
    pub(crate) fn into_reply(self) -> Reply {
        Reply::new(self.payload(), self.outcome)
            .with_code(self.code)
            .with_record(self.record)
            .counted_in(metrics(self.outcome))
    }

    /// Returns the reply of the function to a request that met a fault; the log names it.
    pub(crate) fn into_reply_despite(self, fault: &(dyn Error + 'static)) -> Reply {
        Reply::despite(self.payload(), fault)
    }

    fn payload(&self) -> Value {
        let mut headers = Map::new();
        headers.insert("cache-control".to_owned(), "no-store".into());
        headers.insert("x-content-type-options".to_owned(), "nosniff".into());
        let body = self.body.as_ref().map(ToString::to_string);
        if body.is_some() {
            headers.insert("content-type".to_owned(), "application/json".into());
        }
        for (name, value) in &self.headers {
            headers.insert((*name).to_owned(), value.as_str().into());
        }
        json!({
            "statusCode": self.status,
            "headers": headers,
            "body": body.unwrap_or_default(),
            "isBase64Encoded": false,
        })
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let body = json!({"message": problem.to_string(), "code": problem.code()});
        let response = Self::new(problem.status(), body, "refused").with_code(problem.code());
        match problem {
            Problem::NotAuthenticated => response.with_header("www-authenticate", "Bearer"),
            Problem::TooManyRequests => response.with_header("retry-after", "1"),
            _ => response,
        }
    }
}

impl From<TokenProblem> for Response {
    fn from(problem: TokenProblem) -> Self {
        let body = json!({"error": problem.error(), "error_description": problem.to_string()});
        let response = Self::new(problem.status(), body, "refused").with_code(problem.error());
        match problem {
            TokenProblem::TooManyRequests => response.with_header("retry-after", "1"),
            _ => response,
        }
    }
}
