//! A stand-in for every social and OpenID provider, which signs whatever a test asks for.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jsonwebtoken::{Algorithm, Header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Host, IdentityPools};
use crate::aws_api::ApiError;
use crate::openid;
use crate::signing_key::SigningKey;

/// The name under which the stand-in's own tokens go into `Logins`.
pub const PROVIDER: &str = "localhost/social";
/// The client that its tokens are for.
pub const CLIENT: &str = "lifeguard-social";

const KEY_ID: &str = "social-1";
const ALGORITHM: Algorithm = Algorithm::RS256;
/// How long a token lives, in seconds.
const LIFE: u64 = 60 * 60;

/// The issuer of a provider's tokens; the stand-in's own has an address here.
pub(crate) fn issuer(provider: &str, url: &str) -> String {
    if provider == PROVIDER { format!("{url}/social") } else { format!("https://{provider}") }
}

/// An ID token that is wanted; further members become claims.
#[derive(Deserialize)]
struct Wanted {
    sub: String,
    /// The provider that is played.
    #[serde(default = "own_provider")]
    provider: String,
    #[serde(flatten)]
    claims: Map<String, Value>,
}

fn own_provider() -> String {
    PROVIDER.to_owned()
}

impl Host {
    /// The key of every social provider, made on first use.
    pub(crate) async fn social_key(&self) -> Result<SigningKey, ApiError> {
        self.key(KEY_ID.to_owned(), |state| &mut state.social_key).await
    }

    /// A token of the stand-in: claims that are asked for stand before its own.
    pub(crate) async fn social_token(&self, input: Value) -> Result<String, ApiError> {
        let wanted: Wanted = serde_json::from_value(input)
            .map_err(|_| ApiError::serialization("A token needs a sub, which is a string."))?;
        let now = self.clock.now();
        let own = [
            ("iss", json!(issuer(&wanted.provider, &self.settings.url))),
            ("sub", json!(wanted.sub)),
            ("aud", json!(CLIENT)),
            ("iat", json!(now)),
            ("auth_time", json!(now)),
            ("exp", json!(now.saturating_add(LIFE))),
        ];
        let claims = openid::claims(own, wanted.claims);
        self.social_key().await?.sign(Header::new(ALGORITHM), &claims)
    }

    /// The claims of a token that the stand-in signed.
    pub(crate) async fn social_claims(
        &self,
        token: &str,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        Ok(self.social_key().await?.open(ALGORITHM, token))
    }
}

/// `POST /_local/social/token`.
pub(crate) async fn mint(State(pools): State<IdentityPools>, Json(input): Json<Value>) -> Response {
    openid::minted("id_token", pools.0.social_token(input).await)
}

/// The stand-in's key set.
pub(crate) async fn key_set(State(pools): State<IdentityPools>) -> Response {
    openid::key_set(pools.0.social_key().await.as_ref().map_err(Clone::clone), ALGORITHM)
}

/// The stand-in's OpenID configuration.
pub(crate) async fn configuration(State(pools): State<IdentityPools>) -> Response {
    let issuer = issuer(PROVIDER, &pools.0.settings.url);
    openid::configuration(&issuer, &format!("{issuer}/.well-known/jwks.json"), ALGORITHM)
}
