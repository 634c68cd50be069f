//! The documents by which others verify tokens, and the stand-in social provider.

use axum::Router;
use axum::extract::State;
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

use super::token::ALGORITHM;
use super::{IdentityPools, social};
use crate::aws_api::wire;
use crate::openid;

pub(super) fn router(pools: IdentityPools) -> Router {
    Router::new()
        .route("/identity-pool/.well-known/jwks_uri", get(key_set))
        .route("/identity-pool/.well-known/openid-configuration", get(configuration))
        .route("/social/.well-known/jwks.json", get(social::key_set))
        .route("/social/.well-known/openid-configuration", get(social::configuration))
        .route("/_local/social/token", post(social::mint))
        .layer(middleware::from_fn(wire::cors))
        .with_state(pools)
}

async fn key_set(State(pools): State<IdentityPools>) -> Response {
    openid::key_set(pools.0.token_key().await.as_ref().map_err(Clone::clone), ALGORITHM)
}

/// The issuer is Amazon's, as in the tokens; the key set is here.
async fn configuration(State(pools): State<IdentityPools>) -> Response {
    wire::document(&json!({
        "issuer": "https://cognito-identity.amazonaws.com",
        "jwks_uri": format!("{}/identity-pool/.well-known/jwks_uri", pools.0.settings.url),
        "authorization_endpoint": "https://cognito-identity.amazonaws.com",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }))
}
