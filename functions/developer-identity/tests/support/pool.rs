//! An identity pool that records its requests.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use developer_identity::identity_pool::{Credentials, DeveloperToken, IdentityPool, PoolFault};
use developer_identity::logins::Logins;
use developer_identity::tags::Tags;
use lifeguard_sign_in::secret::Secret;
use lifeguard_testkit::StandIn;

use super::logins::Known;

type Map = BTreeMap<String, String>;

/// An identity pool; cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Pool(Rc<PoolState>);

#[derive(Default)]
pub(crate) struct PoolState {
    /// The requests for tokens: logins, tags, seconds.
    pub(crate) requests: RefCell<Vec<(Map, Map, u64)>>,
    pub(crate) credentials: Cell<usize>,
    /// Returns another identity than before for every user.
    pub(crate) renamed: Cell<bool>,
    pub(crate) throttled: Cell<bool>,
    pub(crate) known: Known,
    /// The calls of the pool, and of the table for linking and administration.
    pub(crate) service: StandIn,
    /// The identity of each developer user.
    pub(crate) users: RefCell<BTreeMap<String, String>>,
    /// The number of identities that it created, so that none is repeated.
    made: Cell<u16>,
    /// Rejects every merge for conflicting logins.
    pub(crate) conflicts: Cell<bool>,
}

impl std::ops::Deref for Pool {
    type Target = PoolState;

    fn deref(&self) -> &PoolState {
        &self.0
    }
}

impl Pool {
    /// Returns the number of calls.
    pub(crate) fn calls(&self) -> usize {
        self.requests.borrow().len() + self.credentials.get()
    }

    fn identity(&self, logins: &Logins) -> String {
        let user = logins.as_map().values().next().unwrap();
        if self.renamed.get() {
            return format!("eu-west-1:99999999-0000-4000-8000-{}", &user[20..]);
        }
        let fresh = || {
            self.made.set(self.made.get() + 1);
            format!("eu-west-1:{}-{:04x}-4000-8000-{}", &user[..8], self.made.get(), &user[20..])
        };
        self.users.borrow_mut().entry(user.clone()).or_insert_with(fresh).clone()
    }
}

impl IdentityPool for Pool {
    async fn token_for(
        &self,
        logins: &Logins,
        tags: &Tags,
        seconds: u64,
    ) -> Result<DeveloperToken, PoolFault> {
        let request = (logins.as_map().clone(), tags.as_map().clone(), seconds);
        self.requests.borrow_mut().push(request);
        if self.throttled.get() {
            return Err(PoolFault::Throttled);
        }
        let identity = self.service.call(async { self.identity(logins) }).await;
        let identity = identity.map_err(|_| PoolFault::Token("lost".into()))?;
        let token = Secret::new(format!("openid.{identity}.{seconds}"));
        Ok(DeveloperToken { identity, token })
    }

    async fn credentials(&self, vended: &DeveloperToken) -> Result<Credentials, PoolFault> {
        self.credentials.set(self.credentials.get() + 1);
        assert!(vended.token.expose().contains(&vended.identity));
        Ok(Credentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Secret::new("key".to_owned()),
            session_token: Secret::new("session".to_owned()),
            expiration: "2027-01-15T09:00:00Z".to_owned(),
        })
    }
}

impl Pool {
    /// Creates a pool with these calls.
    pub(crate) fn with_service(service: StandIn) -> Self {
        Self(Rc::new(PoolState { service, ..PoolState::default() }))
    }
}
