//! The identity pool.

pub mod developer_users;
pub mod links;

use std::collections::HashMap;
use std::error::Error;

use aws_sdk_cognitoidentity::Client;
use aws_sdk_cognitoidentity::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentity::primitives::{DateTime, DateTimeFormat};
use lifeguard_aws::{SdkConfig, failed_call};
use lifeguard_sign_in::secret::Secret;
use thiserror::Error;

use crate::logins::Logins;
use crate::tags::Tags;

/// An OpenID token of the pool for a developer user.
#[derive(Clone, Debug)]
pub struct DeveloperToken {
    /// The identity.
    pub identity: String,
    /// The OpenID token of the identity.
    pub token: Secret,
}

/// Temporary AWS credentials.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token.
    pub session_token: Secret,
    /// The expiry time, in ISO 8601 and UTC.
    pub expiration: String,
}

/// Failure of a call to the identity pool.
#[derive(Debug, Error)]
pub enum PoolFault {
    /// The pool throttles requests.
    #[error("the identity pool throttles requests")]
    Throttled,
    /// The pool issued no token.
    #[error("failed to get a token for a developer identity")]
    Token(#[source] Box<dyn Error + Send + Sync>),
    /// The pool issued no credentials.
    #[error("failed to get credentials for an identity")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    /// The pool did not change the logins of an identity.
    #[error("failed to change the logins of an identity")]
    Link(#[source] Box<dyn Error + Send + Sync>),
    /// The pool rejects a login.
    #[error("the identity pool rejects the login")]
    LoginRefused,
    /// The identity has another login of the provider.
    #[error("the identity has another login of the provider")]
    Conflict,
    /// The pool did not return the identity of a developer user.
    #[error("failed to look a developer user up")]
    LookUp(#[source] Box<dyn Error + Send + Sync>),
    /// The merge of two developer users failed, or its result is unknown.
    #[error("failed to merge two developer users")]
    Merge(#[source] Box<dyn Error + Send + Sync>),
    /// The unlinking of a developer user failed, or its result is unknown.
    #[error("failed to unlink a developer user")]
    Unlink(#[source] Box<dyn Error + Send + Sync>),
    /// The response of the pool lacks a member.
    #[error("the response of the identity pool is incomplete")]
    Incomplete,
}

/// The identity pool.
pub trait IdentityPool {
    /// Gets a token for an account, which expires after at most `seconds`.
    ///
    /// # Errors
    /// [`PoolFault`] if there is none.
    fn token_for(
        &self,
        logins: &Logins,
        tags: &Tags,
        seconds: u64,
    ) -> impl Future<Output = Result<DeveloperToken, PoolFault>>;

    /// Gets credentials for a token of [`IdentityPool::token_for`].
    ///
    /// # Errors
    /// [`PoolFault`] if there are none.
    fn credentials(
        &self,
        token: &DeveloperToken,
    ) -> impl Future<Output = Result<Credentials, PoolFault>>;
}

/// A client of the identity pool in Amazon Cognito.
#[derive(Clone, Debug)]
pub struct CognitoIdentity {
    client: Client,
    pool: String,
}

/// The key of `Logins` under which the pool takes its own tokens.
const OWN_TOKENS: &str = "cognito-identity.amazonaws.com";

impl CognitoIdentity {
    /// Builds a client of the pool with this id.
    #[must_use]
    pub fn new(config: &SdkConfig, pool: String) -> Self {
        Self { client: Client::new(config), pool }
    }
}

impl IdentityPool for CognitoIdentity {
    async fn token_for(
        &self,
        logins: &Logins,
        tags: &Tags,
        seconds: u64,
    ) -> Result<DeveloperToken, PoolFault> {
        let owned = |map: &std::collections::BTreeMap<String, String>| -> HashMap<String, String> {
            map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let tags = owned(tags.as_map());
        let answer = self
            .client
            .get_open_id_token_for_developer_identity()
            .identity_pool_id(&self.pool)
            .set_logins(Some(owned(logins.as_map())))
            .set_principal_tags((!tags.is_empty()).then_some(tags))
            .token_duration(i64::try_from(seconds).unwrap_or(1))
            .send()
            .await;
        let answer = answer.map_err(|error| fault(error, PoolFault::Token))?;
        let token = answer.token.map(Secret::new).ok_or(PoolFault::Incomplete)?;
        Ok(DeveloperToken { identity: answer.identity_id.ok_or(PoolFault::Incomplete)?, token })
    }

    async fn credentials(&self, token: &DeveloperToken) -> Result<Credentials, PoolFault> {
        let answer = self
            .client
            .get_credentials_for_identity()
            .identity_id(&token.identity)
            .logins(OWN_TOKENS, token.token.expose())
            .send()
            .await;
        let answer = answer.map_err(|error| fault(error, PoolFault::Credentials))?;
        let given = answer.credentials.ok_or(PoolFault::Incomplete)?;
        let expiration = given.expiration.ok_or(PoolFault::Incomplete)?;
        let expiration = DateTime::from_secs(expiration.secs()).fmt(DateTimeFormat::DateTime);
        Ok(Credentials {
            access_key_id: given.access_key_id.ok_or(PoolFault::Incomplete)?,
            secret_access_key: given.secret_key.map(Secret::new).ok_or(PoolFault::Incomplete)?,
            session_token: given.session_token.map(Secret::new).ok_or(PoolFault::Incomplete)?,
            expiration: expiration.map_err(|_| PoolFault::Incomplete)?,
        })
    }
}

fn fault<E, R>(
    error: SdkError<E, R>,
    otherwise: fn(Box<dyn Error + Send + Sync>) -> PoolFault,
) -> PoolFault
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("TooManyRequestsException") => PoolFault::Throttled,
        _ => otherwise(failed_call(error)),
    }
}
