//! What a request came to, before it is wrapped for the gateway.

use std::error::Error;

use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use lifeguard_runtime::Reply;
use serde::Serialize;
use serde_json::Value;

use crate::gateway;
use crate::problem::Problem;
use crate::reason::Reason;

/// A response, and what the log says of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    pub(crate) headers: Vec<(&'static str, String)>,
    word: &'static str,
    code: &'static str,
    record: Option<String>,
}

impl Answered {
    /// A response with a body; `word` is for the log.
    pub(crate) fn new(status: u16, body: Value, word: &'static str) -> Self {
        Self { status, body: Some(body), headers: Vec::new(), word, code: "", record: None }
    }

    /// A response with a body that is serialised; what cannot be is a fault of ours.
    pub(crate) fn of(status: u16, body: &impl Serialize, word: &'static str) -> Self {
        match serde_json::to_value(body) {
            Ok(body) => Self::new(status, body, word),
            Err(_) => Problem::Fault.into(),
        }
    }

    /// A response without a body.
    pub(crate) fn empty(word: &'static str) -> Self {
        Self { status: 204, body: None, headers: Vec::new(), word, code: "", record: None }
    }

    pub(crate) fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// What the log says beside the code that the client reads, or instead of it.
    pub(crate) fn because(self, reason: Reason) -> Self {
        Self { code: reason.code(), record: reason.record(), ..self }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The reply to the gateway.
    pub(crate) fn reply(&self) -> Reply {
        Reply::new(gateway::seal(self), self.word)
            .with_code(self.code)
            .with_record(self.record.clone())
    }

    /// The reply to the gateway, with a fault for the log.
    pub(crate) fn reply_despite(&self, fault: &(dyn Error + 'static)) -> Reply {
        Reply::despite(gateway::seal(self), fault)
    }
}

/// Within the router an answer travels as a response that carries it, because the router may add
/// headers to it, such as `Allow`.
impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        for (name, value) in &self.headers {
            let value = HeaderValue::from_str(value);
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), value) {
                response.headers_mut().insert(name, value);
            }
        }
        response.headers_mut().remove(CONTENT_TYPE);
        response.extensions_mut().insert(self);
        response
    }
}
