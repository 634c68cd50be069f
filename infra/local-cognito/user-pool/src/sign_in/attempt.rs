//! A sign-in attempt of one client.

use crate::client::Client;
use crate::registry::PoolRegistry;
use crate::trigger::EventContext;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// One call of a sign-in.
pub(crate) struct Attempt {
    pub(crate) pool: String,
    pub(crate) client: Client,
    /// The call's `ClientMetadata`.
    pub(crate) metadata: Option<Texts>,
    pub(crate) origin: Origin,
}

/// The interface through which a user signs in.
pub(crate) enum Origin {
    Api,
    /// The pages of managed login, perhaps with a nonce for the ID token.
    ManagedLogin {
        nonce: Option<String>,
    },
}

impl Attempt {
    /// Returns an attempt of a client by its id alone.
    pub(crate) fn from_client(
        pools: &PoolRegistry,
        client: &str,
        metadata: Option<Texts>,
    ) -> Result<Self, ApiError> {
        let state = pools.lock();
        let (pool, client) = state.client(client)?;
        let (pool, client) = (pool.id.clone(), client.clone());
        Ok(Self { pool, client, metadata, origin: Origin::Api })
    }

    /// Returns an attempt of a client of this pool.
    pub(crate) fn from_pool_and_client(
        pools: &PoolRegistry,
        pool: &str,
        client: &str,
        metadata: Option<Texts>,
    ) -> Result<Self, ApiError> {
        let state = pools.lock();
        let pool = state.pool(pool)?;
        let client = pool.client(client)?.clone();
        Ok(Self { pool: pool.id.clone(), client, metadata, origin: Origin::Api })
    }

    /// Returns the context of events about this user.
    pub(crate) fn context<'a>(&'a self, user_name: &'a str) -> EventContext<'a> {
        EventContext { pool: &self.pool, client: Some(&self.client.id), user_name }
    }
}
