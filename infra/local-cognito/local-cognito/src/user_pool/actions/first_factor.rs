//! The password flows: the password, the lock-out, the state of the account.

use serde_json::Value;

use super::sign_in::{Attempt, unconfirmed};
use crate::aws_api::ApiError;
use crate::aws_api::input::{Texts, parameter};
use crate::user_pool::Host;
use crate::user_pool::session::Who;
use crate::user_pool::user::{Status, User};

impl Host {
    pub(super) async fn by_password(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let password = parameter(parameters, "PASSWORD")?;
        let open = &self.settings.uncertain;
        let mut migrated = false;
        let user = match self.knocking(attempt, parameters, typed)? {
            Some(user) => user,
            None => {
                migrated = true;
                match self.migrate_at_sign_in(attempt, typed, password).await? {
                    Some(user) if user.status == Status::ResetRequired => {
                        return Err(reset_required());
                    }
                    Some(user) => user,
                    None => return Err(self.turn_away(attempt, typed).await),
                }
            }
        };
        check_disclosed(attempt, &user)?;
        let locked = user.lockout.check(self.clock.now_millis());
        if (locked.is_ok() || open.pre_authentication_while_locked)
            && (!migrated || open.pre_authentication_after_migration)
        {
            self.announce(attempt, &user).await?;
        }
        locked?;
        self.check_before_password(attempt, &user)?;
        let fits = user
            .password
            .as_ref()
            .is_some_and(|stored| stored.matches(&attempt.pool, &user.name, password));
        self.judge_password(attempt, &user.name, fits)?;
        self.admit(attempt, &user.name, None).await
    }

    /// Runs pre authentication for a known user.
    pub(super) async fn announce(&self, attempt: &Attempt, user: &User) -> Result<(), ApiError> {
        let open = &self.settings.uncertain;
        if user.status == Status::Unconfirmed && !open.pre_authentication_for_unconfirmed {
            return Ok(());
        }
        self.pre_authentication(attempt, &Who::Known(user.name.clone())).await
    }

    /// Refuses the states in which no password is judged.
    ///
    /// A client with `PreventUserExistenceErrors` hears of an imported user who must reset the
    /// password what it hears of a wrong one.
    pub(super) fn check_before_password(
        &self,
        attempt: &Attempt,
        user: &User,
    ) -> Result<(), ApiError> {
        let hides = attempt.client.hides_users();
        match user.status {
            Status::Unconfirmed
                if user.enabled && self.settings.uncertain.unconfirmed_before_password =>
            {
                Err(unconfirmed())
            }
            Status::ResetRequired if user.password.is_none() && !hides => Err(reset_required()),
            Status::Unconfirmed
            | Status::Confirmed
            | Status::ForceChangePassword
            | Status::ResetRequired => Ok(()),
        }
    }

    /// Counts a wrong password; a right one clears the count.
    pub(super) fn judge_password(
        &self,
        attempt: &Attempt,
        user: &str,
        fits: bool,
    ) -> Result<(), ApiError> {
        let now = self.clock.now_millis();
        let mut state = self.state();
        let user = state.pool_mut(&attempt.pool)?.user_mut(user)?;
        if fits {
            user.lockout.clear();
            Ok(())
        } else {
            user.lockout.count(&self.settings, now);
            Err(ApiError::incorrect())
        }
    }

    /// Signs in a user after the right password, if the account's state allows it.
    pub(super) async fn admit(
        &self,
        attempt: &Attempt,
        user_name: &str,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let user = self.state().pool(&attempt.pool)?.user(user_name)?.clone();
        user.check_enabled()?;
        match user.status {
            Status::Unconfirmed => Err(unconfirmed()),
            Status::ResetRequired => Err(reset_required()),
            Status::ForceChangePassword => self.demand_new_password(attempt, &user),
            Status::Confirmed => {
                self.complete(attempt, user_name, "Authentication", metadata).await
            }
        }
    }
}

/// Refuses a disabled user; a client with `PreventUserExistenceErrors` learns of it from the right
/// password alone.
pub(super) fn check_disclosed(attempt: &Attempt, user: &User) -> Result<(), ApiError> {
    if attempt.client.hides_users() { Ok(()) } else { user.check_enabled() }
}

fn reset_required() -> ApiError {
    ApiError::new("PasswordResetRequiredException", "Password reset required for the user")
}
