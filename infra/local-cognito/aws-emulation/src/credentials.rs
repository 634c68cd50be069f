//! The temporary credentials that the identity pool has handed out, and what is known of each.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

/// Holder of temporary credentials, with the role and the tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The role's ARN.
    pub role: String,
    /// The identity pool.
    pub identity_pool: String,
    /// The identity.
    pub identity: String,
    /// The `amr` of the token that was exchanged.
    pub amr: Vec<String>,
    /// The principal tags.
    pub tags: BTreeMap<String, String>,
}

/// Temporary credentials.
#[derive(Clone)]
pub struct Session {
    /// The access key id, `ASIA…`.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_key: String,
    /// The session token, without which the two others are refused.
    pub session_token: String,
    /// Time of expiry, in seconds since 1970.
    pub expires: u64,
    /// Holder of the credentials.
    pub holder: Holder,
}

/// All temporary credentials of one local Cognito; cloning shares them.
#[derive(Clone, Default)]
pub struct Credentials(Arc<RwLock<HashMap<String, Session>>>);

impl Credentials {
    /// Remembers credentials that were handed out.
    pub fn put(&self, session: Session) {
        self.0
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .insert(session.access_key_id.clone(), session);
    }

    /// The credentials with this access key id, dead ones included.
    #[must_use]
    pub fn find(&self, access_key_id: &str) -> Option<Session> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(access_key_id).cloned()
    }
}
