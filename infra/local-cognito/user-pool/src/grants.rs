//! The sign-ins of a pool, found by their origin and by their refresh token.
//!
//! They are what grows with every sign-in and is kept for as long as refresh tokens live, so they
//! are stored in few bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use super::grant::{Grant, RefreshHash};
use local_cognito_aws_emulation::ApiError;

/// Time in seconds for which an expired sign-in is remembered, so that its refresh token gets the
/// right text.
const REMEMBERED: u64 = 24 * 60 * 60;

/// Sign-ins, until a day after the expiry of their refresh tokens; saved as a map by `origin_jti`.
#[derive(Default, Deserialize)]
#[serde(from = "BTreeMap<String, Grant>")]
pub(crate) struct Grants {
    by_origin: BTreeMap<Uuid, StoredGrant>,
    /// Origins by the hash of a refresh token that may be valid.
    by_token: HashMap<RefreshHash, Uuid>,
    by_expiry: BTreeSet<(u64, Uuid)>,
    /// Names of users and clients, which many sign-ins share.
    names: BTreeSet<Arc<str>>,
}

/// A sign-in without its origin.
struct StoredGrant {
    user: Arc<str>,
    client: Arc<str>,
    event: Uuid,
    auth_time: u64,
    expires: u64,
    revoked: bool,
    refresh: RefreshHash,
    previous: Option<Box<(RefreshHash, u64)>>,
}

impl StoredGrant {
    fn hashes(&self) -> impl Iterator<Item = &RefreshHash> {
        std::iter::once(&self.refresh).chain(self.previous.as_ref().map(|previous| &previous.0))
    }

    fn to_grant(&self, origin: Uuid) -> Grant {
        Grant {
            origin: origin.to_string(),
            user: self.user.to_string(),
            client: self.client.to_string(),
            event: self.event.to_string(),
            auth_time: self.auth_time,
            expires: self.expires,
            revoked: self.revoked,
            refresh: self.refresh,
            previous: self.previous.as_deref().copied(),
        }
    }
}

impl Grants {
    /// Adds a new sign-in, and forgets those that expired more than a day ago.
    pub(crate) fn add(&mut self, grant: &Grant, now: u64) {
        while let Some((expires, origin)) = self.by_expiry.first().copied()
            && expires.saturating_add(REMEMBERED) < now
        {
            self.remove(origin);
        }
        self.store(grant);
    }

    /// Returns a sign-in by its origin.
    pub(crate) fn get(&self, origin: &str) -> Option<Grant> {
        let origin = Uuid::parse_str(origin).ok()?;
        self.by_origin.get(&origin).map(|stored| stored.to_grant(origin))
    }

    /// Returns the sign-in that a refresh token belongs to.
    pub(crate) fn of_token(&self, token: &str, now: u64) -> Option<Grant> {
        let hash = RefreshHash::new(token);
        let origin = *self.by_token.get(&hash)?;
        let grant = self.by_origin.get(&origin)?.to_grant(origin);
        grant.has_refresh_token(&hash, now).then_some(grant)
    }

    /// Puts a changed sign-in in the place of the one of its origin.
    ///
    /// # Errors
    /// An internal error if there is none.
    pub(crate) fn replace(&mut self, grant: &Grant) -> Result<(), ApiError> {
        let origin = Uuid::parse_str(&grant.origin).map_err(|_| ApiError::internal())?;
        if !self.remove(origin) {
            return Err(ApiError::internal());
        }
        self.store(grant);
        Ok(())
    }

    /// Revokes all sign-ins of a user.
    pub(crate) fn revoke_all(&mut self, user: &str) {
        for stored in self.by_origin.values_mut().filter(|stored| &*stored.user == user) {
            stored.revoked = true;
        }
    }

    /// Removes the sign-ins of a user.
    pub(crate) fn remove_user(&mut self, user: &str) {
        self.remove_all(|stored| &*stored.user == user);
        self.names.remove(user);
    }

    /// Removes the sign-ins at a client.
    pub(crate) fn remove_client(&mut self, client: &str) {
        self.remove_all(|stored| &*stored.client == client);
        self.names.remove(client);
    }

    fn remove_all(&mut self, fits: impl Fn(&StoredGrant) -> bool) {
        let fitting = self.by_origin.iter().filter(|(_, stored)| fits(stored));
        for origin in fitting.map(|(origin, _)| *origin).collect::<Vec<_>>() {
            self.remove(origin);
        }
    }

    fn remove(&mut self, origin: Uuid) -> bool {
        let Some(stored) = self.by_origin.remove(&origin) else {
            return false;
        };
        for hash in stored.hashes() {
            self.by_token.remove(hash);
        }
        self.by_expiry.remove(&(stored.expires, origin))
    }

