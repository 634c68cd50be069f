//! The pools over HTTP: JSON 1.1 by target, the two discovery documents, CORS.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::json;

use super::actions::SERVICE;
use super::user_pools::UserPools;
use local_cognito_aws_emulation::{ApiError, Caller, operations, wire};

const TARGET: &str = "AWSCognitoIdentityProviderService.";

impl UserPools {
    /// Returns the HTTP surface: `POST /` by `X-Amz-Target`, the key set and the OpenID
    /// configuration of each pool, with CORS for browsers.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", post(call))
            .route("/_local/managed-login", post(log_in))
            .route("/{pool}/.well-known/jwks.json", get(key_set))
            .route("/{pool}/.well-known/openid-configuration", get(configuration))
            .layer(middleware::from_fn(wire::cors))
            .with_state(self.clone())
    }
}

/// Runs an action for the caller of a verified signature; without one the call is public.
async fn call(
    State(pools): State<UserPools>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let caller = caller.map_or(Caller::Public, |Extension(caller)| caller);
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let target = target.unwrap_or_default();
    let outcome = match (target.strip_prefix(TARGET), wire::parse(&body)) {
        (None, _) => Err(operations::not_served(SERVICE, target)),
        (Some(_), Err(error)) => Err(error),
        (Some(action), Ok(input)) => pools.call(caller, action, input).await,
    };
    wire::respond(outcome)
}

/// `POST /_local/managed-login`.
async fn log_in(State(pools): State<UserPools>, body: Bytes) -> Response {
    wire::respond(match wire::parse(&body) {
        Ok(input) => pools.managed_login(input).await,
        Err(error) => Err(error),
    })
}

async fn key_set(State(pools): State<UserPools>, Path(pool): Path<String>) -> Response {
    match pools.keys(&pool).await {
        Ok(keys) => wire::document(&keys.document()),
        Err(error) => missing(&error),
    }
}

async fn configuration(State(pools): State<UserPools>, Path(pool): Path<String>) -> Response {
    let issuer = match pools.find_issuer(&pool) {
        Ok(issuer) => issuer,
        Err(error) => return missing(&error),
    };
    wire::document(&json!({
        "issuer": issuer,
        "jwks_uri": pools.key_set_address(&pool),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
    }))
}

fn missing(error: &ApiError) -> Response {
    let body = json!({"message": error.message}).to_string();
    let kind = [(CONTENT_TYPE, "application/json")];
    (StatusCode::NOT_FOUND, kind, body).into_response()
}
