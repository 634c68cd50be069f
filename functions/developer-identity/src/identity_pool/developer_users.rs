//! Developer users of the identity pool: lookup, merge and unlinking.

use aws_sdk_cognitoidentity::error::ProvideErrorMetadata;
use lifeguard_identity::account::AccountId;

use super::{CognitoIdentity, PoolFault, fault};

/// The most developer users in a response: an identity has at most 20 logins of any kind.
const MOST: i32 = 60;

/// An identity with its developer users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeveloperIdentity {
    /// The identity.
    pub identity: String,
    /// The accounts that lead to it.
    pub users: Vec<AccountId>,
}

/// Result of the merge of two developer users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeResult {
    /// Both have this identity now.
    Into(String),
    /// The identities have conflicting logins.
    Conflict,
    /// One of them has no identity.
    Unknown,
}

/// The developer users of the identity pool.
pub trait DeveloperUsers {
    /// Returns the identity of an account, if it has one.
    ///
    /// # Errors
    /// [`PoolFault`] if the pool did not confirm the call, as for every operation.
    fn find_by_account(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<Option<DeveloperIdentity>, PoolFault>>;

    /// Returns an identity with its developer users, if it exists.
    fn find_by_identity(
        &self,
        identity: &str,
    ) -> impl Future<Output = Result<Option<DeveloperIdentity>, PoolFault>>;

    /// Gives every account of the source's identity the identity of the destination.
    fn merge(
        &self,
        provider: &str,
        source: &AccountId,
        destination: &AccountId,
    ) -> impl Future<Output = Result<MergeResult, PoolFault>>;

    /// Unlinks an account from an identity; succeeds if it is not linked.
    fn unlink(
        &self,
        provider: &str,
        identity: &str,
        account: &AccountId,
    ) -> impl Future<Output = Result<(), PoolFault>>;
}

impl DeveloperUsers for CognitoIdentity {
    async fn find_by_account(
        &self,
        account: &AccountId,
    ) -> Result<Option<DeveloperIdentity>, PoolFault> {
        self.look_up(Some(account), None).await
    }

    async fn find_by_identity(
        &self,
        identity: &str,
    ) -> Result<Option<DeveloperIdentity>, PoolFault> {
        self.look_up(None, Some(identity)).await
    }

    async fn merge(
        &self,
        provider: &str,
        source: &AccountId,
        destination: &AccountId,
    ) -> Result<MergeResult, PoolFault> {
        let request = self
            .client
            .merge_developer_identities()
            .identity_pool_id(&self.pool)
            .developer_provider_name(provider)
            .source_user_identifier(source.as_str())
            .destination_user_identifier(destination.as_str());
        match request.send().await {
            Ok(answer) => answer.identity_id.map(MergeResult::Into).ok_or(PoolFault::Incomplete),
            Err(error) => match error.code() {
                Some("ResourceConflictException") => Ok(MergeResult::Conflict),
                Some("ResourceNotFoundException") => Ok(MergeResult::Unknown),
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
                // An earlier attempt may have unlinked it, with its response lost.
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
    ) -> Result<Option<DeveloperIdentity>, PoolFault> {
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
        Ok(Some(DeveloperIdentity {
            identity: answer.identity_id.ok_or(PoolFault::Incomplete)?,
            users,
        }))
    }
}
