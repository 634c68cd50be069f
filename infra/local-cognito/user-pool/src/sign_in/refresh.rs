//! Refresh of tokens, and the rotation of refresh tokens.

use serde_json::{Value, json};

use super::attempt::Attempt;
use crate::grant::Grant;
use crate::registry::PoolRegistry;
use crate::token_issuer::{Issuance, TokenIssuer};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::{Texts, parameter};

/// Issues new tokens for refresh tokens; cloning shares it.
#[derive(Clone)]
pub(crate) struct TokenRefresh {
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) tokens: TokenIssuer,
}

impl TokenRefresh {
    /// Runs the refresh flow of `InitiateAuth`.
    pub(crate) async fn refresh(
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
        let (grant, names) = self.valid_grant(attempt, token)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        attempt.client.check_secret_hash(hash, &names)?;
        let issuance = Issuance {
            pool: &attempt.pool,
            client: &attempt.client.id,
            occasion: "RefreshTokens",
            metadata: None,
            nonce: None,
        };
        let result = self.tokens.issue(&issuance, &grant).await?;
        Ok(json!({"AuthenticationResult": result, "ChallengeParameters": {}}))
    }

    /// Issues tokens as `GetTokensFromRefreshToken` does, with a new refresh token if the client
    /// rotates them.
    pub(crate) async fn refresh_and_rotate(
        &self,
        attempt: &Attempt,
        token: &str,
    ) -> Result<Value, ApiError> {
        let (grant, _) = self.valid_grant(attempt, token)?;
        let issuance = Issuance {
            pool: &attempt.pool,
            client: &attempt.client.id,
            occasion: "Authentication",
            metadata: attempt.metadata.as_ref(),
            nonce: None,
        };
        let mut result = self.tokens.issue(&issuance, &grant).await?;
        if let Some(grace) = attempt.client.rotation() {
            let now = self.clock.now();
            let mut state = self.pools.lock();
            let grants = &mut state.pool_mut(&attempt.pool)?.grants;
            let mut grant = grants.get(&grant.origin).ok_or_else(ApiError::internal)?;
            let token = grant.rotate(grace, now)?;
            grants.replace(&grant)?;
            result.insert("RefreshToken".to_owned(), token.into());
        }
        Ok(json!({"AuthenticationResult": result}))
    }

    /// Returns the sign-in of a valid refresh token and the names of its user.
    fn valid_grant(
        &self,
        attempt: &Attempt,
        token: &str,
    ) -> Result<(Grant, Vec<String>), ApiError> {
        let now = self.clock.now();
        let state = self.pools.lock();
        let pool = state.pool(&attempt.pool)?;
        let grant = pool
            .grants
            .of_token(token, now)
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
        Ok((grant, names))
    }
}
