//! The users of the user pool.

use std::collections::BTreeMap;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::types::{AttributeType, UserStatusType, UserType};
use lifeguard_aws::SdkConfig;
use lifeguard_store::profiles::claims;
use thiserror::Error;

/// Failed call of the user pool.
///
/// AWS's own message may repeat the user's name, so only the error's code is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the user pool did not carry out the call: {0}")]
pub struct UsersFault(pub String);

/// A user of the pool.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The user name that the triggers see.
    pub user_name: String,
    /// The immutable id.
    pub sub: String,
    /// True if the user can sign in, in any way that the pool and its clients offer.
    pub may_sign_in: bool,
    /// Claims that a profile starts with.
    pub claims: BTreeMap<&'static str, String>,
}

/// One page of the users of a pool.
pub struct UserPage {
    /// The users.
    pub users: Vec<User>,
    /// Place where the next page begins; `None` after the last.
    pub next: Option<String>,
}

/// The users of the pool. A change of a user who is gone counts as made.
pub trait Users {
    /// Finds a user by name, or by an alias that the pool takes for one.
    ///
    /// # Errors
    /// [`UsersFault`] if the call failed; as for every operation.
    fn find(
        &self,
        pool: &str,
        user_name: &str,
    ) -> impl Future<Output = Result<Option<User>, UsersFault>> + Send;

    /// Returns true if a user has this `sub`.
    fn is_known(
        &self,
        pool: &str,
        sub: &str,
    ) -> impl Future<Output = Result<bool, UsersFault>> + Send;

    /// Returns at most `most` users, from `next` on.
    fn page(
        &self,
        pool: &str,
        next: Option<String>,
        most: i32,
    ) -> impl Future<Output = Result<UserPage, UsersFault>> + Send;

    /// Disables a user.
    fn disable(
        &self,
        pool: &str,
        user_name: &str,
    ) -> impl Future<Output = Result<(), UsersFault>> + Send;

    /// Revokes the refresh tokens of a user.
    fn sign_out(
        &self,
        pool: &str,
        user_name: &str,
    ) -> impl Future<Output = Result<(), UsersFault>> + Send;

    /// Adds a user to a group; a member stays in it. False if the user is gone.
    fn join(
        &self,
        pool: &str,
        user_name: &str,
        group: &str,
    ) -> impl Future<Output = Result<bool, UsersFault>> + Send;

    /// Deletes a user.
    fn delete(
        &self,
        pool: &str,
        user_name: &str,
    ) -> impl Future<Output = Result<(), UsersFault>> + Send;
}

/// The user pool itself.
#[derive(Clone, Debug)]
pub struct PoolUsers(Client);

impl PoolUsers {
    /// Builds the client, once for each instance.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }
}

impl Users for PoolUsers {
    async fn find(&self, pool: &str, user_name: &str) -> Result<Option<User>, UsersFault> {
        let request = self.0.admin_get_user().user_pool_id(pool).username(user_name);
        let answer = unless_gone(request.send().await)?;
        Ok(answer.and_then(|answer| {
            let may_sign_in = may_sign_in(answer.enabled(), answer.user_status());
            user(answer.username(), may_sign_in, answer.user_attributes())
        }))
    }

