//! The identities of a pool, found by their id and by their logins.

use local_cognito_aws_emulation::indexed_map::{Indexed, IndexedMap};

use super::identity::Identity;
use super::login::Login;

/// Identities by their id, found by their logins.
pub(crate) type Identities = IndexedMap<Identity>;

impl Indexed for Identity {
    type Term = Login;

    fn key(&self) -> &str {
        &self.id
    }

    fn terms(&self) -> Vec<Login> {
        self.logins.iter().cloned().collect()
    }
}

/// Returns the identity that holds a login.
pub(crate) fn owner<'a>(identities: &'a Identities, login: &Login) -> Option<&'a Identity> {
    identities.candidates(login.clone()).find(|identity| identity.logins.contains(login))
}

#[cfg(test)]
mod tests {
    use super::{Identities, Identity, Login, owner};

    fn login(subject: usize) -> Login {
        Login { provider: "p".to_owned(), subject: subject.to_string() }
    }

    /// Compares what the index says with a look at every identity.
    #[track_caller]
    fn check(identities: &Identities) {
        for subject in 0..8 {
            let login = login(subject);
            let expected = identities.all().find(|identity| identity.logins.contains(&login));
            let found = owner(identities, &login).map(|owner| &owner.id);
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
        let logins: usize = identities.all().map(|identity| identity.logins.len()).sum();
        assert_eq!(identities.index_size(), logins);
    }
}
