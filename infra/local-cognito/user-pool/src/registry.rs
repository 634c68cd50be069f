//! The registry of all pools, behind one lock that no caller holds while a trigger runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::client::Client;
use super::pool::{Pool, no_such_client};
use local_cognito_aws_emulation::ApiError;

/// The pools of one local Cognito; cloning shares them.
#[derive(Clone, Default)]
pub(crate) struct PoolRegistry {
    pools: Arc<Mutex<PoolSet>>,
}

/// All pools by their id, in the shape in which they are saved.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct PoolSet {
    pools: BTreeMap<String, Pool>,
}

impl PoolRegistry {
    /// Locks the pools; drop the guard before the next await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, PoolSet> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PoolSet {
    /// Returns all pools by their id.
    pub(crate) fn pools(&self) -> impl Iterator<Item = &Pool> {
        self.pools.values()
    }

    /// Returns a pool by its id.
    pub(crate) fn pool(&self, id: &str) -> Result<&Pool, ApiError> {
        self.pools.get(id).ok_or_else(|| no_such_pool(id))
    }

    /// Returns a pool by its id, to change it.
    pub(crate) fn pool_mut(&mut self, id: &str) -> Result<&mut Pool, ApiError> {
        self.pools.get_mut(id).ok_or_else(|| no_such_pool(id))
    }

    /// Adds a pool under an id that is free.
    pub(crate) fn add(&mut self, pool: Pool) -> Result<(), ApiError> {
        if self.pools.contains_key(&pool.id) {
            return Err(ApiError::invalid(format!("User pool {} already exists.", pool.id)));
        }
        self.pools.insert(pool.id.clone(), pool);
        Ok(())
    }

    /// Removes a pool with everything in it.
    pub(crate) fn remove(&mut self, id: &str) -> Result<(), ApiError> {
        self.pools.remove(id).map(drop).ok_or_else(|| no_such_pool(id))
    }

    /// Returns an app client and its pool.
    pub(crate) fn client(&self, id: &str) -> Result<(&Pool, &Client), ApiError> {
        self.pools
            .values()
            .find_map(|pool| Some((pool, pool.clients.get(id)?)))
            .ok_or_else(|| no_such_client(id))
    }
}

fn no_such_pool(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("User pool {id} does not exist."))
}
