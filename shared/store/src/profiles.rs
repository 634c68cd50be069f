//! One row per user, for applications to build upon.
//!
//! The key `pk` is `v1#<bytes of the pool's id>#<pool's id>#<sub>`: the number in front fixes where
//! the pool ends, so that no two users share a key whatever the two texts hold. The row starts with
//! `pool`, `sub`, `created` (seconds since 1970) and the [`claims`] that the user has; each
//! sign-in sets `last_sign_in` (seconds since 1970). Names and addresses are not copied: the pool
//! is where they are verified, changed and erased. Whatever an application adds to the row stays as
//! it is.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use lifeguard_aws::{SdkConfig, failed_call};

use crate::accounts::Written;
use crate::connection;
use crate::error::{Operation, StoreError};
use crate::item::{Item, n, number, s, text};
use crate::update::{Update, Updated};

/// Claims a profile starts with: those that are needed to address the user, and tell least.
const CLAIMS: [&str; 2] = ["locale", "zoneinfo"];

/// Selects the claims that a profile starts with; `attribute` looks an attribute of the user up by
/// its name.
pub fn claims<'a>(attribute: impl Fn(&str) -> Option<&'a str>) -> BTreeMap<&'static str, String> {
    let present = |name| Some((name, attribute(name)?.to_owned()));
    CLAIMS.into_iter().filter_map(present).collect()
}

/// Key of the row of a user.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProfileKey {
    pool: String,
    sub: String,
}

/// Row to create.
#[derive(Clone, PartialEq, Eq)]
pub struct NewProfile {
    /// Its key.
    pub key: ProfileKey,
    /// Now, in seconds since 1970.
    pub created: u64,
    /// The claims of the user, from [`claims`]; others are not stored.
    pub claims: BTreeMap<&'static str, String>,
}

/// Result of creating a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// The row is new.
    Written,
    /// There was one, and it was not touched.
    Existed,
}

/// Row as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredProfile {
    /// Its key.
    pub key: ProfileKey,
    /// Time of creation, in seconds since 1970.
    pub created: u64,
}

/// Page of the rows of all pools, in no order, without rows of another layout.
pub struct ProfilePage {
    /// The rows.
    pub profiles: Vec<StoredProfile>,
    /// Start of the next page; `None` after the last.
    pub next: Option<String>,
}

/// The table of profiles in DynamoDB.
#[derive(Clone, Debug)]
pub struct ProfileTable {
    client: Client,
    table: String,
}

impl ProfileKey {
    /// Key of the user with this `sub` in this pool; `None` if one of them is empty.
    #[must_use]
    pub fn new(pool: &str, sub: &str) -> Option<Self> {
        (!pool.is_empty() && !sub.is_empty())
            .then(|| Self { pool: pool.to_owned(), sub: sub.to_owned() })
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &str {
        &self.pool
    }

    /// The user's `sub`.
    #[must_use]
    pub fn sub(&self) -> &str {
        &self.sub
    }

    /// Returns the text under which the row is stored.
    #[must_use]
    pub fn text(&self) -> String {
        format!("v1#{}#{}#{}", self.pool.len(), self.pool, self.sub)
    }
}

impl ProfileTable {
    /// Creates the client of the table with this name.
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { client: Client::new(config), table }
    }

    /// Opens the connection to the table ahead of the first call.
    ///
    /// # Errors
    /// [`StoreError`] if there is none; the first call opens it then.
    pub async fn open(&self) -> Result<(), StoreError> {
        connection::open(&self.client, &self.table).await
    }

