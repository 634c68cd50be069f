//! The groups of the user pool.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use lifeguard_aws::SdkConfig;
use thiserror::Error;

/// Failed call of the user pool.
///
/// AWS's own message may repeat the user's name, so only the error's code is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("failed to add the user to the default group: {0}")]
pub struct GroupFault(pub String);

/// The groups of a user pool.
pub trait Groups {
    /// Adds a user to a group; a member stays in it.
    ///
    /// # Errors
    /// [`GroupFault`] if the call failed.
    fn add(
        &self,
        pool: &str,
        user_name: &str,
        group: &str,
    ) -> impl Future<Output = Result<(), GroupFault>> + Send;
}

/// The groups of the pool in Cognito.
#[derive(Clone, Debug)]
pub struct UserPoolGroups(Client);

impl UserPoolGroups {
    /// Builds the client, once for each instance.
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
