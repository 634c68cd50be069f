//! Checks of tokens, for this API and for other services.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::registry::PoolRegistry;
use super::settings::Settings;
use super::token_claims::USER_SCOPE;
use super::trigger::EventContext;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;

/// Checks the tokens of all pools; cloning shares it.
#[derive(Clone)]
pub(crate) struct TokenCheck {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
}

/// The user and the client of a valid access token.
pub(crate) struct Bearer {
    pub(crate) pool: String,
    pub(crate) client: String,
    pub(crate) user: String,
}

impl Bearer {
    /// Returns the context of events about this user.
    pub(crate) fn context(&self) -> EventContext<'_> {
        EventContext { pool: &self.pool, client: Some(&self.client), user_name: &self.user }
    }
}

impl TokenCheck {
    /// Checks an access token as `GetUser` does.
    ///
    /// # Errors
    /// `NotAuthorizedException` with the text for the fault of the token.
    pub(crate) fn authorize(&self, token: &str) -> Result<Bearer, ApiError> {
        let invalid = || ApiError::refused("Invalid Access Token");
        let pool_id = unverified_pool(token).ok_or_else(invalid)?;
        let state = self.pools.lock();
        let pool = state.pool(&pool_id).map_err(|_| invalid())?;
        let keys = pool.keys.as_ref().ok_or_else(invalid)?;
        let claims = keys.access.verify(token).ok_or_else(invalid)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let issuers = self.settings.issuers(&pool_id);
        let is_ours = text("iss").is_some_and(|issuer| issuers.iter().any(|ours| ours == issuer));
        if !is_ours || text("token_use") != Some("access") {
            return Err(invalid());
        }
        let expires = claims.get("exp").and_then(Value::as_u64).unwrap_or(0);
        if self.clock.now() >= expires {
            return Err(ApiError::refused("Access Token has expired"));
        }
        let (Some(user), Some(client)) = (text("username"), text("client_id")) else {
            return Err(invalid());
        };
        let holder = pool.user(user)?;
        let grant = text("origin_jti").and_then(|origin| pool.grants.get(origin));
        if grant.is_none_or(|grant| grant.revoked) {
            return Err(ApiError::refused("Access Token has been revoked"));
        }
        if !text("scope").is_some_and(|scopes| scopes.split(' ').any(|scope| scope == USER_SCOPE)) {
            return Err(ApiError::refused("Access Token does not have required scopes"));
        }
        holder.check_enabled()?;
        Ok(Bearer { pool: pool_id, client: client.to_owned(), user: user.to_owned() })
    }

    /// Returns the claims of an ID or access token that this pool signed; its times are not checked.
    pub(crate) fn verified_claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>> {
        let state = self.pools.lock();
        let keys = state.pool(pool).ok()?.keys.as_ref()?;
        keys.id.verify(token).or_else(|| keys.access.verify(token))
    }

    /// True if the sign-in behind verified claims is not revoked and its user is enabled.
    pub(crate) fn is_signed_in(&self, pool: &str, claims: &Map<String, Value>) -> bool {
        let state = self.pools.lock();
        let grant = claims
            .get("origin_jti")
            .and_then(Value::as_str)
            .and_then(|origin| state.pool(pool).ok()?.grants.get(origin));
        grant.is_some_and(|grant| {
            let user = state.pool(pool).and_then(|pool| pool.user(&grant.user));
            !grant.revoked && user.is_ok_and(|user| user.check_enabled().is_ok())
        })
    }
}

/// Returns the pool that a token names, before its signature is checked.
fn unverified_pool(token: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    let pool = claims.get("iss")?.as_str()?.rsplit('/').next()?;
    Some(pool.to_owned())
}
