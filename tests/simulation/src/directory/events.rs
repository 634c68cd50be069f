//! Events of the HTTP API.

use serde_json::{Value, json};

use super::APP;

/// Builds a request with a JSON body.
#[must_use]
pub fn post(path: &str, body: &Value) -> Value {
    let headers = json!({"content-type": "application/json"});
    event("POST", path, headers, Some(&body.to_string()))
}

/// Builds a request for tokens by password.
#[must_use]
pub fn grant(form: &[(&str, &str)]) -> Value {
    let first = [("grant_type", "password"), ("client_id", APP)];
    form_of(&[&first, form].concat())
}

/// Builds a request to the token endpoint.
///
/// # Panics
/// If a text is no part of a form.
#[must_use]
pub fn form_of(form: &[(&str, &str)]) -> Value {
    let headers = json!({"content-type": "application/x-www-form-urlencoded"});
    let body = serde_urlencoded::to_string(form).expect("pairs of texts are a form");
    event("POST", "/v1/token", headers, Some(&body))
}

/// Builds a request with an access token.
#[must_use]
pub fn authorized(method: &str, path: &str, token: &str) -> Value {
    event(method, path, json!({"authorization": token}), None)
}

/// Builds an event of payload format 2.0.
fn event(method: &str, path: &str, headers: Value, body: Option<&str>) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": format!("{method} {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "requestContext": {
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
            "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
            "requestId": "JKJaXmPLvHcESHA=",
            "stage": "$default",
        },
        "isBase64Encoded": false,
    });
    event["headers"] = headers;
    if let Some(body) = body {
        event["body"] = body.into();
    }
    event
}
