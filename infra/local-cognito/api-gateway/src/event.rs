//! The event of a request: payload format 2.0.

use std::collections::BTreeMap;

use axum::http::header::{CONTENT_TYPE, COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use local_cognito_aws_emulation::timestamp;
use local_cognito_sam_template::ACCOUNT;
use local_cognito_sam_template::route_key::{RouteKey, percent_decode};

/// The address that every request comes from, since the local Cognito listens on this machine only.
const CALLER: &str = "127.0.0.1";

/// Facts of a request that are not part of it.
pub(super) struct Scene<'a> {
    pub(super) api: &'a str,
    pub(super) region: &'a str,
    pub(super) route_key: &'a RouteKey,
    pub(super) parameters: &'a BTreeMap<String, String>,
    /// Findings of the authorizer; none on an open route.
    pub(super) authorizer: Option<Value>,
    pub(super) request_id: &'a str,
    pub(super) now_millis: u64,
}

/// Composes the event; members that have nothing to say are absent, never null.
pub(super) fn compose(scene: &Scene<'_>, parts: &Parts, body: &[u8]) -> Value {
    let query = parts.uri.query().unwrap_or_default();
    let mut event = object(json!({
        "version": "2.0",
        "routeKey": scene.route_key.to_string(),
        "rawPath": path(parts.uri.path()),
        "rawQueryString": query,
        "headers": headers(&parts.headers),
        "requestContext": context(scene, parts),
        "isBase64Encoded": false,
    }));
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event.insert("cookies".to_owned(), json!(cookies));
    }
    let parameters = query_parameters(query);
    if !parameters.is_empty() {
        event.insert("queryStringParameters".to_owned(), json!(parameters));
    }
    if !scene.parameters.is_empty() {
        event.insert("pathParameters".to_owned(), json!(scene.parameters));
    }
    if !body.is_empty() {
        let text = std::str::from_utf8(body).ok().filter(|_| is_text(&parts.headers));
        event.insert("isBase64Encoded".to_owned(), text.is_none().into());
        let body = text.map_or_else(|| STANDARD.encode(body), str::to_owned);
        event.insert("body".to_owned(), body.into());
    }
    Value::Object(event)
}

/// The path of an event, decoded; an HTTP API even cuts it at a question mark that was escaped.
pub(super) fn path(sent: &str) -> String {
    let decoded = percent_decode(sent);
    decoded.split('?').next().unwrap_or_default().to_owned()
}

fn context(scene: &Scene<'_>, parts: &Parts) -> Value {
    let user_agent = parts.headers.get(USER_AGENT).map(|agent| lossy(agent.as_bytes()));
    let mut context = object(json!({
        "accountId": ACCOUNT,
        "apiId": scene.api,
        "domainName": format!("{}.execute-api.{}.amazonaws.com", scene.api, scene.region),
        "domainPrefix": scene.api,
        "http": {
            "method": parts.method.as_str(),
            "path": path(parts.uri.path()),
            "protocol": "HTTP/1.1",
            "sourceIp": CALLER,
            "userAgent": user_agent.unwrap_or_default(),
        },
        "requestId": scene.request_id,
        "routeKey": scene.route_key.to_string(),
        "stage": "$default",
        "time": timestamp::common_log(scene.now_millis / 1000),
        "timeEpoch": scene.now_millis,
    }));
    if let Some(authorizer) = &scene.authorizer {
        context.insert("authorizer".to_owned(), authorizer.clone());
    }
    Value::Object(context)
}

/// Every header but the cookies under its lower-case name, repeated ones joined by a comma.
fn headers(sent: &HeaderMap) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = sent
        .keys()
        .filter(|name| *name != COOKIE && !is_of_the_connection(name))
        .map(|name| (name.to_string(), joined(sent, name, ",")))
        .collect();
    let forwarded = headers.entry("x-forwarded-for".to_owned()).or_default();
    if !forwarded.is_empty() {
        forwarded.push_str(", ");
    }
    forwarded.push_str(CALLER);
    headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    headers
}

fn cookies(sent: &HeaderMap) -> Vec<String> {
    sent.get_all(COOKIE)
        .iter()
        .map(|value| lossy(value.as_bytes()))
        .flat_map(|line| line.split(';').map(|one| one.trim().to_owned()).collect::<Vec<_>>())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

/// The parameters of the query by name, decoded, repeated ones joined by a comma.
fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::<String, String>::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| percent_decode(&text.replace('+', " "));
        parameters
            .entry(decode(name))
            .and_modify(|values| {
                values.push(',');
                values.push_str(&decode(value));
            })
            .or_insert_with(|| decode(value));
    }
    parameters
}

/// Returns true if a body is handed on as text: these types alone, forms not among them.
fn is_text(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"]
            .contains(&kind.as_str())
}

fn joined(headers: &HeaderMap, name: &HeaderName, between: &str) -> String {
    let values: Vec<String> =
        headers.get_all(name).iter().map(|value| lossy(value.as_bytes())).collect();
    values.join(between)
}

fn is_of_the_connection(name: &HeaderName) -> bool {
    matches!(name.as_str(), "connection" | "keep-alive" | "transfer-encoding" | "upgrade" | "te")
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
