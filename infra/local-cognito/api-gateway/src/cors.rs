//! Pages that may read an answer.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use local_cognito_sam_template::Cors;

/// The answer to a preflight, which no function sees; nothing if the request is none, or if the
/// API leaves CORS to its functions.
pub(super) fn preflight(
    cors: Option<&Cors>,
    method: &Method,
    headers: &HeaderMap,
) -> Option<Response> {
    let cors = cors?;
    let asks = headers.contains_key(ORIGIN) && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if method != Method::OPTIONS || !asks {
        return None;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(origin) = allowed(cors, headers) {
        let answer = response.headers_mut();
        put(answer, ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
        put(answer, ACCESS_CONTROL_ALLOW_METHODS, &cors.methods.join(","));
        put(answer, ACCESS_CONTROL_ALLOW_HEADERS, &cors.headers.join(","));
        if let Some(age) = cors.max_age {
            put(answer, ACCESS_CONTROL_MAX_AGE, &age.to_string());
        }
        put_credentials(answer, cors);
    }
    Some(response)
}

/// Takes what a function said about CORS out of its answer, and puts in what the API says.
pub(super) fn apply(cors: Option<&Cors>, asked: &HeaderMap, answer: &mut HeaderMap) {
    let Some(cors) = cors else { return };
    let of_the_function: Vec<HeaderName> = answer
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in of_the_function {
        answer.remove(name);
    }
    if let Some(origin) = allowed(cors, asked) {
        put(answer, ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
        put(answer, ACCESS_CONTROL_EXPOSE_HEADERS, &cors.exposed.join(","));
        put_credentials(answer, cors);
    }
}

/// The value of `access-control-allow-origin` for the page that asks, if it may read anything.
fn allowed(cors: &Cors, headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(ORIGIN)?.to_str().ok()?;
    let allows = |wanted: &str| cors.origins.iter().any(|allowed| allowed == wanted);
    if allows("*") {
        return Some("*".to_owned());
    }
    allows(origin).then(|| origin.to_owned())
}

fn put_credentials(answer: &mut HeaderMap, cors: &Cors) {
    if cors.credentials {
        put(answer, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
}

fn put(answer: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        answer.insert(name, value);
    }
}
