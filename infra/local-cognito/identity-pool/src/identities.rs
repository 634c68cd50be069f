//! The identities of a pool, found by their id and by their logins.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, Serializer};

use super::identity::Identity;
use super::login::Login;

/// Identities by their id, in which form they are saved, with an index over their logins.
#[derive(Default, Deserialize)]
#[serde(from = "BTreeMap<String, Identity>")]
pub(crate) struct Identities {
    by_id: BTreeMap<String, Identity>,
    owners: BTreeSet<(Login, String)>,
    /// The identity that was lent last to be changed, which is not in the index.
    changing: Option<String>,
}

impl Identities {
    /// Adds an identity, in place of one of the same id.
    pub(crate) fn insert(&mut self, identity: Identity) {
        self.remove(&identity.id.clone());
        self.index(&identity, true);
        self.by_id.insert(identity.id.clone(), identity);
    }

    /// Removes an identity; true if it was there.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.settle();
        let removed = self.by_id.remove(id);
        removed.iter().for_each(|identity| self.index(identity, false));
        removed.is_some()
    }

    /// Returns an identity by its id.
    pub(crate) fn get(&self, id: &str) -> Option<&Identity> {
        self.by_id.get(id)
    }

    /// Returns an identity by its id, to change it.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Identity> {
        self.settle();
        let (id, identity) = self.by_id.remove_entry(id)?;
        self.index(&identity, false);
        self.changing = Some(id.clone());
        Some(self.by_id.entry(id).or_insert(identity))
    }

    /// Returns all identities in the order of their ids.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Identity> {
        self.by_id.values()
    }

    /// Returns the identity that holds a login.
    pub(crate) fn owner(&self, login: &Login) -> Option<&Identity> {
        let indexed = self.owners.range((login.clone(), String::new())..).next();
        let indexed = indexed.filter(|(held, _)| held == login).map(|(_, id)| id);
        let owners = indexed.into_iter().chain(&self.changing).filter_map(|id| self.by_id.get(id));
        owners.filter(|owner| owner.logins.contains(login)).min_by_key(|owner| &owner.id)
    }

    /// Puts the identity that was lent back into the index.
    fn settle(&mut self) {
        let changing = self.changing.take();
        if let Some((id, identity)) = changing.and_then(|id| self.by_id.remove_entry(&id)) {
            self.index(&identity, true);
            self.by_id.insert(id, identity);
        }
    }

    fn index(&mut self, identity: &Identity, adds: bool) {
        for login in &identity.logins {
            let entry = (login.clone(), identity.id.clone());
            if adds {
                self.owners.insert(entry);
            } else {
                self.owners.remove(&entry);
            }
        }
    }
}

impl From<BTreeMap<String, Identity>> for Identities {
    fn from(by_id: BTreeMap<String, Identity>) -> Self {
        let mut identities = Self::default();
        by_id.into_values().for_each(|identity| identities.insert(identity));
        identities
    }
}

impl Serialize for Identities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_id.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Identities, Identity, Login};

    fn login(subject: usize) -> Login {
        Login { provider: "p".to_owned(), subject: subject.to_string() }
    }

    /// Compares what the index says with a look at every identity.
    #[track_caller]
    fn check(identities: &Identities) {
        for subject in 0..8 {
            let login = login(subject);
            let expected = identities.all().find(|identity| identity.logins.contains(&login));
            let found = identities.owner(&login).map(|owner| &owner.id);
            assert_eq!(found, expected.map(|owner| &owner.id), "{subject}");
        }
    }

    #[test]
    fn owner_is_found_after_every_change() {
        let mut identities = Identities::default();
        for step in 0..600_usize {
            let id = ((step * 7) % 5).to_string();
            let subject = (step * 13 + step / 8) % 8;
            match step % 6 {
                0 => {
                    let mut identity = Identity::new(id, 0);
                    identity.link([login(subject)], 0);
                    identities.insert(identity);
                }
                1 => drop(identities.remove(&id)),
                2 => {
                    if let Some(identity) = identities.get_mut(&id) {
                        identity.logins.clear();
                    }
                }
                _ => {
                    if let Some(identity) = identities.get_mut(&id) {
                        identity.link([login(subject)], 0);
                    }
                }
            }
            check(&identities);
        }
        let saved = serde_json::to_value(&identities).unwrap();
        let restored: Identities = serde_json::from_value(saved).unwrap();
        check(&restored);
        identities.settle();
        let logins: usize = identities.all().map(|identity| identity.logins.len()).sum();
        assert_eq!(identities.owners.len(), logins);
    }
}
