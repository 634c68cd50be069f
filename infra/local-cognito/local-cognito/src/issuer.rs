//! Stand-in for an issuer whose tokens `developer-identity` exchanges: it signs any token that a
//! test asks for.

use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Map, Value, json};

use crate::aws_api::ApiError;
use crate::clock::Clock;
use crate::openid;
use crate::signing_key::{SigningKey, to_the_end};

/// Audience of its tokens.
pub const AUDIENCE: &str = "lifeguard";
/// Algorithm that signs its tokens.
pub const ALGORITHM: Algorithm = Algorithm::RS256;
/// Path of its key set.
pub const KEY_SET: &str = "/issuer/jwks.json";

const KEY_ID: &str = "issuer-1";
/// Life of a token in seconds.
const LIFE: u64 = 5 * 60;

/// Returns the `iss` of the tokens; `url` is the address of the local Cognito.
#[must_use]
pub fn name(url: &str) -> String {
    format!("{url}/issuer")
}

/// Issuer of one local Cognito; cloning shares it.
#[derive(Clone)]
pub(crate) struct Issuer(Arc<IssuerState>);

struct IssuerState {
    url: String,
    clock: Clock,
    key: OnceLock<SigningKey>,
}

impl Issuer {
    pub(crate) fn new(url: &str, clock: Clock) -> Self {
        Self(Arc::new(IssuerState { url: url.to_owned(), clock, key: OnceLock::new() }))
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/issuer/.well-known/openid-configuration", get(configuration))
            .route(KEY_SET, get(key_set))
            .route("/_local/issuer/token", post(mint))
            .with_state(self)
    }

    /// Returns the key, made on first use.
    async fn key(&self) -> Result<&SigningKey, ApiError> {
        if self.0.key.get().is_none() {
            let state = Arc::clone(&self.0);
            to_the_end(move || {
                let key = SigningKey::generate(KEY_ID.to_owned())?;
                state.key.get_or_init(|| key);
                Ok(())
            })
            .await?;
        }
        self.0.key.get().ok_or_else(ApiError::internal)
    }

    /// Signs a token with these claims; missing ones are filled in, and a claim that is null is left
    /// out. Its times are those of the wall clock, which functions read.
    async fn token(&self, requested: Map<String, Value>) -> Result<String, ApiError> {
        let now = self.0.clock.wall();
        let own = [
            ("iss", json!(name(&self.0.url))),
            ("aud", json!(AUDIENCE)),
            ("iat", json!(now)),
            ("exp", json!(now.saturating_add(LIFE))),
        ];
        let claims = openid::claims(own, requested);
        self.key().await?.sign(Header::new(ALGORITHM), &claims)
    }
}

async fn mint(State(issuer): State<Issuer>, Json(requested): Json<Map<String, Value>>) -> Response {
    openid::minted("token", issuer.token(requested).await)
}

async fn key_set(State(issuer): State<Issuer>) -> Response {
    openid::key_set(issuer.key().await, ALGORITHM)
}

async fn configuration(State(issuer): State<Issuer>) -> Response {
    let url = &issuer.0.url;
    openid::configuration(&name(url), &format!("{url}{KEY_SET}"), ALGORITHM)
}
