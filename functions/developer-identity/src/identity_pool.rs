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

/// What the pool gives for a login.
#[derive(Clone, Debug)]
pub struct Vended {
    /// The identity.
    pub identity: String,
    /// Its OpenID token.
    pub token: Secret,
}

/// Temporary AWS credentials.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The id of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: Secret,
    /// The session token.
    pub session_token: Secret,
    /// When they expire, in ISO 8601 and UTC.
    pub expiration: String,
}

/// Why the pool gave nothing.
#[derive(Debug, Error)]
pub enum PoolFault {
    /// Its quota is exhausted for the moment.
    #[error("the identity pool throttles")]
    Throttled,
    /// It gave no token.
    #[error("failed to get a token for a developer identity")]
    Token(#[source] Box<dyn Error + Send + Sync>),
    /// It gave no credentials.
    #[error("failed to get credentials for an identity")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    /// It did not do what is asked with the logins of an identity.
    #[error("failed to change the logins of an identity")]
    Link(#[source] Box<dyn Error + Send + Sync>),
    /// It does not take a login that it was shown.
    #[error("the identity pool does not take the login")]
    LoginRefused,
    /// The identity has another login of the provider.
    #[error("the identity has another login of the provider")]
    Conflict,
    /// It did not say which identity a developer user has.
    #[error("failed to look a developer user up")]
    LookUp(#[source] Box<dyn Error + Send + Sync>),
    /// It did not make two developer users one; whether it did is not known.
    #[error("failed to merge two developer users")]
    Merge(#[source] Box<dyn Error + Send + Sync>),
    /// It did not take a developer user off an identity; whether it did is not known.
    #[error("failed to unlink a developer user")]
    Unlink(#[source] Box<dyn Error + Send + Sync>),
    /// Its answer lacks something.
    #[error("the identity pool's answer is not complete")]
    Incomplete,
}

/// The identity pool.
pub trait IdentityPool {
    /// A token for a login, for at most `seconds`.
    ///
    /// # Errors
    /// [`PoolFault`] if there is none.
    fn token_for(
        &self,
        logins: &Logins,
        tags: &Tags,
        seconds: u64,
    ) -> impl Future<Output = Result<Vended, PoolFault>>;

    /// Credentials for what [`IdentityPool::token_for`] gave.
    ///
    /// # Errors
    /// [`PoolFault`] if there are none.
    fn credentials(&self, vended: &Vended) -> impl Future<Output = Result<Credentials, PoolFault>>;
}

/// Amazon Cognito.
#[derive(Clone, Debug)]
pub struct CognitoIdentity {
    client: Client,
    pool: String,
}

/// The key of `Logins` under which the pool takes its own tokens.
const OWN_TOKENS: &str = "cognito-identity.amazonaws.com";

impl CognitoIdentity {
    /// The pool with this id.
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
    ) -> Result<Vended, PoolFault> {
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
        Ok(Vended { identity: answer.identity_id.ok_or(PoolFault::Incomplete)?, token })
    }

    async fn credentials(&self, vended: &Vended) -> Result<Credentials, PoolFault> {
        let answer = self
            .client
            .get_credentials_for_identity()
            .identity_id(&vended.identity)
            .logins(OWN_TOKENS, vended.token.expose())
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
