//! The identities of the identity pool.

use aws_sdk_cognitoidentity::Client;
use aws_sdk_cognitoidentity::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentity::operation::lookup_developer_identity::builders::LookupDeveloperIdentityFluentBuilder;
use lifeguard_aws::SdkConfig;
use lifeguard_identity::account::AccountId;
use thiserror::Error;

/// The most accounts in an answer: an identity has at most 20 logins of any kind.
const MOST: i32 = 60;

/// Failed call of the identity pool; only the error's code is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the identity pool did not carry out the call: {0}")]
pub struct IdentitiesFault(pub String);

/// An identity with its accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The identity.
    pub identity: String,
    /// The accounts.
    pub accounts: Vec<AccountId>,
}

/// The identities of the identity pool.
pub trait Identities {
    /// Finds the identity of an account, if it has one.
    ///
    /// # Errors
    /// [`IdentitiesFault`] if the call failed; as for every operation.
    fn of_account(
        &self,
        pool: &str,
        account: &AccountId,
    ) -> impl Future<Output = Result<Option<Shared>, IdentitiesFault>> + Send;

    /// Finds an identity by its id, with its accounts.
    fn of_identity(
        &self,
        pool: &str,
        identity: &str,
    ) -> impl Future<Output = Result<Option<Shared>, IdentitiesFault>> + Send;

    /// Deletes an identity; an identity that is gone counts as deleted.
    fn delete(&self, identity: &str) -> impl Future<Output = Result<(), IdentitiesFault>> + Send;
}

/// The identity pool itself.
#[derive(Clone, Debug)]
pub struct PoolIdentities(Client);

impl PoolIdentities {
    /// Builds the client, once for each instance.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }
}

impl Identities for PoolIdentities {
    async fn of_account(
        &self,
        pool: &str,
        account: &AccountId,
    ) -> Result<Option<Shared>, IdentitiesFault> {
        let request = self.0.lookup_developer_identity();
        look_up(request.developer_user_identifier(account.as_str()), pool).await
    }

    async fn of_identity(
        &self,
        pool: &str,
        identity: &str,
    ) -> Result<Option<Shared>, IdentitiesFault> {
        look_up(self.0.lookup_developer_identity().identity_id(identity), pool).await
    }

    async fn delete(&self, identity: &str) -> Result<(), IdentitiesFault> {
        let request = self.0.delete_identities().identity_ids_to_delete(identity);
        let answer = request.send().await.map_err(fault)?;
        let left = answer.unprocessed_identity_ids().first().and_then(|left| left.error_code());
        match left {
            None => Ok(()),
            // What could not be deleted may be gone already: the documentation leaves that open.
            Some(code) if self.is_there(identity).await? => {
                Err(IdentitiesFault(code.as_str().to_owned()))
            }
            Some(_) => Ok(()),
        }
    }
}

async fn look_up(
    request: LookupDeveloperIdentityFluentBuilder,
    pool: &str,
) -> Result<Option<Shared>, IdentitiesFault> {
    let answer = match request.identity_pool_id(pool).max_results(MOST).send().await {
        Ok(answer) => answer,
        Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    let accounts = answer.developer_user_identifier_list().iter();
    let accounts = accounts.filter_map(|user| AccountId::parse(user)).collect();
    let identity = answer.identity_id.ok_or_else(|| IdentitiesFault("no identity".to_owned()))?;
    Ok(Some(Shared { identity, accounts }))
}

impl PoolIdentities {
    async fn is_there(&self, identity: &str) -> Result<bool, IdentitiesFault> {
        match self.0.describe_identity().identity_id(identity).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(false),
            Err(error) => Err(fault(error)),
        }
    }
}

fn fault<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> IdentitiesFault {
    IdentitiesFault(error.code().unwrap_or("no answer").to_owned())
}
