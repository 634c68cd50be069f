//! Documents by which clients verify tokens, and the stand-in social provider.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

use super::services::Services;
use super::{social, token_issuer};
use local_cognito_aws_emulation::wire;
use local_cognito_openid::documents as openid;

pub(super) fn router(services: Arc<Services>) -> Router {
    Router::new()
        .route("/identity-pool/.well-known/jwks_uri", get(key_set))
        .route("/identity-pool/.well-known/openid-configuration", get(configuration))
        .route("/social/.well-known/jwks.json", get(social_key_set))
        .route("/social/.well-known/openid-configuration", get(social_configuration))
        .route("/_local/social/token", post(social_token))
        .layer(middleware::from_fn(wire::cors))
        .with_state(services)
}

async fn key_set(State(services): State<Arc<Services>>) -> Response {
    let key = services.tokens.key().await;
    openid::key_set(key.as_ref().map_err(Clone::clone), token_issuer::ALGORITHM)
}

/// The issuer is Amazon's, as in the tokens; the key set is here.
async fn configuration(State(services): State<Arc<Services>>) -> Response {
    wire::document(&json!({
        "issuer": "https://cognito-identity.amazonaws.com",
        "jwks_uri": format!("{}/identity-pool/.well-known/jwks_uri", services.url),
        "authorization_endpoint": "https://cognito-identity.amazonaws.com",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [token_issuer::ALGORITHM],
    }))
}

async fn social_key_set(State(services): State<Arc<Services>>) -> Response {
    let key = services.social.key().await;
    openid::key_set(key.as_ref().map_err(Clone::clone), social::ALGORITHM)
}

async fn social_configuration(State(services): State<Arc<Services>>) -> Response {
    let issuer = services.social.own_issuer();
    let key_set = format!("{issuer}/.well-known/jwks.json");
    openid::configuration(&issuer, &key_set, social::ALGORITHM)
}

async fn social_token(State(services): State<Arc<Services>>, Json(input): Json<Value>) -> Response {
    openid::minted("id_token", services.social.sign(input).await)
}
