//! The developer users of the identity pool: which identity each has, and how that is changed.

use aws_sdk_cognitoidentity::error::ProvideErrorMetadata;
use lifeguard_identity::account::AccountId;

use super::{CognitoIdentity, PoolFault, fault};

/// The most developer users in an answer: an identity has at most 20 logins of any kind.
const MOST: i32 = 60;

/// An identity with its developer users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The identity.
    pub identity: String,
    /// The accounts that lead to it.
    pub users: Vec<AccountId>,
}

/// What making two developer users one came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// Both have this identity now.
    Into(String),
    /// They have logins that cannot be together.
    Conflict,
    /// One of them has no identity.
    Unknown,
}

/// The developer users of the identity pool.
pub trait DeveloperUsers {
    /// The identity of an account, if it has one.
    ///
    /// # Errors
    /// [`PoolFault`] if the pool did not confirm it; of every operation.
    fn of_account(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<Option<Known>, PoolFault>>;

    /// An identity with its developer users, if there is one of this id.
    fn of_identity(&self, identity: &str)
    -> impl Future<Output = Result<Option<Known>, PoolFault>>;

    /// Gives everybody who has the source's identity that of the destination.
    fn merge(
        &self,
        provider: &str,
        source: &AccountId,
        destination: &AccountId,
    ) -> impl Future<Output = Result<Merged, PoolFault>>;

    /// Takes an account off an identity; if it is not on it, that is done.
    fn unlink(
        &self,
        provider: &str,
        identity: &str,
        account: &AccountId,
    ) -> impl Future<Output = Result<(), PoolFault>>;
}

impl DeveloperUsers for CognitoIdentity {
    async fn of_account(&self, account: &AccountId) -> Result<Option<Known>, PoolFault> {
        self.look_up(Some(account), None).await
    }

    async fn of_identity(&self, identity: &str) -> Result<Option<Known>, PoolFault> {
        self.look_up(None, Some(identity)).await
    }

    async fn merge(
        &self,
        provider: &str,
        source: &AccountId,
        destination: &AccountId,
    ) -> Result<Merged, PoolFault> {
        let request = self
            .client
            .merge_developer_identities()
            .identity_pool_id(&self.pool)
            .developer_provider_name(provider)
            .source_user_identifier(source.as_str())
            .destination_user_identifier(destination.as_str());
        match request.send().await {
            Ok(answer) => answer.identity_id.map(Merged::Into).ok_or(PoolFault::Incomplete),
            Err(error) => match error.code() {
                Some("ResourceConflictException") => Ok(Merged::Conflict),
                Some("ResourceNotFoundException") => Ok(Merged::Unknown),
                _ => Err(fault(error, PoolFault::Merge)),
            },
        }
    }

    async fn unlink(
        &self,
        provider: &str,
        identity: &str,
        account: &AccountId,
    ) -> Result<(), PoolFault> {
        let request = self
            .client
            .unlink_developer_identity()
            .identity_pool_id(&self.pool)
            .identity_id(identity)
            .developer_provider_name(provider)
            .developer_user_identifier(account.as_str());
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                // An attempt whose answer was lost may have done it.
                Some("ResourceConflictException" | "ResourceNotFoundException") => Ok(()),
                _ => Err(fault(error, PoolFault::Unlink)),
            },
        }
    }
}

impl CognitoIdentity {
    async fn look_up(
        &self,
        account: Option<&AccountId>,
        identity: Option<&str>,
    ) -> Result<Option<Known>, PoolFault> {
        let request = self
            .client
            .lookup_developer_identity()
            .identity_pool_id(&self.pool)
            .set_developer_user_identifier(account.map(|account| account.as_str().to_owned()))
            .set_identity_id(identity.map(str::to_owned))
            .max_results(MOST);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                return match error.code() {
                    Some("ResourceNotFoundException") => Ok(None),
                    _ => Err(fault(error, PoolFault::LookUp)),
                };
            }
        };
        let users = answer.developer_user_identifier_list();
        let users = users.iter().filter_map(|user| AccountId::parse(user)).collect();
        Ok(Some(Known { identity: answer.identity_id.ok_or(PoolFault::Incomplete)?, users }))
    }
}
