//! The response from a function's answer.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use local_cognito_aws_emulation::functions::Outcome;

/// The response to the client. A function that fails, or that answers with anything API Gateway
/// does not read, comes to a 500 that says nothing.
pub(super) fn respond(outcome: &Outcome) -> Result<Response, Refusal> {
    let payload = match outcome {
        Outcome::Returned(payload) => payload,
        Outcome::CallerTimedOut => return Err(Refusal::NoAnswer),
        Outcome::Failed { .. } | Outcome::Refused(_) => return Err(Refusal::BadAnswer),
    };
    let answer: Value = serde_json::from_slice(payload).map_err(|_| Refusal::BadAnswer)?;
    match answer {
        Value::Object(members) if members.contains_key("statusCode") => {
            read(&members).ok_or(Refusal::BadAnswer)
        }
        Value::String(text) => Ok(plain(text)),
        other => Ok(plain(other.to_string())),
    }
}

/// An answer that names no status: whatever it is, it is the body of a 200.
fn plain(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// An answer with a status; nothing if a member of it is not what it has to be.
fn read(members: &Map<String, Value>) -> Option<Response> {
    let status = members.get("statusCode")?.as_u64()?;
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok()?;
    let is_base64 = match members.get("isBase64Encoded") {
        None | Some(Value::Null) => false,
        Some(flag) => flag.as_bool()?,
    };
    let body = match members.get("body") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if is_base64 => STANDARD.decode(text).ok()?,
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(_) => return None,
    };
    let mut response = (status, Body::from(body)).into_response();
    *response.headers_mut() = headers(members)?;
    Some(response)
}

fn headers(members: &Map<String, Value>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    match members.get("headers") {
        None | Some(Value::Null) => {}
        Some(Value::Object(own)) => {
            for (name, value) in own {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                let value = HeaderValue::from_str(&header_text(value)?).ok()?;
                if !is_of_the_connection(&name) {
                    headers.insert(name, value);
                }
            }
        }
        Some(_) => return None,
    }
    match members.get("cookies") {
        None | Some(Value::Null) => {}
        Some(Value::Array(cookies)) => {
            for cookie in cookies {
                headers.append(SET_COOKIE, HeaderValue::from_str(cookie.as_str()?).ok()?);
            }
        }
        Some(_) => return None,
    }
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain;charset=UTF-8"));
    Some(headers)
}

fn header_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns true for headers that the server itself sets.
fn is_of_the_connection(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection" | "content-length" | "keep-alive" | "transfer-encoding" | "upgrade"
    )
}
