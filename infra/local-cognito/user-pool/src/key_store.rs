//! The signing keys of all pools, made on first use.

use std::sync::Arc;

use super::keys::Keys;
use super::registry::PoolRegistry;
use local_cognito_aws_emulation::ApiError;
use local_cognito_openid::signing_key::to_the_end;

/// Makes and returns the keys of pools; cloning shares it.
#[derive(Clone)]
pub(crate) struct KeyStore {
    pools: PoolRegistry,
    /// Held while a pool's keys are made, so that they are made once.
    making: Arc<tokio::sync::Mutex<()>>,
}

impl KeyStore {
    /// Returns the store of the keys of these pools.
    pub(crate) fn new(pools: PoolRegistry) -> Self {
        Self { pools, making: Arc::default() }
    }

    /// Returns the pool's keys, generated on first use.
    pub(crate) async fn keys(&self, pool: &str) -> Result<Keys, ApiError> {
        let _one_at_a_time = self.making.lock().await;
        if let Some(keys) = &self.pools.lock().pool(pool)?.keys {
            return Ok(keys.clone());
        }
        let (pools, pool) = (self.pools.clone(), pool.to_owned());
        to_the_end(move || {
            let keys = Keys::generate()?;
            Ok(pools.lock().pool_mut(&pool)?.keys.get_or_insert(keys).clone())
        })
        .await
    }
}
