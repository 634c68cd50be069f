//! Signing keys that are made on first use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use local_cognito_aws_emulation::ApiError;
use local_cognito_openid::signing_key::{SigningKey, to_the_end};

/// Signing key that is made on first use and saved with the pools; cloning shares it.
#[derive(Clone)]
pub(crate) struct LazyKey {
    id: Arc<str>,
    key: Arc<Mutex<Option<SigningKey>>>,
    /// Held while the key is made, so that it is made once.
    making: Arc<tokio::sync::Mutex<()>>,
}

impl LazyKey {
    /// Returns a key with this id that is not made yet.
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.into(), key: Arc::default(), making: Arc::default() }
    }

    /// Returns the key; makes it first, if need be, and keeps it even if the caller stops waiting.
    pub(crate) async fn get(&self) -> Result<SigningKey, ApiError> {
        let _one_at_a_time = self.making.lock().await;
        if let Some(key) = self.saved() {
            return Ok(key);
        }
        let lazy = self.clone();
        to_the_end(move || {
            let key = SigningKey::generate(lazy.id.to_string())?;
            Ok(lazy.slot().get_or_insert(key).clone())
        })
        .await
    }

    /// Returns the key, if it is made.
    pub(crate) fn saved(&self) -> Option<SigningKey> {
        self.slot().clone()
    }

    /// Replaces the key by a saved one; without one, the next use makes another.
    pub(crate) fn replace(&self, key: Option<SigningKey>) {
        *self.slot() = key;
    }

    fn slot(&self) -> MutexGuard<'_, Option<SigningKey>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
