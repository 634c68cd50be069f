//! Directory of identity pools and identities.
//!
//! It lives in memory behind one lock that is never held across an await.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::identity::{Identity, IdentityStatus};
use super::linking::{self, LinkDecision, LinkError, LinkRequest};
use super::pool::{Pool, Pools, no_such_identity};
use super::pool_settings::Provider;
use super::settings::Survivor;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::{ApiError, randomness};

/// Text of the error when no login of the identity is proved.
pub(crate) const DONT_MATCH: &str = "Logins don't match. Please include at least one valid login for this identity or identity \
     pool.";

const NO_GUESTS: &str = "Unauthenticated access is not supported for this identity pool.";

/// Identity pools and their identities; cloning shares them.
#[derive(Clone)]
pub(crate) struct IdentityDirectory {
    pools: Arc<Mutex<Pools>>,
    clock: Clock,
    rules: Arc<DirectoryRules>,
}

/// Values from the settings that a directory needs.
pub(crate) struct DirectoryRules {
    /// Region in ids.
    pub(crate) region: String,
    /// Address of the stand-in social provider.
    pub(crate) url: String,
    pub(crate) survivor: Survivor,
    /// Type of the error for an identity with more than twenty logins.
    pub(crate) too_many_logins_kind: String,
}

impl IdentityDirectory {
    /// Returns a directory without pools.
    pub(crate) fn new(clock: Clock, rules: DirectoryRules) -> Self {
        Self { pools: Arc::default(), clock, rules: Arc::new(rules) }
    }

    /// Locks the pools; callers let go of them before they wait for anything.
    pub(crate) fn pools(&self) -> MutexGuard<'_, Pools> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the time in seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Draws the id of a new pool or identity.
    pub(crate) fn new_id(&self) -> Result<String, ApiError> {
        Ok(format!("{}:{}", self.rules.region, randomness::uuid()?))
    }

    /// Returns the public provider of this name, if the pool has it.
    pub(crate) fn provider(&self, pool: &Pool, name: &str) -> Option<Provider> {
        pool.settings.provider(name, &self.rules.url)
    }

    /// Finds, creates, links or merges identities as proved logins demand; returns the id.
    pub(crate) fn identify(
        &self,
        pool_id: &str,
        request: &LinkRequest<'_>,
    ) -> Result<String, ApiError> {
        let now = self.now();
        let mut pools = self.pools();
        let pool = pools.pool_mut(pool_id)?;
        let decision = linking::decide(pool, request, self.rules.survivor)
            .map_err(|error| self.link_error(error, request.identity))?;
        let id = match decision {
            LinkDecision::Use(id) => id,
            LinkDecision::Create => self.add_identity(pool)?,
            LinkDecision::Merge { survivor, absorbed } => {
                for id in &absorbed {
                    merge(pool, id, &survivor, now)?;
                }
                survivor
            }
        };
        let logins = request.developer.into_iter().chain(request.public).cloned();
        pool.identity_mut(&id)?.link(logins, now);
        Ok(id)
    }

    /// Creates the identity of a guest and returns its id.
    pub(crate) fn add_guest(&self, pool_id: &str) -> Result<String, ApiError> {
        let mut pools = self.pools();
        let pool = pools.pool_mut(pool_id)?;
        if !pool.settings.has_guests() {
            return Err(ApiError::refused(NO_GUESTS));
        }
        self.add_identity(pool)
    }

    /// Checks that a caller without logins may use an identity.
    pub(crate) fn check_guest(&self, pool_id: &str, id: &str) -> Result<(), ApiError> {
        let pools = self.pools();
        let pool = pools.pool(pool_id)?;
        match pool.identity(id)?.status {
            IdentityStatus::Authenticated | IdentityStatus::Disabled => Err(forbidden(id)),
            IdentityStatus::Guest if pool.settings.has_guests() => Ok(()),
            IdentityStatus::Guest => Err(ApiError::refused(NO_GUESTS)),
        }
    }

    /// Checks that an identity still has a login: a developer's token does not outlive it.
    pub(crate) fn check_reachable(&self, pool_id: &str, id: &str) -> Result<(), ApiError> {
        let pools = self.pools();
        if pools.pool(pool_id)?.identity(id)?.is_reachable() { Ok(()) } else { Err(forbidden(id)) }
    }

    /// Gives all logins of one identity to another one and disables it, if both can be one.
    pub(crate) fn merge(&self, pool: &mut Pool, from: &str, to: &str) -> Result<(), ApiError> {
        linking::check_merge(pool, pool.identity(from)?, pool.identity(to)?)
            .map_err(|error| self.link_error(error, None))?;
        merge(pool, from, to, self.now())
    }

    fn add_identity(&self, pool: &mut Pool) -> Result<String, ApiError> {
        let id = self.new_id()?;
        pool.identities.insert(Identity::new(id.clone(), self.now()));
        Ok(id)
    }

    /// Returns the error that a client reads.
    fn link_error(&self, error: LinkError, identity: Option<&str>) -> ApiError {
        let id = identity.unwrap_or_default();
        match error {
            LinkError::NoSuchIdentity => no_such_identity(id),
            LinkError::Inaccessible => forbidden(id),
            LinkError::LoginsDontMatch => ApiError::refused(DONT_MATCH),
            LinkError::AlreadyRegistered => ApiError::new(
                "DeveloperUserAlreadyRegisteredException",
                "The developer user identifier is registered with another identity.",
            ),
            LinkError::Conflict => ApiError::new(
                "ResourceConflictException",
                "An identity can have one login at each public provider.",
            ),
            LinkError::TooManyLogins => ApiError::new(
                &self.rules.too_many_logins_kind,
                "An identity can have at most 20 logins.",
            ),
        }
    }
}

fn merge(pool: &mut Pool, from: &str, to: &str, now: u64) -> Result<(), ApiError> {
    let absorbed = pool.identity_mut(from)?;
    absorbed.status = IdentityStatus::Disabled;
    absorbed.modified = now;
    let logins = std::mem::take(&mut absorbed.logins);
    pool.identity_mut(to)?.link(logins, now);
    Ok(())
}

fn forbidden(id: &str) -> ApiError {
    ApiError::refused(format!("Access to Identity '{id}' is forbidden."))
}
