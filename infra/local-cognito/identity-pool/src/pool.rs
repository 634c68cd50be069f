//! Identity pools and everything in them, in the shape in which they are saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::identities::{self, Identities};
use super::identity::Identity;
use super::login::Login;
use super::pool_settings::PoolSettings;
use super::role::RoleMapping;
use super::tag::TagMap;
use local_cognito_aws_emulation::ApiError;

/// All identity pools by id.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pools(BTreeMap<String, Pool>);

/// One identity pool and everything in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pool {
    pub(crate) id: String,
    #[serde(rename = "config")]
    pub(crate) settings: PoolSettings,
    /// Role ARNs by `authenticated` and `unauthenticated`.
    pub(crate) roles: BTreeMap<String, String>,
    /// By provider, user pools with their client behind a colon.
    pub(crate) role_mappings: BTreeMap<String, RoleMapping>,
    /// By provider.
    pub(crate) tag_maps: BTreeMap<String, TagMap>,
    pub(crate) identities: Identities,
}

impl Pools {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Pool> {
        self.0.values()
    }

    pub(crate) fn pool(&self, id: &str) -> Result<&Pool, ApiError> {
        self.0.get(id).ok_or_else(|| no_such_pool(id))
    }

    pub(crate) fn pool_mut(&mut self, id: &str) -> Result<&mut Pool, ApiError> {
        self.0.get_mut(id).ok_or_else(|| no_such_pool(id))
    }

    /// Adds a pool, unless its id is taken.
    pub(crate) fn add(&mut self, pool: Pool) -> Result<&Pool, ApiError> {
        if self.0.contains_key(&pool.id) {
            return Err(ApiError::invalid(format!("Identity pool {} already exists.", pool.id)));
        }
        Ok(self.0.entry(pool.id.clone()).or_insert(pool))
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<Pool, ApiError> {
        self.0.remove(id).ok_or_else(|| no_such_pool(id))
    }

    /// Returns the pool that holds an identity.
    pub(crate) fn pool_of(&self, identity: &str) -> Result<&Pool, ApiError> {
        self.0
            .values()
            .find(|pool| pool.identities.get(identity).is_some())
            .ok_or_else(|| no_such_identity(identity))
    }

    /// Returns the pool that holds an identity, to be changed.
    pub(crate) fn pool_of_mut(&mut self, identity: &str) -> Result<&mut Pool, ApiError> {
        self.0
            .values_mut()
            .find(|pool| pool.identities.get(identity).is_some())
            .ok_or_else(|| no_such_identity(identity))
    }
}

impl Pool {
    /// Returns a pool without roles and identities.
    pub(crate) fn new(id: &str, settings: PoolSettings) -> Self {
        Self {
            id: id.to_owned(),
            settings,
            roles: BTreeMap::new(),
            role_mappings: BTreeMap::new(),
            tag_maps: BTreeMap::new(),
            identities: Identities::default(),
        }
    }

    pub(crate) fn identity(&self, id: &str) -> Result<&Identity, ApiError> {
        self.identities.get(id).ok_or_else(|| no_such_identity(id))
    }

    pub(crate) fn identity_mut(&mut self, id: &str) -> Result<&mut Identity, ApiError> {
        self.identities.get_mut(id).ok_or_else(|| no_such_identity(id))
    }

    /// Returns the identity that holds a login.
    pub(crate) fn owner(&self, login: &Login) -> Option<&Identity> {
        identities::owner(&self.identities, login)
    }
}

pub(crate) fn no_such_identity(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("Identity '{id}' not found."))
}

fn no_such_pool(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("IdentityPool '{id}' not found."))
}
