//! Refresh tokens: new tokens from them, their rotation and their end.

use serde_json::{Value, json};

use super::sign_in::Attempt;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, Texts, parameter};
use crate::user_pool::Host;
use crate::user_pool::token::{Grant, Issue};

impl Host {
    /// The refresh flow of `InitiateAuth`.
    pub(super) async fn by_refresh_token(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        if attempt.client.rotation().is_some() {
            return Err(ApiError::new(
                "UnsupportedOperationException",
                "Refresh token rotation is enabled for this client: use GetTokensFromRefreshToken.",
            ));
        }
        let token = parameter(parameters, "REFRESH_TOKEN")?;
        let hash = parameters.get("SECRET_HASH").map(String::as_str);
        let (grant, names) = self.live_grant(attempt, token)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        attempt.client.check_secret_hash(hash, &names)?;
        let issue = Issue {
            pool: &attempt.pool,
            client: &attempt.client.id,
            occasion: "RefreshTokens",
            metadata: None,
            nonce: None,
        };
        let result = self.tokens(&issue, &grant).await?;
        Ok(json!({"AuthenticationResult": result, "ChallengeParameters": {}}))
    }

    pub(super) async fn tokens_from_refresh_token(&self, input: &Input) -> Result<Value, ApiError> {
        let attempt = self.attempt(input)?;
        let token = input.required("RefreshToken")?;
        if !attempt.client.has_secret(input.text("ClientSecret")?) {
            return Err(ApiError::refused(format!(
                "Unable to verify secret for client {}",
                attempt.client.id
            )));
        }
        let (grant, _) = self.live_grant(&attempt, token)?;
        let issue = Issue {
            pool: &attempt.pool,
            client: &attempt.client.id,
            occasion: "Authentication",
            metadata: attempt.metadata.as_ref(),
            nonce: None,
        };
        let mut result = self.tokens(&issue, &grant).await?;
        if let Some(grace) = attempt.client.rotation() {
            let now = self.clock.now();
            let mut state = self.state();
            let grants = &mut state.pool_mut(&attempt.pool)?.grants;
            let grant = grants.get_mut(&grant.origin).ok_or_else(ApiError::internal)?;
            result.insert("RefreshToken".to_owned(), grant.rotate(grace, now)?.into());
        }
        Ok(json!({"AuthenticationResult": result}))
    }

    /// The sign-in of a refresh token that still serves, and its user's names.
    fn live_grant(&self, attempt: &Attempt, token: &str) -> Result<(Grant, Vec<String>), ApiError> {
        let now = self.clock.now();
        let state = self.state();
        let pool = state.pool(&attempt.pool)?;
        let grant = pool
            .grant_of(token, now)
            .filter(|grant| grant.client == attempt.client.id)
            .ok_or_else(|| ApiError::refused("Invalid Refresh Token"))?;
        if grant.revoked {
            return Err(ApiError::refused("Refresh Token has been revoked"));
        }
        if now >= grant.expires {
            return Err(ApiError::refused("Refresh Token has expired"));
        }
        let user = pool
            .user(&grant.user)
            .map_err(|_| ApiError::refused("Refresh Token has been revoked"))?;
        user.check_enabled()?;
        let mut names = vec![user.name.clone(), user.sub.clone()];
        names.extend(user.attributes.get("email").cloned());
        names.extend(user.attributes.get("phone_number").cloned());
        Ok((grant.clone(), names))
    }

    pub(super) fn revoke_token(&self, input: &Input) -> Result<Value, ApiError> {
        let token = input.required("Token")?;
        let client_id = input.required("ClientId")?;
        let now = self.clock.now();
        let mut state = self.state();
        let (pool, client) = state.client(client_id)?;
        if !client.has_secret(input.text("ClientSecret")?) {
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
        let Some(grant) = pool.grant_of(token, now) else {
            return Ok(json!({}));
        };
        if grant.client != client_id {
            return Err(ApiError::new(
                "UnauthorizedException",
                "The refresh token was issued to another client.",
            ));
        }
        let (pool_id, origin) = (pool.id.clone(), grant.origin.clone());
        if let Some(grant) = state.pool_mut(&pool_id)?.grants.get_mut(&origin) {
            grant.revoked = true;
        }
        Ok(json!({}))
    }
}
