//! The identities of the identity pool.

use aws::SdkConfig;
use aws_sdk_cognitoidentity::Client;
use aws_sdk_cognitoidentity::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

/// The identity pool did not confirm something; only the error's code is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the identity pool has not done what it was asked: {0}")]
pub struct IdentitiesFault(pub String);

/// The identities.
pub trait Identities {
    /// Deletes an identity; one that is gone is deleted.
    ///
    /// # Errors
    /// [`IdentitiesFault`] if the pool did not confirm it.
    fn delete(&self, identity: &str) -> impl Future<Output = Result<(), IdentitiesFault>> + Send;
}

/// The identity pool itself.
#[derive(Clone, Debug)]
pub struct PoolIdentities(Client);

impl PoolIdentities {
    /// The client is built here, once.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }
}

impl Identities for PoolIdentities {
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
