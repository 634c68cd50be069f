//! Calls of the user pool.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use lifeguard_aws::SdkConfig;
use thiserror::Error;

use crate::random_password::RandomPassword;

/// Failed call of the user pool.
///
/// AWS's own message may repeat the user's name, so only the error's code is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UserPoolFault {
    /// The user is not in the default group.
    #[error("failed to add the user to the default group: {0}")]
    Group(String),
    /// The user has the password of the sign-up.
    #[error("failed to set a random password: {0}")]
    Password(String),
    /// Sessions of the user may be alive.
    #[error("failed to sign the user out: {0}")]
    SignOut(String),
}

/// The groups of a user pool.
pub trait Groups {
    /// Adds a user to a group; a member stays in it.
    ///
    /// # Errors
    /// [`UserPoolFault::Group`] if the call failed.
    fn add(
        &self,
        pool: &str,
        user_name: &str,
        group: &str,
    ) -> impl Future<Output = Result<(), UserPoolFault>> + Send;
}

/// The access of users to their accounts.
pub trait Access {
    /// Gives a user a permanent password in place of the one of the sign-up.
    ///
    /// # Errors
    /// [`UserPoolFault::Password`] if the call failed.
    fn set_password(
        &self,
        pool: &str,
        user_name: &str,
        password: &RandomPassword,
    ) -> impl Future<Output = Result<(), UserPoolFault>> + Send;

    /// Signs a user out everywhere.
    ///
    /// # Errors
    /// [`UserPoolFault::SignOut`] if the call failed.
    fn sign_out(
        &self,
        pool: &str,
        user_name: &str,
    ) -> impl Future<Output = Result<(), UserPoolFault>> + Send;
}

/// The user pool in Cognito.
#[derive(Clone, Debug)]
pub struct UserPool(Client);

impl UserPool {
    /// Builds the client, once for each instance.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }
}

impl Groups for UserPool {
    async fn add(&self, pool: &str, user_name: &str, group: &str) -> Result<(), UserPoolFault> {
        let request = self
            .0
            .admin_add_user_to_group()
            .user_pool_id(pool)
            .username(user_name)
            .group_name(group);
        let added = request.send().await;
        added.map(drop).map_err(|error| UserPoolFault::Group(code(&error)))
    }
}

impl Access for UserPool {
    async fn set_password(
        &self,
        pool: &str,
        user_name: &str,
        password: &RandomPassword,
    ) -> Result<(), UserPoolFault> {
        let request = self
            .0
            .admin_set_user_password()
            .user_pool_id(pool)
            .username(user_name)
            .password(password.expose())
            .permanent(true);
        let set = request.send().await;
        set.map(drop).map_err(|error| UserPoolFault::Password(code(&error)))
    }

    async fn sign_out(&self, pool: &str, user_name: &str) -> Result<(), UserPoolFault> {
        let request = self.0.admin_user_global_sign_out().user_pool_id(pool).username(user_name);
        let signed_out = request.send().await;
        signed_out.map(drop).map_err(|error| UserPoolFault::SignOut(code(&error)))
    }
}

/// Returns the error's code, or the kind of failure where there was no answer.
fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    error.code().map_or_else(|| error.to_string(), str::to_owned)
}
