//! Everything the pools remember, in the shape in which it is saved.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::role::RoleMapping;
use super::tag::TagMap;
use crate::aws_api::ApiError;
use crate::signing_key::SigningKey;

/// All pools, the key of their tokens, and the key of the stand-in social provider.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct State {
    pools: BTreeMap<String, Pool>,
    pub(crate) key: Option<SigningKey>,
    pub(crate) social_key: Option<SigningKey>,
}

/// One pool and everything in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pool {
    pub(crate) id: String,
    /// The settings as `DescribeIdentityPool` shows them.
    pub(crate) config: Map<String, Value>,
    /// Role ARNs by `authenticated` and `unauthenticated`.
    pub(crate) roles: BTreeMap<String, String>,
    /// By provider, user pools with their client behind a colon.
    pub(crate) role_mappings: BTreeMap<String, RoleMapping>,
    /// By provider.
    pub(crate) tag_maps: BTreeMap<String, TagMap>,
    pub(crate) identities: BTreeMap<String, Identity>,
}

/// One identity.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) standing: Standing,
    pub(crate) logins: BTreeSet<Login>,
    pub(crate) created: u64,
    pub(crate) modified: u64,
}

/// What has become of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// Nobody has ever proved to be this one.
    Guest,
    /// It had a login at some time; without one now, nobody reaches it.
    Authenticated,
    /// It was merged into another one.
    Disabled,
}

/// Somebody at a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) provider: String,
    pub(crate) subject: String,
}

impl State {
    pub(crate) fn pools(&self) -> impl Iterator<Item = &Pool> {
        self.pools.values()
    }

    pub(crate) fn pool(&self, id: &str) -> Result<&Pool, ApiError> {
        self.pools.get(id).ok_or_else(|| no_such_pool(id))
    }

    pub(crate) fn pool_mut(&mut self, id: &str) -> Result<&mut Pool, ApiError> {
        self.pools.get_mut(id).ok_or_else(|| no_such_pool(id))
    }

    pub(crate) fn add(&mut self, pool: Pool) -> Result<(), ApiError> {
        if self.pools.contains_key(&pool.id) {
            return Err(ApiError::invalid(format!("Identity pool {} already exists.", pool.id)));
        }
        self.pools.insert(pool.id.clone(), pool);
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<Pool, ApiError> {
        self.pools.remove(id).ok_or_else(|| no_such_pool(id))
    }

    /// The pool that holds an identity.
    pub(crate) fn pool_of(&self, identity: &str) -> Result<&Pool, ApiError> {
        self.pools
            .values()
            .find(|pool| pool.identities.contains_key(identity))
            .ok_or_else(|| no_such_identity(identity))
    }

    /// The pool that holds an identity, to be changed.
    pub(crate) fn pool_of_mut(&mut self, identity: &str) -> Result<&mut Pool, ApiError> {
        self.pools
            .values_mut()
            .find(|pool| pool.identities.contains_key(identity))
            .ok_or_else(|| no_such_identity(identity))
    }
}

impl Pool {
    pub(crate) fn identity(&self, id: &str) -> Result<&Identity, ApiError> {
        self.identities.get(id).ok_or_else(|| no_such_identity(id))
    }

    pub(crate) fn identity_mut(&mut self, id: &str) -> Result<&mut Identity, ApiError> {
        self.identities.get_mut(id).ok_or_else(|| no_such_identity(id))
    }

    /// The identity that holds a login.
    pub(crate) fn owner(&self, login: &Login) -> Option<&Identity> {
        self.identities.values().find(|identity| identity.logins.contains(login))
    }
}

impl Identity {
    /// An identity that nobody holds yet.
    pub(crate) fn new(id: String, now: u64) -> Self {
        Self { id, standing: Standing::Guest, logins: BTreeSet::new(), created: now, modified: now }
    }

    /// Adds logins, which authenticate it.
    pub(crate) fn link(&mut self, logins: impl IntoIterator<Item = Login>, now: u64) {
        let before = self.logins.len();
        self.logins.extend(logins);
        if self.logins.len() != before {
            self.modified = now;
            self.standing = Standing::Authenticated;
        }
    }
}

pub(crate) fn no_such_identity(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("Identity '{id}' not found."))
}

fn no_such_pool(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("IdentityPool '{id}' not found."))
}
