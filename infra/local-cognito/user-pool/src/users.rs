//! The users of a pool, found by every name that may mean one.

use local_cognito_aws_emulation::indexed_map::{Indexed, IndexedMap};

use super::user::User;

/// Attributes by which a pool may name users.
const NAMING: [&str; 3] = ["email", "phone_number", "preferred_username"];

/// Users by their real user name, found by their names, subs and addresses in lower case.
///
/// The index says who may be meant; the caller judges by the settings of the pool.
pub(crate) type Users = IndexedMap<User>;

impl Indexed for User {
    type Term = String;

    fn key(&self) -> &str {
        &self.name
    }

    fn terms(&self) -> Vec<String> {
        let addresses = NAMING.iter().filter_map(|naming| self.attributes.get(*naming));
        let names = [&self.name, &self.sub].into_iter().chain(addresses);
        names.map(|name| name.to_lowercase()).collect()
    }
}

/// Returns the users that this name may mean, in the order of their real user names: every user
/// with this name, sub or address in some letter case, and perhaps one more.
pub(crate) fn candidates<'a>(users: &'a Users, name: &str) -> impl Iterator<Item = &'a User> {
    users.candidates(name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{NAMING, User, Users, candidates};
    use crate::user::Status;

    const NAMES: [&str; 6] = ["a", "A", "b", "Ä", "ä", "c"];

    fn user(name: &str, email: &str) -> User {
        let attributes = [("email".to_owned(), email.to_owned())].into();
        User::new(name.to_owned(), format!("sub-{name}"), attributes, Status::Confirmed, 0)
    }

    /// A change of the users: of which user, and the new value of which attribute.
    fn change() -> impl Strategy<Value = (u8, &'static str, &'static str, &'static str)> {
        let name = || prop::sample::select(NAMES.to_vec());
        (0..5_u8, name(), prop::sample::select(NAMING.to_vec()), name())
    }

    /// Names of the users that a look at every user finds.
    fn scan<'a>(users: &'a Users, name: &str) -> Vec<&'a str> {
        let is_meant = |text: &str| text.to_lowercase() == name.to_lowercase();
        let fits = |user: &&User| {
            let addresses = NAMING.iter().filter_map(|naming| user.attributes.get(*naming));
            is_meant(&user.name)
                || is_meant(&user.sub)
                || addresses.into_iter().any(|it| is_meant(it))
        };
        users.all().filter(fits).map(|user| user.name.as_str()).collect()
    }

    proptest! {
        #[test]
        fn every_user_of_a_name_is_a_candidate(changes in prop::collection::vec(change(), 0..40)) {
            let mut users = Users::default();
            for (kind, name, attribute, value) in changes {
                match kind {
                    0 => users.insert(user(name, value)),
                    1 => drop(users.remove(name)),
                    _ => if let Some(user) = users.get_mut(name) {
                        user.attributes.insert(attribute.to_owned(), value.to_owned());
                    },
                }
                for name in NAMES.into_iter().chain(["sub-a", "SUB-B", "d"]) {
                    let found: Vec<&str> =
                        candidates(&users, name).map(|user| user.name.as_str()).collect();
                    prop_assert!(found.is_sorted());
                    for meant in scan(&users, name) {
                        prop_assert!(found.contains(&meant), "{name} means {meant}: {found:?}");
                    }
                    prop_assert!(found.len() <= scan(&users, name).len() + 1);
                }
            }
            let names: usize = users.all().map(|user| 2 + user.attributes.len()).sum();
            let size = users.index_size();
            prop_assert!(size <= names, "{size}");
        }
    }

    #[test]
    fn saved_users_are_found() {
        let mut users = Users::default();
        users.insert(user("noor", "noor@example.net"));
        users.get_mut("noor").unwrap().attributes.insert("email".into(), "n@example.net".into());
        let saved = serde_json::to_value(&users).unwrap();
        let restored: Users = serde_json::from_value(saved).unwrap();
        assert_eq!(candidates(&restored, "N@example.net").count(), 1);
        assert_eq!(candidates(&restored, "noor@example.net").count(), 0);
    }
}
