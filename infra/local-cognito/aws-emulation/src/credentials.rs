//! The temporary credentials that the identity pool has issued, and what is known of each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Time in seconds for which expired credentials are remembered, so that their use gets the right
/// text.
const REMEMBERED: u64 = 60 * 60;

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

/// Credentials by their key, and their keys in the order of expiry.
#[derive(Default)]
struct Issued {
    by_key: HashMap<String, Session>,
    by_expiry: BTreeSet<(u64, String)>,
}

/// Temporary credentials of one local Cognito, those included that expired within the last hour;
/// cloning shares them.
#[derive(Clone, Default)]
pub struct Credentials(Arc<RwLock<Issued>>);

impl Credentials {
    /// Remembers credentials that were issued at `now`, in seconds since 1970, and forgets those
    /// that expired more than an hour ago.
    pub fn put(&self, session: Session, now: u64) {
        let mut issued = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Issued { by_key, by_expiry } = &mut *issued;
        while by_expiry.first().is_some_and(|(expires, _)| expires.saturating_add(REMEMBERED) < now)
        {
            by_expiry.pop_first().and_then(|(_, key)| by_key.remove(&key));
        }
        let (key, expires) = (session.access_key_id.clone(), session.expires);
        if let Some(old) = by_key.insert(key.clone(), session) {
            by_expiry.remove(&(old.expires, key.clone()));
        }
        by_expiry.insert((expires, key));
    }

    /// The credentials with this access key id, expired ones included.
    #[must_use]
    pub fn find(&self, access_key_id: &str) -> Option<Session> {
        let issued = self.0.read().unwrap_or_else(PoisonError::into_inner);
        issued.by_key.get(access_key_id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Credentials, Holder, REMEMBERED, Session};

    fn session(key: u64, expires: u64) -> Session {
        Session {
            access_key_id: key.to_string(),
            secret_key: String::new(),
            session_token: String::new(),
            expires,
            holder: Holder {
                role: String::new(),
                identity_pool: String::new(),
                identity: String::new(),
                amr: Vec::new(),
                tags: BTreeMap::new(),
            },
        }
    }

    #[test]
    fn expired_credentials_are_forgotten_after_an_hour() {
        let credentials = Credentials::default();
        let life = 60;
        for now in 0..3 * REMEMBERED {
            credentials.put(session(now, now + life), now);
        }
        let now = 3 * REMEMBERED - 1;
        let oldest = now - REMEMBERED - life;
        assert!(credentials.find(&oldest.to_string()).is_some());
        assert!(credentials.find(&(oldest - 1).to_string()).is_none());
        let issued = credentials.0.read().unwrap();
        assert_eq!(issued.by_key.len() as u64, REMEMBERED + life + 1);
        assert_eq!(issued.by_expiry.len(), issued.by_key.len());
    }

    #[test]
    fn credentials_of_a_known_key_replace_the_old_ones() {
        let credentials = Credentials::default();
        credentials.put(session(1, 10), 0);
        credentials.put(session(1, 9_000), 0);
        credentials.put(session(2, 9_000), 10 + REMEMBERED + 1);
        assert_eq!(credentials.find("1").map(|session| session.expires), Some(9_000));
    }
}
