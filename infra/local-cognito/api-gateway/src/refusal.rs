//! Answers of API Gateway by itself: fixed sentences.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Reason why a function was not called, or its answer was not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No route takes the request.
    NotFound,
    /// The body is too large.
    TooLarge,
    /// There is no token.
    NoToken,
    /// There is one, but it does not count; why, in the words of the header.
    BadToken(&'static str),
    /// The caller may not do this.
    Forbidden,
    /// The function failed, or answered with what is no response.
    BadAnswer,
    /// The function took too long.
    NoAnswer,
}

impl Refusal {
    const fn status(self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            Self::NoToken | Self::BadToken(_) => (StatusCode::UNAUTHORIZED, "Unauthorized"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "Forbidden"),
            Self::BadAnswer => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Self::NoAnswer => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = self.status();
        let body = Json(json!({"message": message}));
        match self {
            Self::NoToken => (status, [(WWW_AUTHENTICATE, "Bearer")], body).into_response(),
            Self::BadToken(why) => {
                let why = format!(
                    "Bearer scope=\"\" error=\"invalid_token\" error_description=\"{why}\""
                );
                (status, [(WWW_AUTHENTICATE, why)], body).into_response()
            }
            Self::NotFound
            | Self::TooLarge
            | Self::Forbidden
            | Self::BadAnswer
            | Self::NoAnswer => (status, body).into_response(),
        }
    }
}
