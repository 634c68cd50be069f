//! Sign-in with a password: the password, the lockout, the state of the account.

use std::sync::Arc;

use serde_json::Value;

use super::attempt::Attempt;
use super::authentication::{Authentication, unconfirmed};
use super::migration::UserMigration;
use super::new_password::NewPasswords;
use crate::directory::UserDirectory;
use crate::registry::PoolRegistry;
use crate::session::SessionUser;
use crate::settings::Settings;
use crate::user::{Status, User};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::{Texts, parameter};

/// Signs users in with passwords; cloning shares it.
#[derive(Clone)]
pub(crate) struct PasswordSignIn {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) directory: UserDirectory,
    pub(crate) migration: UserMigration,
    pub(crate) new_passwords: NewPasswords,
    pub(crate) authentication: Authentication,
}

impl PasswordSignIn {
    /// Signs a user in with a password in plain text.
    pub(crate) async fn sign_in(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let password = parameter(parameters, "PASSWORD")?;
        let options = &self.settings.uncertain;
        let hash = parameters.get("SECRET_HASH").map(String::as_str);
        let mut migrated = false;
        let user = match self.directory.find_user(&attempt.pool, &attempt.client, typed, hash)? {
            Some(user) => user,
            None => {
                migrated = true;
                match self.migration.migrate_at_sign_in(attempt, typed, password).await? {
                    Some(user) if user.status == Status::ResetRequired => {
                        return Err(reset_required());
                    }
                    Some(user) => user,
                    None => return Err(self.unknown_user_error(attempt, typed).await),
                }
            }
        };
        check_disclosed(attempt, &user)?;
        let locked = user.lockout.check(self.clock.now_millis());
        if (locked.is_ok() || options.pre_authentication_while_locked)
            && (!migrated || options.pre_authentication_after_migration)
        {
            self.pre_authentication(attempt, &user).await?;
        }
        locked?;
        self.check_before_password(attempt, &user)?;
        let is_right = user
            .password
            .as_ref()
            .is_some_and(|stored| stored.matches(&attempt.pool, &user.name, password));
        self.count(attempt, &user.name, is_right)?;
        self.finish(attempt, &user.name, None).await
    }

    /// Runs pre authentication for a known user.
    pub(crate) async fn pre_authentication(
        &self,
        attempt: &Attempt,
        user: &User,
    ) -> Result<(), ApiError> {
        let options = &self.settings.uncertain;
        if user.status == Status::Unconfirmed && !options.pre_authentication_for_unconfirmed {
            return Ok(());
        }
        let known = SessionUser::Known(user.name.clone());
        self.authentication.pre_authentication(attempt, &known).await
    }

    /// Refuses the states in which no password is judged.
    ///
    /// A client with `PreventUserExistenceErrors` gets for an imported user who must reset the
    /// password the answer to a wrong password.
    pub(crate) fn check_before_password(
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

    /// Refuses a proof during a lockout, and counts it otherwise.
    pub(crate) fn count_unless_locked(
        &self,
        attempt: &Attempt,
        user: &str,
        is_right: bool,
    ) -> Result<(), ApiError> {
        {
            let state = self.pools.lock();
            let user = state.pool(&attempt.pool)?.user(user)?;
            user.lockout.check(self.clock.now_millis())?;
        }
        self.count(attempt, user, is_right)
    }

    /// Signs a user in after the right password, if the state of the account allows it.
    pub(crate) async fn finish(
        &self,
        attempt: &Attempt,
        user_name: &str,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let user = self.pools.lock().pool(&attempt.pool)?.user(user_name)?.clone();
        user.check_enabled()?;
        match user.status {
            Status::Unconfirmed => Err(unconfirmed()),
            Status::ResetRequired => Err(reset_required()),
            Status::ForceChangePassword => self.new_passwords.demand(attempt, &user),
            Status::Confirmed => {
                self.authentication.complete(attempt, user_name, "Authentication", metadata).await
            }
        }
    }

    /// Counts a wrong password, which is refused; a right one clears the count.
    fn count(&self, attempt: &Attempt, user: &str, is_right: bool) -> Result<(), ApiError> {
        let now = self.clock.now_millis();
        let mut state = self.pools.lock();
        let user = state.pool_mut(&attempt.pool)?.user_mut(user)?;
        if is_right {
            user.lockout.clear();
            Ok(())
        } else {
            user.lockout.count(&self.settings, now);
            Err(ApiError::incorrect())
        }
    }

    /// Returns the answer about an unknown user; pre authentication runs before if the client must
    /// not learn that.
    async fn unknown_user_error(&self, attempt: &Attempt, typed: &str) -> ApiError {
        if !attempt.client.hides_users() {
            return ApiError::no_such_user();
        }
        let outcome = match self.directory.unknown_user(&attempt.pool, typed) {
            Ok(user) => self.authentication.pre_authentication(attempt, &user).await,
            Err(error) => Err(error),
        };
        outcome.err().unwrap_or_else(ApiError::incorrect)
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
