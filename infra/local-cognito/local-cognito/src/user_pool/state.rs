//! Everything the pools remember, in the shape in which it is saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::code::Code;
use super::key::Keys;
use super::session::{Session, Who};
use super::token::Grant;
use super::user::User;
use crate::aws_api::ApiError;

/// All pools.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct State {
    pools: BTreeMap<String, Pool>,
}

/// One pool and everything in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pool {
    pub(crate) id: String,
    /// The settings as `DescribeUserPool` shows them, defaults filled in.
    pub(crate) config: Map<String, Value>,
    pub(crate) created: u64,
    pub(crate) modified: u64,
    pub(crate) clients: BTreeMap<String, Client>,
    /// By their real user name.
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    /// By the session text.
    pub(crate) sessions: BTreeMap<String, Session>,
    /// Sign-ins by their `origin_jti`.
    pub(crate) grants: BTreeMap<String, Grant>,
    pub(crate) keys: Option<Keys>,
    /// Recovery codes of unknown names, which are counted and never sent.
    #[serde(default)]
    pub(crate) simulated_recoveries: BTreeMap<String, Code>,
    /// Sign-up codes of unknown names, which are counted and never sent.
    #[serde(default)]
    pub(crate) simulated_sign_ups: BTreeMap<String, Code>,
    /// The key of what unknown users are shown; made when it is first needed.
    #[serde(default)]
    pub(crate) existence_key: Option<[u8; 32]>,
    /// The settings of `GetUserPoolMfaConfig`, without `MfaConfiguration`, which is in `config`.
    #[serde(default)]
    pub(crate) mfa: Map<String, Value>,
}

/// A group of a pool.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) role_arn: Option<String>,
    pub(crate) precedence: Option<u64>,
    pub(crate) created: u64,
    #[serde(default)]
    pub(crate) modified: u64,
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
            return Err(ApiError::invalid(format!("User pool {} already exists.", pool.id)));
        }
        self.pools.insert(pool.id.clone(), pool);
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<(), ApiError> {
        self.pools.remove(id).map(drop).ok_or_else(|| no_such_pool(id))
    }

    /// The pool of a client and the client itself.
    pub(crate) fn client(&self, id: &str) -> Result<(&Pool, &Client), ApiError> {
        self.pools
            .values()
            .find_map(|pool| Some((pool, pool.clients.get(id)?)))
            .ok_or_else(|| no_such_client(id))
    }
}

impl Pool {
    pub(crate) fn client(&self, id: &str) -> Result<&Client, ApiError> {
        self.clients.get(id).ok_or_else(|| no_such_client(id))
    }

    pub(crate) fn user(&self, name: &str) -> Result<&User, ApiError> {
        self.users.get(name).ok_or_else(ApiError::no_such_user)
    }

    pub(crate) fn user_mut(&mut self, name: &str) -> Result<&mut User, ApiError> {
        self.users.get_mut(name).ok_or_else(ApiError::no_such_user)
    }

    /// Deletes a user with all sign-ins and sessions: they are not those of a later user of this
    /// name.
    pub(crate) fn delete_user(&mut self, name: &str) {
        self.users.remove(name);
        self.grants.retain(|_, grant| grant.user != name);
        let is_theirs = |who: &Who| matches!(who, Who::Known(known) if known == name);
        self.sessions.retain(|_, session| !is_theirs(&session.who));
    }

    pub(crate) fn group(&self, name: &str) -> Result<&Group, ApiError> {
        self.groups.get(name).ok_or_else(no_such_group)
    }
}

pub(crate) fn no_such_group() -> ApiError {
    ApiError::no_such_resource("Group not found.")
}

fn no_such_pool(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("User pool {id} does not exist."))
}

pub(crate) fn no_such_client(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("User pool client {id} does not exist."))
}
