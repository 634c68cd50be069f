//! Adapters of the directory: a password hash without cost, an identity pool in memory, no network.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use developer_identity::Adapters;
use developer_identity::identity_pool::developer_users::{
    DeveloperIdentity, DeveloperUsers, MergeResult,
};
use developer_identity::identity_pool::links::PoolLinks;
use developer_identity::identity_pool::{self, Credentials, DeveloperToken, PoolFault};
use developer_identity::login_token::VerifiedLogin;
use developer_identity::logins::Logins;
use developer_identity::password::{Comparison, HashFault, Hashing};
use developer_identity::tags::Tags;
use developer_identity::web::{Web, WebFault};
use http::{Request, Response};
use lifeguard_identity::account::AccountId;
use lifeguard_identity::pool_identity::PoolIdentity;
use lifeguard_sign_in::secret::Secret;

use super::accounts::AccountsTable;
use crate::faults::Faults;
use crate::keys::SimulatedSecret;
use crate::table::Table;

/// The adapters of the simulation.
pub struct Simulated;

impl Adapters for Simulated {
    type Accounts = AccountsTable;
    type Challenges = Table;
    type Keys = SimulatedSecret;
    type Pool = IdentityPool;
    type Web = NoWeb;
    type Hashing = Hasher;
}

/// A hash that holds the password, and a count of wrong ones; cloning shares it. The function takes
/// its hash from its `main`, so no setting selects this one.
#[derive(Clone, Default)]
pub struct Hasher(Rc<Cell<u64>>);

impl Hasher {
    /// Takes the number of wrong passwords that were compared since the last call.
    #[must_use]
    pub fn take_wrong(&self) -> u64 {
        self.0.take()
    }
}

impl Hashing for Hasher {
    fn hash(&self, password: &Secret, salt: [u8; 16]) -> Result<Secret, HashFault> {
        let salt = u128::from_be_bytes(salt);
        Ok(Secret::new(format!("{salt:032x}:{}", password.expose())))
    }

    fn verify(&self, password: &Secret, stored: Option<&Secret>) -> Comparison {
        let stored = stored.and_then(|stored| stored.expose().split_once(':'));
        match stored {
            Some((_, right)) if right == password.expose() => Comparison::Right,
            Some(_) | None => {
                self.0.update(|wrong| wrong + 1);
                Comparison::Wrong
            }
        }
    }
}

/// An identity pool in which each user has the identity of its own name.
#[derive(Clone)]
pub struct IdentityPool {
    faults: Faults,
}

impl IdentityPool {
    /// Creates a pool with these faults.
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults }
    }
}

impl identity_pool::IdentityPool for IdentityPool {
    async fn token_for(
        &self,
        logins: &Logins,
        _: &Tags,
        _: u64,
    ) -> Result<DeveloperToken, PoolFault> {
        match (self.faults.strike(), logins.as_map().values().next()) {
            (None, Some(user)) => {
                let token = Secret::new(format!("openid.{user}"));
                Ok(DeveloperToken { identity: format!("eu-west-1:{user}"), token })
            }
            _ => Err(PoolFault::Throttled),
        }
    }

    async fn credentials(&self, _: &DeveloperToken) -> Result<Credentials, PoolFault> {
        Err(PoolFault::Incomplete)
    }
}

/// No administrator comes.
impl DeveloperUsers for IdentityPool {
    async fn find_by_account(&self, _: &AccountId) -> Result<Option<DeveloperIdentity>, PoolFault> {
        Err(PoolFault::Incomplete)
    }

    async fn find_by_identity(&self, _: &str) -> Result<Option<DeveloperIdentity>, PoolFault> {
        Err(PoolFault::Incomplete)
    }

    async fn merge(&self, _: &str, _: &AccountId, _: &AccountId) -> Result<MergeResult, PoolFault> {
        Err(PoolFault::Incomplete)
    }

    async fn unlink(&self, _: &str, _: &str, _: &AccountId) -> Result<(), PoolFault> {
        Err(PoolFault::Incomplete)
    }
}

/// No other login is linked.
impl PoolLinks for IdentityPool {
    async fn find_identity(&self, _: &VerifiedLogin) -> Result<String, PoolFault> {
        Err(PoolFault::Incomplete)
    }

    async fn describe(&self, _: &str) -> Result<PoolIdentity, PoolFault> {
        Err(PoolFault::Incomplete)
    }

    async fn link(&self, _: &str, _: &Logins) -> Result<String, PoolFault> {
        Err(PoolFault::Incomplete)
    }

    async fn unlink(&self, _: &DeveloperToken, _: &str) -> Result<(), PoolFault> {
        Err(PoolFault::Incomplete)
    }

    async fn release(&self, _: &str, _: &VerifiedLogin) -> Result<(), PoolFault> {
        Err(PoolFault::Incomplete)
    }
}

/// No network.
#[derive(Clone, Copy)]
pub struct NoWeb;

impl Web for NoWeb {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, WebFault> {
        Err(WebFault::Address)
    }
}
