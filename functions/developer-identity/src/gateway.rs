//! Requests and responses as API Gateway wraps them: payload format 2.0 of HTTP APIs.
//!
//! Own code instead of `lambda_http`: that crate panics on a path that makes no URI, and loses
//! what the log is to say of an answer (`docs/decisions/0009-routes-only-read.md`).

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::answer::Answered;

/// What the gateway's IAM authorizer says of a caller who came with credentials of an identity
/// pool. A client cannot write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// The identity.
    pub(crate) identity_id: String,
    /// The pool that it belongs to.
    pub(crate) identity_pool_id: String,
}

/// A principal of IAM who signed the request, as the gateway's authorizer has found: nobody with
/// credentials of an identity pool. A client cannot write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The unique id of the user or role.
    pub(crate) id: String,
    /// The id of the access key.
    pub(crate) key: String,
}

/// What sessions of credentials from an identity pool are called.
const VENDED: &str = "CognitoIdentityCredentials";

/// Why an event is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unreadable {
    /// No HTTP API sent it.
    #[error("the event is not a request of an HTTP API")]
    Event,
    /// Somebody sent it, but its method, path or body has no form that could be routed.
    #[error("the request has no usable form")]
    Request,
}

/// The gateway's route for whatever no other route of it takes.
const DEFAULT_ROUTE: &str = "$default";

/// Whether no route of the gateway but the last one took the request: then nobody asked for the
/// signature that its path may demand.
pub(crate) fn is_unrouted(event: &Value) -> bool {
    event.get("routeKey").and_then(Value::as_str) == Some(DEFAULT_ROUTE)
}

/// Reads an event.
pub(crate) fn open(event: &Value) -> Result<Request<Body>, Unreadable> {
    let text = |pointer| event.pointer(pointer).and_then(Value::as_str);
    let method = text("/requestContext/http/method").ok_or(Unreadable::Event)?;
    let path = text("/rawPath").ok_or(Unreadable::Event)?;
    // The gateway has decoded the path: what would end it in a URI is a part of it here.
    let path = path.replace('?', "%3F").replace('#', "%23");
    let query = text("/rawQueryString").unwrap_or_default();
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut request = Request::new(Body::from(body(event)?));
    *request.method_mut() =
        Method::from_bytes(method.as_bytes()).map_err(|_| Unreadable::Request)?;
    *request.uri_mut() = target.parse::<Uri>().map_err(|_| Unreadable::Request)?;
    for (name, value) in event.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        // What is no header has no meaning for any route.
        if let (Ok(name), Some(value)) = (name, value) {
            request.headers_mut().append(name, value);
        }
    }
    if let Some(vouched) = vouched(event) {
        request.extensions_mut().insert(vouched);
    }
    if let Some(principal) = principal(event) {
        request.extensions_mut().insert(principal);
    }
    Ok(request)
}

fn body(event: &Value) -> Result<Vec<u8>, Unreadable> {
    let text = event.get("body").and_then(Value::as_str).unwrap_or_default();
    match event.get("isBase64Encoded").and_then(Value::as_bool) {
        Some(true) => STANDARD.decode(text).map_err(|_| Unreadable::Request),
        Some(false) | None => Ok(text.as_bytes().to_vec()),
    }
}

fn vouched(event: &Value) -> Option<Vouched> {
    let identity = event.pointer("/requestContext/authorizer/iam/cognitoIdentity")?;
    let text = |name| identity.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Vouched { identity_id: text("identityId")?, identity_pool_id: text("identityPoolId")? })
}

/// Whoever signed, unless anything about them speaks of an identity pool.
fn principal(event: &Value) -> Option<Principal> {
    let caller = event.pointer("/requestContext/authorizer/iam")?.as_object()?;
    let of_a_pool = |(name, value): (&String, &Value)| {
        name.to_ascii_lowercase().starts_with("cognito") && !is_blank(value)
    };
    if caller.iter().any(of_a_pool) {
        return None;
    }
    let text = |name| caller.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (id, session) = text("callerId")?.split_once(':').unwrap_or((text("callerId")?, ""));
    let is_vended = session == VENDED || text("userArn")?.ends_with(VENDED);
    let principal = Principal { id: id.to_owned(), key: text("accessKey")?.to_owned() };
    (!is_vended).then_some(principal)
}

/// Whether nothing is said.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(members) => members.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Writes a response.
pub(crate) fn seal(answered: &Answered) -> Value {
    let mut headers = Map::new();
    headers.insert("cache-control".to_owned(), "no-store".into());
    headers.insert("x-content-type-options".to_owned(), "nosniff".into());
    let body = answered.body.as_ref().map(ToString::to_string);
    if body.is_some() {
        headers.insert("content-type".to_owned(), "application/json".into());
    }
    for (name, value) in &answered.headers {
        headers.insert((*name).to_owned(), value.as_str().into());
    }
    json!({
        "statusCode": answered.status,
        "headers": headers,
        "body": body.unwrap_or_default(),
        "isBase64Encoded": false,
    })
}
