//! User migration: somebody the pool does not know may be known elsewhere.

use serde_json::{Map, Value, json};

use super::name::{check_free, free_aliases, name_anew};
use super::sign_in::Attempt;
use crate::aws_api::ApiError;
use crate::aws_api::input::Texts;
use crate::user_pool::Host;
use crate::user_pool::attribute;
use crate::user_pool::password::Password;
use crate::user_pool::trigger::{Request, Trigger, unrecognizable};
use crate::user_pool::user::{Status, User};

impl Host {
    /// Migrates somebody who typed a password; `None` when the trigger does not know them.
    pub(super) async fn migrate_at_sign_in(
        &self,
        attempt: &Attempt,
        typed: &str,
        password: &str,
    ) -> Result<Option<User>, ApiError> {
        let request = Request::empty()
            .with("password", json!(password))
            .with("validationData", json!(attempt.metadata))
            .with("userAttributes", Value::Null);
        let Some(response) = self.ask_elsewhere(attempt, typed, "Authentication", request).await?
        else {
            return Ok(None);
        };
        let status = match response.get("finalUserStatus").and_then(Value::as_str) {
            Some("CONFIRMED") => Status::Confirmed,
            None | Some("RESET_REQUIRED") => Status::ResetRequired,
            Some(_) => return Err(unrecognizable()),
        };
        let stored = (status == Status::Confirmed).then_some(password);
        self.adopt(attempt, typed, &response, status, stored).map(Some)
    }

    /// Migrates somebody who forgot the password.
    pub(super) async fn migrate_at_recovery(
        &self,
        attempt: &Attempt,
        typed: &str,
    ) -> Result<Option<User>, ApiError> {
        let request = Request::empty()
            .with("password", Value::Null)
            .with("validationData", Value::Null)
            .with("userAttributes", Value::Null)
            .with_metadata(attempt.metadata.as_ref());
        let Some(response) = self.ask_elsewhere(attempt, typed, "ForgotPassword", request).await?
        else {
            return Ok(None);
        };
        self.adopt(attempt, typed, &response, Status::ResetRequired, None).map(Some)
    }

    async fn ask_elsewhere(
        &self,
        attempt: &Attempt,
        typed: &str,
        occasion: &str,
        request: Request,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        let scene = attempt.scene(typed);
        let response = self.fire(&scene, Trigger::UserMigration, occasion, request).await?;
        Ok(response.filter(|response| {
            response
                .get("userAttributes")
                .and_then(Value::as_object)
                .is_some_and(|attributes| !attributes.is_empty())
        }))
    }

    fn adopt(
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
        let mut state = self.state();
        let pool = state.pool_mut(&attempt.pool)?;
        let (name, sub) = name_anew(pool, typed, &mut attributes)?;
        attribute::check(pool, &attributes)?;
        check_free(pool, &name, &attributes)?;
        let mut user = User::new(name.clone(), sub, attributes, status, now);
        free_aliases(pool, &user, force)?;
        if let Some(password) = password {
            user.password = Some(Password::new(&attempt.pool, &name, password)?);
        }
        pool.users.insert(name, user.clone());
        Ok(user)
    }
}
