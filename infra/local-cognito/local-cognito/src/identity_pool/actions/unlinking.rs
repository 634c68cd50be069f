//! Logins that are taken away; the last one leaves an identity that nobody reaches.

use serde_json::{Value, json};

use super::developer::{check_provider, user_of};
use super::identity::Found;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, constraint};
use crate::identity_pool::login::DONT_MATCH;
use crate::identity_pool::{Host, rule};

impl Host {
    pub(super) fn unlink_developer(&self, input: &Input) -> Result<Value, ApiError> {
        let id = rule::identity_id(input)?;
        let user = input.required("DeveloperUserIdentifier")?;
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(rule::pool_id(input)?)?;
        let login = user_of(check_provider(pool, input)?, user)?;
        let identity = pool.identity_mut(id)?;
        if !identity.logins.remove(&login) {
            return Err(ApiError::new(
                "ResourceConflictException",
                "The developer user identifier does not belong to the identity.",
            ));
        }
        identity.modified = now;
        Ok(json!({}))
    }

    /// `UnlinkIdentity`, by whoever proves to hold the identity.
    pub(super) async fn unlink_identity(&self, input: &Input) -> Result<Value, ApiError> {
        let removed = input
            .list("LoginsToRemove")?
            .ok_or_else(|| constraint("null", "LoginsToRemove", "Member must not be null"))?;
        let (pool_id, found) = self.find_identity(input).await?;
        let id = match &found {
            Found::Guest(_) => return Err(ApiError::refused(DONT_MATCH)),
            Found::Public(id, _) => id,
            Found::Own(statement) => &statement.identity,
        };
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(&pool_id)?;
        let developer = pool.developer_provider().map(str::to_owned);
        if removed.iter().any(|name| Some(name) == developer.as_ref()) {
            return Err(ApiError::invalid("Please provide a valid public provider."));
        }
        let identity = pool.identity_mut(id)?;
        identity.logins.retain(|login| !removed.contains(&login.provider));
        identity.modified = now;
        Ok(json!({}))
    }
}
