//! User migration: a user that the pool does not have may exist in another directory.

use serde_json::{Map, Value, json};

use super::attempt::Attempt;
use crate::password::Password;
use crate::registry::PoolRegistry;
use crate::schema;
use crate::trigger::{EventRequest, Trigger, TriggerRunner, unrecognizable};
use crate::user::{Status, User};
use crate::user_names::{assign_name, check_free, release_aliases};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;

/// Migrates users through the trigger of their pool; cloning shares it.
#[derive(Clone)]
pub(crate) struct UserMigration {
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) triggers: TriggerRunner,
}

impl UserMigration {
    /// Migrates a user at a sign-in with a password; `None` if the trigger does not know the user.
    pub(crate) async fn migrate_at_sign_in(
        &self,
        attempt: &Attempt,
        typed: &str,
        password: &str,
    ) -> Result<Option<User>, ApiError> {
        let request = EventRequest::empty()
            .with("password", json!(password))
            .with("validationData", json!(attempt.metadata))
            .with("userAttributes", Value::Null);
        let Some(response) = self.fire(attempt, typed, "Authentication", request).await? else {
            return Ok(None);
        };
        let status = match response.get("finalUserStatus").and_then(Value::as_str) {
            Some("CONFIRMED") => Status::Confirmed,
            None | Some("RESET_REQUIRED") => Status::ResetRequired,
            Some(_) => return Err(unrecognizable()),
        };
        let stored = (status == Status::Confirmed).then_some(password);
        self.store(attempt, typed, &response, status, stored).map(Some)
    }

    /// Migrates a user at `ForgotPassword`; `None` if the trigger does not know the user.
    pub(crate) async fn migrate_at_recovery(
        &self,
        attempt: &Attempt,
        typed: &str,
    ) -> Result<Option<User>, ApiError> {
        let request = EventRequest::empty()
            .with("password", Value::Null)
            .with("validationData", Value::Null)
            .with("userAttributes", Value::Null)
            .with_metadata(attempt.metadata.as_ref());
        let Some(response) = self.fire(attempt, typed, "ForgotPassword", request).await? else {
            return Ok(None);
        };
        self.store(attempt, typed, &response, Status::ResetRequired, None).map(Some)
    }

    /// Returns the response of the trigger if it has attributes.
    async fn fire(
        &self,
        attempt: &Attempt,
        typed: &str,
        occasion: &str,
        request: EventRequest,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        let (trigger, context) = (Trigger::UserMigration, attempt.context(typed));
        let response = self.triggers.fire(&context, trigger, occasion, request).await?;
        Ok(response.filter(|response| {
            response
                .get("userAttributes")
                .and_then(Value::as_object)
                .is_some_and(|attributes| !attributes.is_empty())
        }))
    }

    fn store(
        &self,
        attempt: &Attempt,
        typed: &str,
        response: &Map<String, Value>,
        status: Status,
        password: Option<&str>,
    ) -> Result<User, ApiError> {
        let mut attributes: Texts = response
            .get("userAttributes")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(name, _)| !matches!(name.as_str(), "sub" | "username"))
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect();
        let force = response.get("forceAliasCreation") == Some(&Value::Bool(true));
        let now = self.clock.now();
        let mut state = self.pools.lock();
        let pool = state.pool_mut(&attempt.pool)?;
        let (name, sub) = assign_name(pool, typed, &mut attributes)?;
        schema::check(&pool.config, &attributes)?;
        check_free(pool, &name, &attributes)?;
        let mut user = User::new(name.clone(), sub, attributes, status, now);
        release_aliases(pool, &user, force)?;
        if let Some(password) = password {
            user.password = Some(Password::new(&attempt.pool, &name, password)?);
        }
        pool.users.insert(user.clone());
        Ok(user)
    }
}
