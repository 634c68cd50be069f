//! The users of a pool, found by every name that may mean one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, Serializer};

use super::user::User;

/// Attributes by which a pool may name users.
const NAMING: [&str; 3] = ["email", "phone_number", "preferred_username"];

/// Users by their real user name, in which form they are saved, with an index over their names,
/// subs and addresses in lower case.
///
/// The index says who may be meant; the caller judges by the settings of the pool.
#[derive(Default, Deserialize)]
#[serde(from = "BTreeMap<String, User>")]
pub(crate) struct Users {
    by_name: BTreeMap<String, User>,
    /// Names in lower case, each with a real user name.
    names: BTreeSet<(String, String)>,
    /// The user that was lent last to be changed, who is not in the index.
    changing: Option<String>,
}

impl Users {
    /// Adds a user, in place of one of the same real user name.
    pub(crate) fn insert(&mut self, user: User) {
        self.remove(&user.name.clone());
        self.index(&user, true);
        self.by_name.insert(user.name.clone(), user);
    }

    /// Removes a user.
    pub(crate) fn remove(&mut self, name: &str) {
        self.settle();
        if let Some(user) = self.by_name.remove(name) {
            self.index(&user, false);
        }
    }

    /// Returns a user by the real user name.
    pub(crate) fn get(&self, name: &str) -> Option<&User> {
        self.by_name.get(name)
    }

    /// Returns a user by the real user name, to change it.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut User> {
        self.settle();
        let (real, user) = self.by_name.remove_entry(name)?;
        self.index(&user, false);
        self.changing = Some(real.clone());
        Some(self.by_name.entry(real).or_insert(user))
    }

    /// Returns all users in the order of their real user names.
    pub(crate) fn all(&self) -> impl Iterator<Item = &User> {
        self.by_name.values()
    }

    /// Returns the number of users.
    pub(crate) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Takes all users out of a group.
    pub(crate) fn leave_group(&mut self, group: &str) {
        for user in self.by_name.values_mut() {
            user.groups.remove(group);
        }
    }

    /// Returns the users that this name may mean, in the order of their real user names: every user
    /// with this name, sub or address in some letter case, and perhaps one more.
    pub(crate) fn candidates(&self, name: &str) -> impl Iterator<Item = &User> {
        let folded = name.to_lowercase();
        let indexed = self.names.range((folded.clone(), String::new())..);
        let indexed = indexed.take_while(|(name, _)| *name == folded).map(|(_, real)| real);
        let real: BTreeSet<&String> = indexed.chain(&self.changing).collect();
        real.into_iter().filter_map(|real| self.by_name.get(real))
    }

    /// Puts the user that was lent back into the index.
    fn settle(&mut self) {
        let Some((real, user)) =
            self.changing.take().and_then(|name| self.by_name.remove_entry(&name))
        else {
            return;
        };
        self.index(&user, true);
        self.by_name.insert(real, user);
    }

    fn index(&mut self, user: &User, adds: bool) {
        let addresses = NAMING.iter().filter_map(|naming| user.attributes.get(*naming));
        for name in [&user.name, &user.sub].into_iter().chain(addresses) {
            let entry = (name.to_lowercase(), user.name.clone());
            if adds {
                self.names.insert(entry);
            } else {
                self.names.remove(&entry);
            }
        }
    }
}

impl From<BTreeMap<String, User>> for Users {
    fn from(by_name: BTreeMap<String, User>) -> Self {
        let mut users = Self::default();
        by_name.into_values().for_each(|user| users.insert(user));
        users
    }
}

impl Serialize for Users {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_name.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{NAMING, User, Users};
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
                    1 => users.remove(name),
                    _ => if let Some(user) = users.get_mut(name) {
                        user.attributes.insert(attribute.to_owned(), value.to_owned());
                    },
                }
                for name in NAMES.into_iter().chain(["sub-a", "SUB-B", "d"]) {
                    let found: Vec<&str> =
                        users.candidates(name).map(|user| user.name.as_str()).collect();
                    prop_assert!(found.is_sorted());
                    for meant in scan(&users, name) {
                        prop_assert!(found.contains(&meant), "{name} means {meant}: {found:?}");
                    }
                    prop_assert!(found.len() <= scan(&users, name).len() + 1);
                }
            }
            users.settle();
            let names: usize = users.all().map(|user| 2 + user.attributes.len()).sum();
            prop_assert!(users.names.len() <= names, "{:?}", users.names);
        }
    }

    #[test]
    fn saved_users_are_found() {
        let mut users = Users::default();
        users.insert(user("noor", "noor@example.net"));
        users.get_mut("noor").unwrap().attributes.insert("email".into(), "n@example.net".into());
        let saved = serde_json::to_value(&users).unwrap();
        let restored: Users = serde_json::from_value(saved).unwrap();
        assert_eq!(restored.candidates("N@example.net").count(), 1);
        assert_eq!(restored.candidates("noor@example.net").count(), 0);
    }
}
