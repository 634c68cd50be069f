//! Requests and responses as API Gateway wraps them: payload format 2.0 of HTTP APIs, which
//! function URLs and `cargo lambda watch` have too.
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
use crate::matched_route::{MatchedRoute, Served};

/// The caller with credentials of an identity pool that the gateway's IAM authorizer found. A client
/// cannot write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// The identity.
    pub(crate) identity_id: String,
    /// The pool that it belongs to.
    pub(crate) identity_pool_id: String,
}

/// A principal of IAM that signed the request, as the gateway's authorizer found: none with
/// credentials of an identity pool. A client cannot write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The unique id of the user or role.
    pub(crate) id: String,
    /// The id of the access key.
    pub(crate) key: String,
}

/// The name of sessions of credentials from an identity pool.
const VENDED: &str = "CognitoIdentityCredentials";

/// Reason why an event is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unreadable {
    /// It has another format: no HTTP API sent it, or its integration has format 1.0.
    #[error("the event is not a request of an HTTP API in payload format 2.0")]
    Event,
    /// It is a request, but its route, method, path or body has no form that could be routed.
    #[error("the request has no usable form")]
    Request,
}

/// The part in front of the path of a request: the stage or the base path of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BasePath(pub(crate) String);

/// A request, and what the gateway did with it.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A route took it. If that one takes any method, so does the function.
    Routed {
        /// The request.
        request: Box<Request<Body>>,
        /// True if methods arrive that the function does not list.
        takes_any_method: bool,
    },
    /// No route took it, and it is for one of these paths: requests without headers and body, since
    /// nothing is done for them.
    Unrouted(Vec<Request<Body>>),
}

/// Reads an event.
pub(crate) fn open(event: &Value) -> Result<Incoming, Unreadable> {
    let text = |pointer| event.pointer(pointer).and_then(Value::as_str);
    let method = text("/requestContext/http/method").ok_or(Unreadable::Event)?;
    let raw_path = text("/rawPath").ok_or(Unreadable::Event)?;
    let route = MatchedRoute::read(event, method, raw_path).ok_or(Unreadable::Request)?;
    match route {
        MatchedRoute::Unrouted(paths) => {
            let requests: Result<_, _> = paths.iter().map(|path| empty(method, path)).collect();
            requests.map(Incoming::Unrouted)
        }
        MatchedRoute::Served(served) => {
            let query = text("/rawQueryString").unwrap_or_default();
            let takes_any_method = served.takes_any_method;
            let request = Box::new(fill(event, method, query, served)?);
            Ok(Incoming::Routed { request, takes_any_method })
        }
    }
}

fn empty(method: &str, target: &str) -> Result<Request<Body>, Unreadable> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() =
        Method::from_bytes(method.as_bytes()).map_err(|_| Unreadable::Request)?;
    *request.uri_mut() = target.parse::<Uri>().map_err(|_| Unreadable::Request)?;
    Ok(request)
}

fn fill(
    event: &Value,
    method: &str,
    query: &str,
    served: Served,
) -> Result<Request<Body>, Unreadable> {
    let Served { path, base, is_exact, .. } = served;
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut request = empty(method, &target)?;
    *request.body_mut() = Body::from(body(event)?);
    for (name, value) in event.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        // What is no header has no meaning for any route.
        if let (Ok(name), Some(value)) = (name, value) {
            request.headers_mut().append(name, value);
        }
    }
    request.extensions_mut().insert(BasePath(base));
    // Where the client completes the path of a route, its authorizer did not check the outcome.
    if is_exact {
        if let Some(vouched) = vouched(event) {
            request.extensions_mut().insert(vouched);
        }
        if let Some(principal) = principal(event) {
            request.extensions_mut().insert(principal);
        }
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

/// Returns the principal that signed, unless anything about it speaks of an identity pool.
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

/// True if nothing is said.
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
