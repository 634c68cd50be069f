//! The two signing keys of a pool: one for ID tokens, one for access tokens.

use std::sync::{Arc, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Host;
use crate::aws_api::{ApiError, chance};
use crate::signing_key::{SigningKey, to_the_end};

/// The keys of a pool.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) id: Key,
    pub(crate) access: Key,
}

/// One of the two.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Key(SigningKey);

impl Keys {
    fn generate() -> Result<Self, ApiError> {
        Ok(Self { id: Key::generate()?, access: Key::generate()? })
    }

    /// The key set document of the pool.
    pub(crate) fn document(&self) -> Value {
        let keys = [&self.id, &self.access].map(|key| key.0.public(Algorithm::RS256));
        json!({"keys": keys})
    }
}

impl Key {
    fn generate() -> Result<Self, ApiError> {
        SigningKey::generate(STANDARD.encode(chance::bytes::<32>()?)).map(Self)
    }

    /// Signs claims.
    pub(crate) fn sign(&self, claims: &Map<String, Value>) -> Result<String, ApiError> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = None;
        self.0.sign(header, claims)
    }

    /// The claims of a token that this key signed, whatever its times say.
    pub(crate) fn open(&self, token: &str) -> Option<Map<String, Value>> {
        self.0.open(Algorithm::RS256, token)
    }
}

impl Host {
    /// The pool's keys, generated on first use.
    pub(crate) async fn keys(&self, pool: &str) -> Result<Keys, ApiError> {
        let _one_at_a_time = self.key_making.lock().await;
        if let Some(keys) = &self.state().pool(pool)?.keys {
            return Ok(keys.clone());
        }
        let (state, pool) = (Arc::clone(&self.state), pool.to_owned());
        to_the_end(move || {
            let keys = Keys::generate()?;
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(state.pool_mut(&pool)?.keys.get_or_insert(keys).clone())
        })
        .await
    }
}
