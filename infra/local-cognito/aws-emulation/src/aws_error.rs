//! Errors in the shape that every AWS SDK reads, for the small stand-ins.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error of a stand-in service, answered with HTTP 400.
#[derive(Clone, Debug)]
pub struct AwsError {
    kind: &'static str,
    message: String,
}

impl AwsError {
    /// Returns an error of this kind with this text.
    #[must_use]
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl IntoResponse for AwsError {
    fn into_response(self) -> Response {
        let headers = [
            ("x-amzn-errortype", self.kind.to_owned()),
            ("x-amzn-errormessage", self.message.clone()),
        ];
        let body = json!({"__type": self.kind, "message": self.message});
        (StatusCode::BAD_REQUEST, headers, Json(body)).into_response()
    }
}

/// The JSON of a request body.
pub fn in_json(body: &[u8]) -> Result<Value, AwsError> {
    serde_json::from_slice(body)
        .map_err(|_| AwsError::new("SerializationException", "The request body is not valid JSON"))
}
