//! RSA keys that sign tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use local_cognito_aws_emulation::ApiError;

const BITS: usize = 2048;

/// Does work that takes a while off the asynchronous threads, and to its end: what it keeps is kept
/// also if the caller gives up waiting.
pub async fn to_the_end<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())?
}

/// One RSA key.
#[derive(Clone, Serialize, Deserialize)]
pub struct SigningKey {
    kid: String,
    /// PKCS #1, base64.
    private: String,
    modulus: String,
    exponent: String,
}

impl SigningKey {
    /// A new key, which takes a while.
    pub fn generate(kid: String) -> Result<Self, ApiError> {
        let key = RsaPrivateKey::new(&mut OsRng, BITS).map_err(|_| ApiError::internal())?;
        let private = key.to_pkcs1_der().map_err(|_| ApiError::internal())?;
        Ok(Self {
            kid,
            private: STANDARD.encode(private.as_bytes()),
            modulus: URL_SAFE_NO_PAD.encode(key.n().to_bytes_be()),
            exponent: URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()),
        })
    }

    /// The public half as a key set shows it, for tokens of this algorithm.
    pub fn public(&self, algorithm: Algorithm) -> Value {
        json!({
            "kid": self.kid,
            "alg": algorithm,
            "kty": "RSA",
            "use": "sig",
            "e": self.exponent,
            "n": self.modulus,
        })
    }

    /// Signs claims; the header gets the key's id.
    pub fn sign(
        &self,
        mut header: Header,
        claims: &Map<String, Value>,
    ) -> Result<String, ApiError> {
        header.kid = Some(self.kid.clone());
        let private = STANDARD.decode(&self.private).map_err(|_| ApiError::internal())?;
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_rsa_der(&private))
            .map_err(|_| ApiError::internal())
    }

    /// The claims of a token that this key signed with this algorithm, whatever its times say.
    pub fn open(&self, algorithm: Algorithm, token: &str) -> Option<Map<String, Value>> {
        let key = DecodingKey::from_rsa_components(&self.modulus, &self.exponent).ok()?;
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation)
            .ok()
            .map(|token| token.claims)
    }
}
