//! Pages of this machine may use S3 from a browser, pages of other sites may not.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const ALLOWED: [(HeaderName, &str); 5] = [
    (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, PUT, DELETE"),
    (
        ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-type, x-amz-content-sha256, x-amz-date, x-amz-security-token",
    ),
    (ACCESS_CONTROL_EXPOSE_HEADERS, "etag, x-amz-request-id"),
    (ACCESS_CONTROL_MAX_AGE, "600"),
    (VARY, "origin"),
];

/// Answers preflights, and names the origin of the page in every other answer.
pub(super) async fn answer(request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match *request.method() {
        Method::OPTIONS => StatusCode::OK.into_response(),
        _ => next.run(request).await,
    };
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        for (name, value) in ALLOWED {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
