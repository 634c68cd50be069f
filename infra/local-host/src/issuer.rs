//! A stand-in for an issuer whose tokens `developer-identity` exchanges: for tests, it signs
//! whatever it is asked to.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use crate::aws_api::{ApiError, wire};
use crate::clock::Clock;
use crate::signing_key::SigningKey;

/// Whom its tokens are for.
pub const AUDIENCE: &str = "lifeguard";
/// How its tokens are signed.
pub const ALGORITHM: Algorithm = Algorithm::RS256;
/// Where its key set is, behind the host's own address.
pub const KEY_SET: &str = "/issuer/jwks.json";

const KEY_ID: &str = "issuer-1";
/// How long a token lives, in seconds.
const LIFE: u64 = 5 * 60;

/// What the tokens say in `iss`, by the host's own address.
#[must_use]
pub fn name(url: &str) -> String {
    format!("{url}/issuer")
}

/// The issuer of one host; cloning shares it.
#[derive(Clone)]
pub(crate) struct Issuer(Arc<Parts>);

struct Parts {
    url: String,
    clock: Clock,
    key: OnceCell<SigningKey>,
}

impl Issuer {
    pub(crate) fn new(url: &str, clock: Clock) -> Self {
        Self(Arc::new(Parts { url: url.to_owned(), clock, key: OnceCell::new() }))
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/issuer/.well-known/openid-configuration", get(configuration))
            .route(KEY_SET, get(key_set))
            .route("/_local/issuer/token", post(mint))
            .with_state(self)
    }

    /// The key, made on first use and off the asynchronous threads.
    async fn key(&self) -> Result<&SigningKey, ApiError> {
        let make = || SigningKey::generate(KEY_ID.to_owned());
        self.0
            .key
            .get_or_try_init(|| async {
                tokio::task::spawn_blocking(make).await.map_err(|_| ApiError::internal())?
            })
            .await
    }

    /// A token with these claims; what they leave out is filled in, what they set to null is left
    /// out. Its times are those of the wall clock, which functions read.
    async fn token(&self, wanted: Map<String, Value>) -> Result<String, ApiError> {
        let now = self.0.clock.wall();
        let mut claims = Map::new();
        for (claim, value) in [
            ("iss", json!(name(&self.0.url))),
            ("aud", json!(AUDIENCE)),
            ("iat", json!(now)),
            ("exp", json!(now.saturating_add(LIFE))),
        ] {
            claims.insert(claim.to_owned(), value);
        }
        claims.extend(wanted);
        claims.retain(|_, value| !value.is_null());
        self.key().await?.sign(Header::new(ALGORITHM), &claims)
    }
}

async fn mint(State(issuer): State<Issuer>, Json(wanted): Json<Map<String, Value>>) -> Response {
    match issuer.token(wanted).await {
        Ok(token) => wire::document(&json!({"token": token})),
        Err(error) => wire::respond(Err(error)),
    }
}

async fn key_set(State(issuer): State<Issuer>) -> Response {
    match issuer.key().await {
        Ok(key) => wire::document(&json!({"keys": [key.public(ALGORITHM)]})),
        Err(error) => wire::respond(Err(error)),
    }
}

async fn configuration(State(issuer): State<Issuer>) -> Response {
    let url = &issuer.0.url;
    wire::document(&json!({
        "issuer": name(url),
        "jwks_uri": format!("{url}{KEY_SET}"),
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
    }))
}
