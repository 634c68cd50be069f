//! Refresh tokens: new tokens for them, and their revocation.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::grant::Grant;
use crate::registry::PoolRegistry;
use crate::request::texts;
use crate::sign_in::{Attempt, TokenRefresh};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;

/// Request of `GetTokensFromRefreshToken`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetTokensFromRefreshTokenRequest {
    client_id: String,
    client_secret: Option<String>,
    refresh_token: String,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `RevokeToken`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RevokeTokenRequest {
    client_id: String,
    client_secret: Option<String>,
    token: String,
}

pub(crate) async fn refresh(
    pools: &PoolRegistry,
    tokens: &TokenRefresh,
    request: GetTokensFromRefreshTokenRequest,
) -> Result<Value, ApiError> {
    let attempt = Attempt::from_client(pools, &request.client_id, request.client_metadata)?;
    if !attempt.client.has_secret(request.client_secret.as_deref()) {
        return Err(ApiError::refused(format!(
            "Unable to verify secret for client {}",
            attempt.client.id
        )));
    }
    tokens.refresh_and_rotate(&attempt, &request.refresh_token).await
}

pub(crate) fn revoke(
    pools: &PoolRegistry,
    clock: &Clock,
    request: RevokeTokenRequest,
) -> Result<Value, ApiError> {
    let (token, client_id) = (&request.token, &request.client_id);
    let now = clock.now();
    let mut state = pools.lock();
    let (pool, client) = state.client(client_id)?;
    if !client.has_secret(request.client_secret.as_deref()) {
        return Err(ApiError::new("UnauthorizedException", "Invalid client secret."));
    }
    if !client.revokes_tokens() {
        return Err(ApiError::new(
            "UnsupportedOperationException",
            "Revocation is disabled for this client.",
        ));
    }
    if token.split('.').count() == 3 {
        return Err(ApiError::new(
            "UnsupportedTokenTypeException",
            "Only refresh tokens can be revoked.",
        ));
    }
    let Some(grant) = pool.grants.of_token(token, now) else {
        return Ok(json!({}));
    };
    if grant.client != *client_id {
        return Err(ApiError::new(
            "UnauthorizedException",
            "The refresh token was issued to another client.",
        ));
    }
    let (pool_id, revoked) = (pool.id.clone(), Grant { revoked: true, ..grant });
    state.pool_mut(&pool_id)?.grants.replace(&revoked)?;
    Ok(json!({}))
}
