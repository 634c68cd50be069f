//! Verification of the tokens in `Logins`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::directory::{DONT_MATCH, IdentityDirectory};
use super::identity_claims::IdentityClaims;
use super::login::{Login, LoginKind, VerifiedLogin};
use super::pool_settings::Provider;
use super::social::SocialProvider;
use super::token_issuer::{OWN_PROVIDER, TokenIssuer};
use super::user_pool_verifier::UserPoolVerifier;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;

/// Verifies the logins of a request.
#[derive(Clone)]
pub(crate) struct LoginVerifier {
    pub(crate) directory: IdentityDirectory,
    pub(crate) user_pools: Arc<dyn UserPoolVerifier>,
    pub(crate) social: SocialProvider,
    pub(crate) tokens: TokenIssuer,
    pub(crate) clock: Clock,
    /// Type of the error for the developer provider's name among a client's logins.
    pub(crate) developer_login_kind: String,
}

/// Verified logins of a client.
pub(crate) enum VerifiedLogins {
    /// Tokens of public providers; none of them is a guest.
    Public(Vec<VerifiedLogin>),
    /// Token that the identity pool issued for a developer user.
    Own(IdentityClaims),
}

impl LoginVerifier {
    /// Verifies the logins of a client; every token has to be right.
    pub(crate) async fn verify(
        &self,
        pool: &str,
        logins: &Texts,
    ) -> Result<VerifiedLogins, ApiError> {
        match logins.get(OWN_PROVIDER) {
            Some(token) if logins.len() == 1 => {
                self.verify_own(pool, token).await.map(VerifiedLogins::Own)
            }
            Some(_) => Err(ApiError::refused(DONT_MATCH)),
            None => self.verify_public(pool, logins).await.map(VerifiedLogins::Public),
        }
    }

    /// Verifies logins at public providers.
    pub(crate) async fn verify_public(
        &self,
        pool: &str,
        logins: &Texts,
    ) -> Result<Vec<VerifiedLogin>, ApiError> {
        let mut verified = Vec::new();
        for (name, token) in logins {
            let provider = self.provider(pool, name)?;
            verified.push(self.verify_one(name, provider, token).await?);
        }
        Ok(verified)
    }

    fn provider(&self, pool: &str, name: &str) -> Result<Provider, ApiError> {
        let pools = self.directory.pools();
        let pool = pools.pool(pool)?;
        if pool.settings.developer_provider() == Some(name) {
            let text = "Please provide a valid public provider.";
            return Err(ApiError::new(&self.developer_login_kind, text));
        }
        self.directory.provider(pool, name).ok_or_else(not_supported)
    }

    async fn verify_one(
        &self,
        name: &str,
        provider: Provider,
        token: &str,
    ) -> Result<VerifiedLogin, ApiError> {
        let (issuers, kind) = match &provider {
            Provider::UserPool { pool, .. } => (self.user_pools.issuers(pool), LoginKind::UserPool),
            Provider::Social { issuer, .. } => (vec![issuer.clone()], LoginKind::Social),
        };
        let named = unverified_issuer(token)
            .ok_or_else(|| invalid("Not a valid OpenId Connect identity token."))?;
        if !issuers.contains(&named) {
            return Err(invalid("Issuer doesn't match providerName"));
        }
        let claims = match &provider {
            Provider::UserPool { pool, .. } => self.user_pools.verified_claims(pool, token),
            Provider::Social { .. } => self.social.verified_claims(token).await?,
        };
        let claims = claims.ok_or_else(bad_signature)?;
        let client = audience(&claims)?;
        check_times(&claims, self.clock.now())?;
        match &provider {
            Provider::UserPool { pool, clients, checked } => {
                if claims.get("token_use").and_then(Value::as_str) != Some("id") {
                    return Err(invalid("Not a valid OpenId Connect identity token."));
                }
                if !clients.contains(&client) {
                    return Err(not_supported());
                }
                if checked.contains(&client) && !self.user_pools.is_signed_in(pool, &claims) {
                    return Err(invalid("Token is revoked."));
                }
            }
            Provider::Social { audience, .. } if *audience != client => {
                return Err(not_supported());
            }
            Provider::Social { .. } => {}
        }
        let subject = claims.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty());
        let subject = subject.ok_or_else(|| invalid("Missing a required claim: sub"))?;
        let login = Login { provider: name.to_owned(), subject: subject.to_owned() };
        Ok(VerifiedLogin { login, kind, claims, client })
    }

    async fn verify_own(&self, pool: &str, token: &str) -> Result<IdentityClaims, ApiError> {
        let verified = self.tokens.verify(token).await?.ok_or_else(bad_signature)?;
        check_expiry(verified.expires, self.clock.now())?;
        if verified.claims.pool != pool {
            return Err(not_supported());
        }
        Ok(verified.claims)
    }
}

/// Returns the issuer that a token names, before its signature is checked.
fn unverified_issuer(token: &str) -> Option<String> {
    let [_, payload, _] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(claims.get("iss")?.as_str()?.to_owned())
}

/// Returns the one client that a token is for.
fn audience(claims: &Map<String, Value>) -> Result<String, ApiError> {
    match claims.get("aud") {
        Some(Value::String(client)) => Ok(client.clone()),
        _ => Err(invalid("Missing a required claim: aud")),
    }
}

fn check_times(claims: &Map<String, Value>, now: u64) -> Result<(), ApiError> {
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    if time("nbf").is_some_and(|begins| now < begins) {
        return Err(invalid("Token is not valid yet."));
    }
    check_expiry(time("exp").ok_or_else(|| invalid("Missing a required claim: exp"))?, now)
}

fn check_expiry(expires: u64, now: u64) -> Result<(), ApiError> {
    if now < expires {
        return Ok(());
    }
    Err(invalid(&format!("Token expired: {now} >= {expires}")))
}

fn not_supported() -> ApiError {
    ApiError::refused("Token is not from a supported provider of this identity pool.")
}

fn bad_signature() -> ApiError {
    invalid("Couldn't verify signed token.")
}

fn invalid(problem: &str) -> ApiError {
    ApiError::refused(format!("Invalid login token. {problem}"))
}
