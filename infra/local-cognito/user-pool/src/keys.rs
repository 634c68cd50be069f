//! The two signing keys of a pool: one for ID tokens, one for access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use local_cognito_aws_emulation::{ApiError, randomness};
use local_cognito_openid::signing_key::SigningKey;

/// Signing keys of one pool.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) id: Key,
    pub(crate) access: Key,
}

/// One of the two signing keys.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Key(SigningKey);

impl Keys {
    /// Generates both keys, which takes a while.
    pub(crate) fn generate() -> Result<Self, ApiError> {
        Ok(Self { id: Key::generate()?, access: Key::generate()? })
    }

    /// Returns the key set document of the pool.
    pub(crate) fn document(&self) -> Value {
        let keys = [&self.id, &self.access].map(|key| key.0.public(Algorithm::RS256));
        json!({"keys": keys})
    }
}

impl Key {
    fn generate() -> Result<Self, ApiError> {
        SigningKey::generate(STANDARD.encode(randomness::bytes::<32>()?)).map(Self)
    }

    /// Signs claims.
    pub(crate) fn sign(&self, claims: &Map<String, Value>) -> Result<String, ApiError> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = None;
        self.0.sign(header, claims)
    }

    /// Returns the claims of a token that this key signed; its times are not checked.
    pub(crate) fn verify(&self, token: &str) -> Option<Map<String, Value>> {
        self.0.open(Algorithm::RS256, token)
    }
}
