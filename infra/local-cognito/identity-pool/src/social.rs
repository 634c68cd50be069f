//! Stand-in for every social and OpenID provider, which signs any token that a test asks for.

use jsonwebtoken::{Algorithm, Header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::lazy_key::LazyKey;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_openid::documents as openid;
use local_cognito_openid::signing_key::SigningKey;

/// Name of the stand-in itself among `Logins`.
pub const PROVIDER: &str = "localhost/social";
/// Client that its tokens are for.
pub const CLIENT: &str = "lifeguard-social";

/// Algorithm that signs the tokens.
pub(crate) const ALGORITHM: Algorithm = Algorithm::RS256;

const KEY_ID: &str = "social-1";
/// Life of a token in seconds.
const LIFE: u64 = 60 * 60;

/// Stand-in for social and OpenID providers; cloning shares its key.
#[derive(Clone)]
pub(crate) struct SocialProvider {
    url: String,
    clock: Clock,
    key: LazyKey,
}

/// ID token that a test asks for; further members become claims.
#[derive(Deserialize)]
struct TokenRequest {
    sub: String,
    /// Provider that is played.
    #[serde(default = "own_provider")]
    provider: String,
    #[serde(flatten)]
    claims: Map<String, Value>,
}

fn own_provider() -> String {
    PROVIDER.to_owned()
}

/// Returns the issuer of a provider's tokens; that of the stand-in itself is an address here.
pub(crate) fn issuer(provider: &str, url: &str) -> String {
    if provider == PROVIDER { format!("{url}/social") } else { format!("https://{provider}") }
}

impl SocialProvider {
    pub(crate) fn new(url: &str, clock: Clock) -> Self {
        Self { url: url.to_owned(), clock, key: LazyKey::new(KEY_ID) }
    }

    /// Signs a token; claims of the request replace its own.
    pub(crate) async fn sign(&self, input: Value) -> Result<String, ApiError> {
        let request: TokenRequest = serde_json::from_value(input)
            .map_err(|_| ApiError::serialization("A token needs a sub, which is a string."))?;
        let now = self.clock.now();
        let own = [
            ("iss", json!(issuer(&request.provider, &self.url))),
            ("sub", json!(request.sub)),
            ("aud", json!(CLIENT)),
            ("iat", json!(now)),
            ("auth_time", json!(now)),
            ("exp", json!(now.saturating_add(LIFE))),
        ];
        let claims = openid::claims(own, request.claims);
        self.key.get().await?.sign(Header::new(ALGORITHM), &claims)
    }

    /// Returns the claims of a token that the stand-in signed, expired or not.
    pub(crate) async fn verified_claims(
        &self,
        token: &str,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        Ok(self.key.get().await?.open(ALGORITHM, token))
    }

    /// Returns the key of every provider that it plays, made on first use.
    pub(crate) async fn key(&self) -> Result<SigningKey, ApiError> {
        self.key.get().await
    }

    /// Returns the key to be saved with the pools.
    pub(crate) fn lazy_key(&self) -> &LazyKey {
        &self.key
    }

    /// Returns the issuer of the stand-in itself.
    pub(crate) fn own_issuer(&self) -> String {
        issuer(PROVIDER, &self.url)
    }
}
