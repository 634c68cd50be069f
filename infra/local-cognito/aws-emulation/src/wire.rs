//! JSON 1.1 over HTTP: the input of a request, the form of an answer, CORS.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::randomness;

const JSON: &str = "application/x-amz-json-1.1";

/// `*` would not cover `authorization`, so every header is named.
const CORS: [(&str, &str); 5] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET,POST,OPTIONS"),
    (
        "access-control-allow-headers",
        "content-type,x-amz-target,authorization,x-amz-user-agent,x-amz-date,\
         x-amz-security-token,x-amz-content-sha256,amz-sdk-invocation-id,amz-sdk-request,\
         cache-control",
    ),
    ("access-control-expose-headers", "x-amzn-requestid,x-amzn-errortype,x-amzn-errormessage,date"),
    ("access-control-max-age", "172800"),
];

/// Answers preflights, and lets the pages of this machine read every answer.
pub async fn cors(request: Request, next: Next) -> Response {
    let response = if request.method() == Method::OPTIONS {
        StatusCode::OK.into_response()
    } else {
        next.run(request).await
    };
    readable(response)
}

/// The answer with the headers that let a page read it.
pub fn readable(mut response: Response) -> Response {
    for (name, value) in CORS {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// The input in a request's body; nothing is an input without members.
pub fn parse(body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .map_err(|_| ApiError::serialization("The request body is not valid JSON."))
}

/// Returns the outcome of an action as HTTP.
pub fn respond(outcome: Result<Value, ApiError>) -> Response {
    match outcome {
        Ok(answer) => answered(StatusCode::OK, answer.to_string()),
        Err(error) => refused(&error),
    }
}

fn answered(status: StatusCode, body: String) -> Response {
    let mut response = (status, [(CONTENT_TYPE, JSON)], body).into_response();
    let id = randomness::uuid().ok();
    if let Some(id) = id.and_then(|id| HeaderValue::try_from(id).ok()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

fn refused(error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({"__type": error.kind, "message": error.message});
    let mut response = answered(status, body.to_string());
    for (name, value) in [
        ("x-amzn-errortype", format!("{}:", error.kind)),
        ("x-amzn-errormessage", error.message.replace('\n', " ")),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An error in XML, as the services of the query protocol send it.
pub fn refuse_in_xml(error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code>\
         <Message>{}</Message></Error></ErrorResponse>",
        escape(&error.kind),
        escape(&error.message)
    );
    (status, [(CONTENT_TYPE, "text/xml")], body).into_response()
}

/// A published document, such as a key set.
pub fn document(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
