//! `ForgotPassword`, `ConfirmForgotPassword`, `ChangePassword`.

use serde_json::{Value, json};

use super::sign_in::Attempt;
use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::user_pool::Host;
use crate::user_pool::code::Purpose;
use crate::user_pool::existence::{hidden_delivery, not_found};
use crate::user_pool::message::Notice;
use crate::user_pool::password::{self, Password};
use crate::user_pool::trigger::Scene;
use crate::user_pool::user::Status;

impl Host {
    pub(super) async fn forgot_password(&self, input: &Input) -> Result<Value, ApiError> {
        let attempt = self.attempt(input)?;
        let typed = input.required("Username")?;
        let known = self.hashed_name(&attempt.pool, typed)?;
        let hash = input.text("SecretHash")?;
        attempt.client.check_secret_hash(hash, &[typed, &known])?;
        let found = {
            let state = self.state();
            let pool = state.pool(&attempt.pool)?;
            pool.check_recovery()?;
            pool.find(typed).cloned()
        };
        let user = match found {
            Some(user) => Some(user),
            None => self.migrate_at_recovery(&attempt, typed).await?,
        };
        let Some(user) = user else {
            return self.hide_recovery(&attempt, typed, None, not_found());
        };
        if user.status == Status::ForceChangePassword && user.enabled {
            return Err(ApiError::refused("User password cannot be reset in the current state."));
        }
        let address = self.state().pool(&attempt.pool)?.recovery_address(&user);
        let attribute = match (user.check_enabled(), address) {
            (Ok(()), Some(attribute)) => attribute,
            (Ok(()), None) => {
                return self.hide_recovery(&attempt, typed, Some(&user.name), unreachable());
            }
            (Err(disabled), _) => {
                return self.hide_recovery(&attempt, typed, Some(&user.name), disabled);
            }
        };
        let code = {
            let now = self.clock.now();
            let mut state = self.state();
            let user = state.pool_mut(&attempt.pool)?.user_mut(&user.name)?;
            let code = user.codes.entry(Purpose::Password.key()).or_default();
            code.renew(Purpose::Password, attribute, &self.settings, now)?
        };
        let notice = Notice {
            scene: attempt.scene(&user.name),
            occasion: "ForgotPassword",
            attribute,
            code: &code,
            metadata: attempt.metadata.as_ref(),
        };
        let delivery = self.notify(&notice).await?;
        Ok(json!({"CodeDeliveryDetails": delivery}))
    }

    /// Answers as if a code had been sent, if the client may not learn of this user.
    fn hide_recovery(
        &self,
        attempt: &Attempt,
        typed: &str,
        user: Option<&str>,
        told: ApiError,
    ) -> Result<Value, ApiError> {
        if !attempt.client.hides_users() {
            return Err(told);
        }
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(&attempt.pool)?;
        let how = self.settings.uncertain.hidden_delivery;
        let delivery = hidden_delivery(pool, how, typed, unreachable())?;
        let code = match user {
            Some(name) => pool.user_mut(name)?.codes.entry(Purpose::Password.key()).or_default(),
            None => pool.simulated_recovery(typed, now),
        };
        code.simulate(Purpose::Password, &self.settings, now)?;
        Ok(delivery)
    }

    /// The user name that this name belongs to, or the name itself.
    fn hashed_name(&self, pool: &str, typed: &str) -> Result<String, ApiError> {
        let state = self.state();
        let user = state.pool(pool)?.find(typed);
        Ok(user.map_or_else(|| typed.to_owned(), |user| user.name.clone()))
    }

    pub(super) async fn confirm_forgot_password(&self, input: &Input) -> Result<Value, ApiError> {
        let attempt = self.attempt(input)?;
        let typed = input.required("Username")?;
        let given = input.required("ConfirmationCode")?;
        let new = input.required("Password")?;
        let name = self.hashed_name(&attempt.pool, typed)?;
        let hash = input.text("SecretHash")?;
        attempt.client.check_secret_hash(hash, &[typed, &name])?;
        self.reset_password(&attempt.pool, attempt.client.hides_users(), typed, given, new)?;
        let scene =
            Scene { pool: &attempt.pool, client: Some(&attempt.client.id), user_name: &name };
        self.post_confirmation(&scene, "ConfirmForgotPassword", attempt.metadata.as_ref()).await?;
        Ok(json!({}))
    }

    fn reset_password(
        &self,
        pool_id: &str,
        hides: bool,
        typed: &str,
        given: &str,
        new: &str,
    ) -> Result<(), ApiError> {
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(pool_id)?;
        password::check_policy(pool, new)?;
        let Some(name) = pool.find(typed).map(|user| user.name.clone()) else {
            if !hides {
                return Err(not_found());
            }
            let code = pool.simulated_recovery(typed, now);
            return Err(code.spend_in_vain(given, &self.settings, now));
        };
        let user = pool.user_mut(&name)?;
        let enabled = user.check_enabled();
        let code = user.codes.entry(Purpose::Password.key()).or_default();
        if let Err(disabled) = enabled {
            let hidden = code.spend_in_vain(given, &self.settings, now);
            return Err(if hides { hidden } else { disabled });
        }
        let attribute = code.spend(given, &self.settings, now)?;
        user.password = Some(Password::new(pool_id, &name, new)?);
        user.verify(&attribute);
        user.status = Status::Confirmed;
        user.modified = now;
        user.lockout.clear();
        Ok(())
    }

    pub(super) fn change_password(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.authorize(input.required("AccessToken")?)?;
        let previous = input.text("PreviousPassword")?;
        let proposed = input.required("ProposedPassword")?;
        let (now, now_millis) = (self.clock.now(), self.clock.now_millis());
        let mut state = self.state();
        let pool = state.pool_mut(&bearer.pool)?;
        password::check_policy(pool, proposed)?;
        let user = pool.user_mut(&bearer.user)?;
        user.lockout.check(now_millis)?;
        let fits = match (&user.password, previous) {
            (None, None) => true,
            (Some(stored), Some(previous)) => stored.matches(&bearer.pool, &user.name, previous),
            _ => false,
        };
        if !fits {
            user.lockout.count(&self.settings, now_millis);
            return Err(ApiError::incorrect());
        }
        user.lockout.clear();
        user.password = Some(Password::new(&bearer.pool, &user.name, proposed)?);
        user.modified = now;
        Ok(json!({}))
    }
}

/// Reports a user without an address for a recovery code.
fn unreachable() -> ApiError {
    ApiError::invalid(
        "Cannot reset password for the user as there is no registered/verified email or \
         phone_number",
    )
}
