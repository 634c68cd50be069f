//! The pools over HTTP: JSON 1.1 by target, the two discovery documents, CORS.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::error::ApiError;
use super::{Caller, UserPools, chance};

const JSON: &str = "application/x-amz-json-1.1";
const TARGET: &str = "AWSCognitoIdentityProviderService.";

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

pub(super) fn router(pools: UserPools) -> Router {
    Router::new()
        .route("/", post(act))
        .route("/{pool}/.well-known/jwks.json", get(key_set))
        .route("/{pool}/.well-known/openid-configuration", get(configuration))
        .layer(middleware::from_fn(cors))
        .with_state(pools)
}

async fn cors(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::OK.into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in CORS {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

async fn act(State(pools): State<UserPools>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let target = text(HeaderName::from_static("x-amz-target")).unwrap_or_default();
    let caller = if text(AUTHORIZATION).is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256")) {
        Caller::Signed
    } else {
        Caller::Public
    };
    let outcome = match (target.strip_prefix(TARGET), parse(&body)) {
        (None, _) => Err(ApiError::unknown_operation(target)),
        (Some(_), Err(error)) => Err(error),
        (Some(action), Ok(input)) => pools.call(caller, action, input).await,
    };
    match outcome {
        Ok(answer) => answered(StatusCode::OK, answer.to_string()),
        Err(error) => refused(&error),
    }
}

fn parse(body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .map_err(|_| ApiError::serialization("The request body is not valid JSON."))
}

fn answered(status: StatusCode, body: String) -> Response {
    let mut response = (status, [(CONTENT_TYPE, JSON)], body).into_response();
    let id = chance::uuid().ok();
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

async fn key_set(State(pools): State<UserPools>, Path(pool): Path<String>) -> Response {
    match pools.0.keys(&pool).await {
        Ok(keys) => document(&keys.document()),
        Err(error) => missing(&error),
    }
}

async fn configuration(State(pools): State<UserPools>, Path(pool): Path<String>) -> Response {
    if let Err(error) = pools.0.state().pool(&pool) {
        return missing(&error);
    }
    let issuer = format!("{}/{pool}", pools.0.settings.issuer_base);
    document(&json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
    }))
}

fn document(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn missing(error: &ApiError) -> Response {
    let body = json!({"message": error.message}).to_string();
    let kind = [(CONTENT_TYPE, "application/json")];
    (StatusCode::NOT_FOUND, kind, body).into_response()
}