    async fn is_known(&self, pool: &str, sub: &str) -> Result<bool, UsersFault> {
        // A `sub` is a UUID; other text of a row belongs to no user and must not enter a filter.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !sub.bytes().all(plain) {
            return Err(UsersFault("malformed sub".to_owned()));
        }
        let filter = format!("sub = \"{sub}\"");
        let request = self.0.list_users().user_pool_id(pool).filter(filter).limit(1);
        let answer = request.send().await.map_err(fault)?;
        Ok(!answer.users().is_empty())
    }

    async fn page(
        &self,
        pool: &str,
        next: Option<String>,
        most: i32,
    ) -> Result<UserPage, UsersFault> {
        let request = self.0.list_users().user_pool_id(pool).limit(most).set_pagination_token(next);
        let answer = request.send().await.map_err(fault)?;
        let read = |found: &UserType| {
            let may_sign_in = may_sign_in(found.enabled(), found.user_status());
            user(found.username()?, may_sign_in, found.attributes())
        };
        let users = answer.users().iter().filter_map(read).collect();
        Ok(UserPage { users, next: answer.pagination_token })
    }

    async fn disable(&self, pool: &str, user_name: &str) -> Result<(), UsersFault> {
        let request = self.0.admin_disable_user().user_pool_id(pool).username(user_name);
        unless_gone(request.send().await).map(drop)
    }

    async fn sign_out(&self, pool: &str, user_name: &str) -> Result<(), UsersFault> {
        let request = self.0.admin_user_global_sign_out().user_pool_id(pool).username(user_name);
        unless_gone(request.send().await).map(drop)
    }

    async fn join(&self, pool: &str, user_name: &str, group: &str) -> Result<bool, UsersFault> {
        let request = self
            .0
            .admin_add_user_to_group()
            .user_pool_id(pool)
            .username(user_name)
            .group_name(group);
        Ok(unless_gone(request.send().await)?.is_some())
    }

    async fn delete(&self, pool: &str, user_name: &str) -> Result<(), UsersFault> {
        let request = self.0.admin_delete_user().user_pool_id(pool).username(user_name);
        unless_gone(request.send().await).map(drop)
    }
}

/// Reads a user from an answer of the pool; `None` without a `sub`.
fn user(user_name: &str, may_sign_in: bool, attributes: &[AttributeType]) -> Option<User> {
    let value = |name: &str| attributes.iter().find(|one| one.name() == name)?.value();
    Some(User {
        user_name: user_name.to_owned(),
        sub: value("sub")?.to_owned(),
        may_sign_in,
        claims: claims(value),
    })
}

/// Decides whether a user can get a token. An invited user signs in by a code without ever leaving
/// `FORCE_CHANGE_PASSWORD`, and an imported one without leaving `RESET_REQUIRED`; a disabled user
/// cannot sign in whatever the status is; a user who is being erased is one.
fn may_sign_in(enabled: bool, status: Option<&UserStatusType>) -> bool {
    let may = [
        UserStatusType::Confirmed,
        UserStatusType::ExternalProvider,
        UserStatusType::ForceChangePassword,
        UserStatusType::ResetRequired,
    ];
    enabled && status.is_some_and(|status| may.contains(status))
}

/// Returns the answer, or `None` if the user does not exist.
fn unless_gone<T, E: ProvideErrorMetadata, R>(
    answer: Result<T, SdkError<E, R>>,
) -> Result<Option<T>, UsersFault> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some("UserNotFoundException") => Ok(None),
        Err(error) => Err(fault(error)),
    }
}

fn fault<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> UsersFault {
    UsersFault(error.code().unwrap_or("no answer").to_owned())
}

#[cfg(test)]
mod tests {
    use super::may_sign_in;
    use aws_sdk_cognitoidentityprovider::types::UserStatusType;

    #[test]
    fn user_may_sign_in_by_status_and_only_if_enabled() {
        for (status, may) in [
            (Some("CONFIRMED"), true),
            (Some("EXTERNAL_PROVIDER"), true),
            (Some("FORCE_CHANGE_PASSWORD"), true),
            (Some("RESET_REQUIRED"), true),
            (Some("UNCONFIRMED"), false),
            (Some("ARCHIVED"), false),
            (Some("COMPROMISED"), false),
            (Some("UNKNOWN"), false),
            (Some("confirmed"), false),
            (Some("A_STATUS_OF_TOMORROW"), false),
            (None, false),
        ] {
            let read = status.map(UserStatusType::from);
            assert_eq!(may_sign_in(true, read.as_ref()), may, "{status:?}");
            assert!(!may_sign_in(false, read.as_ref()), "{status:?}");
        }
    }
}
