//! The two signing keys of a pool: one for ID tokens, one for access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Host;
use super::chance;
use super::error::ApiError;

const BITS: usize = 2048;

/// The keys of a pool.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) id: Key,
    pub(crate) access: Key,
}

/// One RSA key.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Key {
    kid: String,
    /// PKCS #1, base64.
    private: String,
    modulus: String,
    exponent: String,
}

impl Keys {
    fn generate() -> Result<Self, ApiError> {
        Ok(Self { id: Key::generate()?, access: Key::generate()? })
    }

    /// The key set document of the pool.
    pub(crate) fn document(&self) -> Value {
        json!({"keys": [self.id.public(), self.access.public()]})
    }
}

impl Key {
    fn generate() -> Result<Self, ApiError> {
        let key = RsaPrivateKey::new(&mut OsRng, BITS).map_err(|_| ApiError::internal())?;
        let private = key.to_pkcs1_der().map_err(|_| ApiError::internal())?;
        Ok(Self {
            kid: STANDARD.encode(chance::bytes::<32>()?),
            private: STANDARD.encode(private.as_bytes()),
            modulus: URL_SAFE_NO_PAD.encode(key.n().to_bytes_be()),
            exponent: URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()),
        })
    }

    fn public(&self) -> Value {
        json!({
            "kid": self.kid,
            "alg": "RS256",
            "kty": "RSA",
            "use": "sig",
            "e": self.exponent,
            "n": self.modulus,
        })
    }

    /// Signs claims.
    pub(crate) fn sign(&self, claims: &Map<String, Value>) -> Result<String, ApiError> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = None;
        header.kid = Some(self.kid.clone());
        let private = STANDARD.decode(&self.private).map_err(|_| ApiError::internal())?;
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_rsa_der(&private))
            .map_err(|_| ApiError::internal())
    }

    /// The claims of a token that this key signed, whatever its times say.
    pub(crate) fn open(&self, token: &str) -> Option<Map<String, Value>> {
        let key = DecodingKey::from_rsa_components(&self.modulus, &self.exponent).ok()?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation)
            .ok()
            .map(|token| token.claims)
    }
}

impl Host {
    /// The pool's keys, generated on first use and off the asynchronous threads.
    pub(crate) async fn keys(&self, pool: &str) -> Result<Keys, ApiError> {
        let _one_at_a_time = self.key_making.lock().await;
        if let Some(keys) = &self.state().pool(pool)?.keys {
            return Ok(keys.clone());
        }
        let keys = tokio::task::spawn_blocking(Keys::generate)
            .await
            .map_err(|_| ApiError::internal())??;
        self.state().pool_mut(pool)?.keys = Some(keys.clone());
        Ok(keys)
    }
}