    /// Returns at most `most` rows from `next` on.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    pub async fn page(&self, next: Option<&str>, most: i32) -> Result<ProfilePage, StoreError> {
        let start = next.map(|next| Item::from([("pk".to_owned(), s(next))]));
        let request = self
            .client
            .scan()
            .table_name(&self.table)
            .set_exclusive_start_key(start)
            .limit(most)
            .send();
        let answer = request.await;
        let answer =
            answer.map_err(|error| StoreError::new(Operation::ReadProfiles, failed_call(error)))?;
        let profiles = answer.items().iter().filter_map(stored).collect();
        let next = match &answer.last_evaluated_key {
            Some(key) => {
                let key = text(key, "pk").map_err(Operation::ReadProfiles.failed())?;
                Some(key.to_owned())
            }
            None => None,
        };
        Ok(ProfilePage { profiles, next })
    }

    /// Records the last sign-in of a user, in seconds since 1970. Refused if the user has no row,
    /// or the row has a later time; the same time may be recorded again.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; it may be done again.
    pub async fn record_sign_in(&self, key: &ProfileKey, at: u64) -> Result<Written, StoreError> {
        let condition =
            "attribute_exists(pk) AND (attribute_not_exists(last_sign_in) OR last_sign_in <= :at)";
        let update = Update::new("SET last_sign_in = :at".to_owned(), condition.to_owned());
        let updated = update.value(":at", n(at)).send(&self.client, &self.table, &key.text()).await;
        match updated.map_err(Operation::RecordSignIn.failed())? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(_) => Ok(Written::Refused),
        }
    }

    /// Erases a row, with everything an application added to it.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; it may be done again.
    pub async fn erase(&self, key: &ProfileKey) -> Result<(), StoreError> {
        let request =
            self.client.delete_item().table_name(&self.table).key("pk", s(&key.text())).send();
        request
            .await
            .map(drop)
            .map_err(|error| StoreError::new(Operation::EraseProfile, failed_call(error)))
    }
}

/// Returns a row as it was read; `None` for a row of another layout, which an application wrote.
fn stored(row: &Item) -> Option<StoredProfile> {
    let key = ProfileKey::new(text(row, "pool").ok()?, text(row, "sub").ok()?)?;
    Some(StoredProfile { key, created: number(row, "created").ok()? })
}

impl ProfileTable {
    /// Returns true if there is a row, by a consistent read.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    pub async fn exists(&self, key: &ProfileKey) -> Result<bool, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", s(&key.text()))
            .consistent_read(true);
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| StoreError::new(Operation::ReadProfiles, failed_call(error)))?;
        Ok(answer.item.is_some())
    }

    /// Writes a row if there is none.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    pub async fn create(&self, profile: &NewProfile) -> Result<Created, StoreError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(profile)))
            .condition_expression("attribute_not_exists(pk)");
        match request.send().await {
            Ok(_) => Ok(Created::Written),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(Created::Existed),
                _ => Err(StoreError::new(Operation::CreateProfile, failed_call(error))),
            },
        }
    }
}

fn item(profile: &NewProfile) -> Item {
    let NewProfile { key, created, claims } = profile;
    let claims = CLAIMS.into_iter().filter_map(|name| Some((name, s(claims.get(name)?))));
    [("pk", s(&key.text())), ("pool", s(&key.pool)), ("sub", s(&key.sub)), ("created", n(*created))]
        .into_iter()
        .chain(claims)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ProfileKey;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn key_names_pool_and_user() {
        let key = ProfileKey::new("eu-west-1_Pool", "c2a5d4e4").unwrap();
        assert_eq!(key.text(), "v1#14#eu-west-1_Pool#c2a5d4e4");
        assert!(ProfileKey::new("", "c2a5d4e4").is_none());
        assert!(ProfileKey::new("eu-west-1_Pool", "").is_none());
    }

    proptest! {
        #[test]
        fn keys_are_equal_only_if_pool_and_user_are(
            one in "[a1#]{1,4}", other in "[a1#]{1,4}", first in "[a1#]{1,4}", second in "[a1#]{1,4}",
        ) {
            let (left, right) = (ProfileKey::new(&one, &first).unwrap(), ProfileKey::new(&other, &second).unwrap());
            prop_assert_eq!(left.text() == right.text(), (one, first) == (other, second));
        }
    }
}
