//! Issuer of the identity pool's own tokens: RS512, one key for all pools.

use jsonwebtoken::{Algorithm, Header};

use super::identity_claims::{IdentityClaims, TokenFacts};
use super::lazy_key::LazyKey;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::{ApiError, randomness};
use local_cognito_openid::signing_key::SigningKey;

/// Key of the identity pool's own tokens among `Logins`, and its principal in trust policies.
pub const OWN_PROVIDER: &str = "cognito-identity.amazonaws.com";
/// Algorithm that signs the tokens.
pub(crate) const ALGORITHM: Algorithm = Algorithm::RS512;

/// Issues and verifies the identity pool's own tokens; cloning shares the key.
#[derive(Clone)]
pub(crate) struct TokenIssuer {
    region: String,
    clock: Clock,
    key: LazyKey,
}

/// Claims of a token with a right signature.
pub(crate) struct VerifiedToken {
    pub(crate) claims: IdentityClaims,
    /// In seconds since 1970.
    pub(crate) expires: u64,
}

impl TokenIssuer {
    pub(crate) fn new(region: &str, clock: Clock) -> Self {
        Self { region: region.to_owned(), clock, key: LazyKey::new(&format!("{region}-1")) }
    }

    /// Signs a token that lives for `life` seconds.
    pub(crate) async fn sign(
        &self,
        identity: &IdentityClaims,
        life: u64,
    ) -> Result<String, ApiError> {
        let mut header = Header::new(ALGORITHM);
        header.typ = Some("JWS".to_owned());
        let (now, jti) = (self.clock.now(), randomness::uuid()?);
        let claims = identity.to_claims(TokenFacts { region: &self.region, now, life, jti });
        self.key.get().await?.sign(header, &claims)
    }

    /// Verifies the signature of a token; the caller checks the time.
    pub(crate) async fn verify(&self, token: &str) -> Result<Option<VerifiedToken>, ApiError> {
        let key = self.key.get().await?;
        Ok(key.open(ALGORITHM, token).and_then(|claims| {
            let expires = claims.get("exp")?.as_u64()?;
            Some(VerifiedToken { claims: IdentityClaims::from_claims(&claims)?, expires })
        }))
    }

    /// Returns the key, made on first use.
    pub(crate) async fn key(&self) -> Result<SigningKey, ApiError> {
        self.key.get().await
    }

    /// Returns the key to be saved with the pools.
    pub(crate) fn lazy_key(&self) -> &LazyKey {
        &self.key
    }
}
