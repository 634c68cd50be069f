//! The groups of the user pool.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use lifeguard_aws::SdkConfig;
use thiserror::Error;

/// Answer of the user pool that does not confirm that the user is in a group.
///
/// AWS's own message may repeat the user's name, so only the error's code is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("failed to add the user to the default group: {0}")]
pub struct GroupFault(pub String);

/// Groups of users.
pub trait Groups {
    /// Adds a user to a group; one who is in it already stays in it.
    ///
    /// # Errors
    /// [`GroupFault`] if the pool did not confirm it.
    fn add(
        &self,
        pool: &str,
        user_name: &str,
        group: &str,
    ) -> impl Future<Output = Result<(), GroupFault>> + Send;
}

/// The groups of the pool itself.
#[derive(Clone, Debug)]
pub struct UserPoolGroups(Client);

impl UserPoolGroups {
    /// The client is built here, once.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }
}

impl Groups for UserPoolGroups {
    async fn add(&self, pool: &str, user_name: &str, group: &str) -> Result<(), GroupFault> {
        let request = self
            .0
            .admin_add_user_to_group()
            .user_pool_id(pool)
            .username(user_name)
            .group_name(group);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let code = error.code().map(str::to_owned);
                Err(GroupFault(code.unwrap_or_else(|| error.to_string())))
            }
        }
    }
}