    /// Stores a sign-in, unless its ids are no UUIDs: this program makes none of that kind.
    fn store(&mut self, grant: &Grant) {
        let ids = [&grant.origin, &grant.event].map(|id| Uuid::parse_str(id));
        let [Ok(origin), Ok(event)] = ids else { return };
        let stored = StoredGrant {
            user: self.shared(&grant.user),
            client: self.shared(&grant.client),
            event,
            auth_time: grant.auth_time,
            expires: grant.expires,
            revoked: grant.revoked,
            refresh: grant.refresh,
            previous: grant.previous.map(Box::new),
        };
        for hash in stored.hashes() {
            self.by_token.insert(*hash, origin);
        }
        self.by_expiry.insert((stored.expires, origin));
        self.by_origin.insert(origin, stored);
    }

    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name = Arc::<str>::from(name);
        self.names.insert(Arc::clone(&name));
        name
    }
}

impl From<BTreeMap<String, Grant>> for Grants {
    fn from(by_origin: BTreeMap<String, Grant>) -> Self {
        let mut grants = Self::default();
        by_origin.values().for_each(|grant| grants.store(grant));
        grants
    }
}

impl Serialize for Grants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let grants = self.by_origin.iter();
        serializer.collect_map(
            grants.map(|(origin, stored)| (origin.to_string(), stored.to_grant(*origin))),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Grant, Grants, REMEMBERED, RefreshHash, StoredGrant};

    const LIFE: u64 = 100;

    fn origin(number: u64) -> String {
        format!("00000000-0000-4000-8000-{number:012}")
    }

    fn grant(number: u64, token: &str, now: u64) -> Grant {
        let saved = json!({
            "origin": origin(number), "user": "noor", "client": "c", "event": origin(0),
            "auth_time": now, "expires": now + LIFE, "revoked": false,
            "refresh": RefreshHash::new(token), "previous": null,
        });
        serde_json::from_value(saved).unwrap()
    }

    #[track_caller]
    fn check(grants: &Grants, token: &str, now: u64, expected: Option<u64>) {
        let found = grants.of_token(token, now).map(|grant| grant.origin);
        assert_eq!(found, expected.map(origin), "{token} at {now}");
    }

    #[track_caller]
    fn check_size(grants: &Grants, size: usize) {
        let sizes = [grants.by_origin.len(), grants.by_token.len(), grants.by_expiry.len()];
        assert_eq!(sizes, [size; 3]);
    }

    #[test]
    fn expired_sign_in_is_forgotten_after_a_day() {
        let mut grants = Grants::default();
        for number in 0..50 {
            grants.add(&grant(number, &format!("t{number}"), number), number);
        }
        grants.add(&grant(99, "t", 0), 30 + LIFE + REMEMBERED);
        assert!(grants.get(&origin(29)).is_none());
        assert!(grants.get(&origin(30)).is_some());
        check(&grants, "t29", 0, None);
        check(&grants, "t30", 0, Some(30));
        check_size(&grants, 21);
    }

    #[test]
    fn rotated_token_finds_its_sign_in_within_the_grace() {
        let mut grants = Grants::default();
        grants.add(&grant(1, "first", 0), 0);
        let mut rotated = || {
            let mut grant = grants.get(&origin(1)).unwrap();
            let token = grant.rotate(10, 0).unwrap();
            grants.replace(&grant).unwrap();
            token
        };
        let second = rotated();
        let third = rotated();
        check(&grants, "first", 9, None);
        check(&grants, &second, 9, Some(1));
        check(&grants, &second, 10, None);
        check(&grants, &third, 99, Some(1));
        assert_eq!(grants.by_token.len(), 2);
        assert!(grants.replace(&grant(2, "t", 0)).is_err());
    }

    #[test]
    fn removed_sign_ins_leave_nothing_behind() {
        let mut grants = Grants::default();
        grants.add(&grant(1, "ta", 0), 0);
        grants.add(&Grant { user: "kim".to_owned(), ..grant(2, "tb", 0) }, 0);
        grants.remove_user("noor");
        check(&grants, "ta", 0, None);
        check_size(&grants, 1);
        grants.remove_client("c");
        check_size(&grants, 0);
        assert_eq!(grants.names.len(), 1, "Kim may sign in again");
    }

    #[test]
    fn saved_sign_ins_are_found_by_their_tokens() {
        let mut grants = Grants::default();
        let mut old = grant(1, "first", 0);
        let second = old.rotate(10, 0).unwrap();
        grants.add(&old, 0);
        let saved = serde_json::to_value(&grants).unwrap();
        assert_eq!(saved[origin(1)], serde_json::to_value(&old).unwrap());
        assert_eq!(saved[origin(1)]["refresh"].as_str().unwrap().len(), 43);
        let restored: Grants = serde_json::from_value(saved).unwrap();
        check(&restored, "first", 5, Some(1));
        check(&restored, &second, 50, Some(1));
    }

    #[test]
    fn sign_in_is_stored_in_few_bytes() {
        assert!(size_of::<StoredGrant>() <= 120, "{}", size_of::<StoredGrant>());
        let mut grants = Grants::default();
        (0..50).for_each(|number| grants.add(&grant(number, &origin(number), 0), 0));
        assert_eq!(grants.names.len(), 2, "every sign-in has names of its own");
    }
}
