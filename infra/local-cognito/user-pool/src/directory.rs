//! The user directory: finds the users that requests name, and stands in for unknown ones.

use std::sync::Arc;

use serde_json::Value;

use super::client::Client;
use super::existence;
use super::password::Password;
use super::pool::Pool;
use super::registry::PoolRegistry;
use super::session::SessionUser;
use super::settings::{FakeUserName, Settings};
use super::trigger::EventContext;
use super::user::User;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::{ApiError, randomness};

const DAY: u64 = 24 * 60 * 60;

/// The users of all pools; cloning shares them.
#[derive(Clone)]
pub(crate) struct UserDirectory {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
}

/// The pool and the real name of a user.
pub(crate) struct UserKey {
    pub(crate) pool: String,
    pub(crate) name: String,
}

impl UserKey {
    /// Returns the context of events that an administrator causes.
    pub(crate) fn context(&self) -> EventContext<'_> {
        EventContext { pool: &self.pool, client: None, user_name: &self.name }
    }
}

impl UserDirectory {
    /// Returns the user that an administrator names.
    pub(crate) fn locate(&self, pool: &str, typed: &str) -> Result<UserKey, ApiError> {
        let state = self.pools.lock();
        let pool = state.pool(pool)?;
        let user = pool.find_user(typed).ok_or_else(ApiError::no_such_user)?;
        Ok(UserKey { pool: pool.id.clone(), name: user.name.clone() })
    }

    /// Changes a user and the time of its last change.
    pub(crate) fn change(
        &self,
        key: &UserKey,
        change: impl FnOnce(&mut User) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let now = self.clock.now();
        let mut state = self.pools.lock();
        let user = state.pool_mut(&key.pool)?.user_mut(&key.name)?;
        change(user)?;
        user.modified = now;
        Ok(())
    }

    /// Returns the user that a client names, after a check of the secret hash.
    pub(crate) fn find_user(
        &self,
        pool: &str,
        client: &Client,
        typed: &str,
        secret_hash: Option<&str>,
    ) -> Result<Option<User>, ApiError> {
        let state = self.pools.lock();
        let user = state.pool(pool)?.find_user(typed);
        let known = user.map_or(typed, |user| &user.name);
        client.check_secret_hash(secret_hash, &[typed, known])?;
        Ok(user.cloned())
    }

    /// Returns the real name of the user that a client names, or the typed name.
    pub(crate) fn real_name(&self, pool: &str, typed: &str) -> Result<String, ApiError> {
        let state = self.pools.lock();
        let user = state.pool(pool)?.find_user(typed);
        Ok(user.map_or_else(|| typed.to_owned(), |user| user.name.clone()))
    }

    /// Returns an unknown user with the names that the options say.
    pub(crate) fn unknown_user(&self, pool: &str, typed: &str) -> Result<SessionUser, ApiError> {
        let stable = existence::fake_user_id(self.pools.lock().pool_mut(pool)?, typed)?;
        let typed = typed.to_owned();
        let (event, shown) = match self.settings.uncertain.unknown_user_name {
            FakeUserName::Fresh => {
                let name = randomness::uuid()?;
                (name.clone(), name)
            }
            FakeUserName::Typed => (typed.clone(), stable),
            FakeUserName::Stable => (stable.clone(), stable),
        };
        Ok(SessionUser::Unknown { typed, event, shown })
    }

    /// Returns an unknown user as SRP shows it: under the same name each time.
    pub(crate) fn unknown_srp_user(
        &self,
        pool: &str,
        typed: &str,
    ) -> Result<SessionUser, ApiError> {
        let shown = existence::fake_user_id(self.pools.lock().pool_mut(pool)?, typed)?;
        Ok(match self.unknown_user(pool, typed)? {
            SessionUser::Unknown { typed, event, .. } => {
                SessionUser::Unknown { typed, event, shown }
            }
            known @ SessionUser::Known(_) => known,
        })
    }

    /// Returns the stored form of a temporary password, with the expiry that the pool sets.
    pub(crate) fn temporary_password(
        &self,
        pool: &Pool,
        user: &str,
        password: &str,
    ) -> Result<Password, ApiError> {
        let days = pool
            .config
            .setting(&["Policies", "PasswordPolicy", "TemporaryPasswordValidityDays"])
            .and_then(Value::as_u64)
            .unwrap_or(7);
        let mut stored = Password::new(&pool.id, user, password)?;
        stored.until = Some(self.clock.now().saturating_add(days.saturating_mul(DAY)));
        Ok(stored)
    }
}
