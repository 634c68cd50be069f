//! A stand-in for an issuer of tokens that `developer-identity` exchanges: for tests, it signs
//! any claims.

use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Map, Value, json};

use crate::documents;
use crate::signing_key::{SigningKey, to_the_end};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;

/// Audience of its tokens.
pub const AUDIENCE: &str = "lifeguard";
/// Algorithm of its signatures.
pub const ALGORITHM: Algorithm = Algorithm::RS256;
/// Path of its key set, behind the address of the local Cognito.
pub const KEY_SET: &str = "/issuer/jwks.json";

const KEY_ID: &str = "issuer-1";
/// Lifetime of a token, in seconds.
const LIFE: u64 = 5 * 60;

/// Returns the `iss` of its tokens, by the address of the local Cognito.
#[must_use]
pub fn name(url: &str) -> String {
    format!("{url}/issuer")
}

/// The issuer of one local Cognito; cloning shares it.
#[derive(Clone)]
pub struct Issuer(Arc<IssuerState>);

struct IssuerState {
    url: String,
    clock: Clock,
    key: OnceLock<SigningKey>,
}

impl Issuer {
    /// Returns an issuer behind this address.
    #[must_use]
    pub fn new(url: &str, clock: Clock) -> Self {
        Self(Arc::new(IssuerState { url: url.to_owned(), clock, key: OnceLock::new() }))
    }

    /// Returns its routes: the key set, its configuration, and tokens for tests.
    pub fn router(self) -> Router {
        Router::new()
            .route("/issuer/.well-known/openid-configuration", get(configuration))
            .route(KEY_SET, get(key_set))
            .route("/_local/issuer/token", post(mint))
            .with_state(self)
    }

    /// The key, made on first use.
    async fn key(&self) -> Result<&SigningKey, ApiError> {
        if self.0.key.get().is_none() {
            let parts = Arc::clone(&self.0);
            to_the_end(move || {
                let key = SigningKey::generate(KEY_ID.to_owned())?;
                parts.key.get_or_init(|| key);
                Ok(())
            })
            .await?;
        }
        self.0.key.get().ok_or_else(ApiError::internal)
    }

    /// A token with these claims; what they leave out is filled in, what they set to null is left
    /// out. Its times are those of the wall clock, which functions read.
    async fn token(&self, wanted: Map<String, Value>) -> Result<String, ApiError> {
        let now = self.0.clock.wall();
        let own = [
            ("iss", json!(name(&self.0.url))),
            ("aud", json!(AUDIENCE)),
            ("iat", json!(now)),
            ("exp", json!(now.saturating_add(LIFE))),
        ];
        let claims = documents::claims(own, wanted);
        self.key().await?.sign(Header::new(ALGORITHM), &claims)
    }
}

async fn mint(State(issuer): State<Issuer>, Json(wanted): Json<Map<String, Value>>) -> Response {
    documents::minted("token", issuer.token(wanted).await)
}

async fn key_set(State(issuer): State<Issuer>) -> Response {
    documents::key_set(issuer.key().await, ALGORITHM)
}

async fn configuration(State(issuer): State<Issuer>) -> Response {
    let url = &issuer.0.url;
    documents::configuration(&name(url), &format!("{url}{KEY_SET}"), ALGORITHM)
}
