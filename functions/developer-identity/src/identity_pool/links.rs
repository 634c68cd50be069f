//! Logins at other providers in the identity pool.

use aws_sdk_cognitoidentity::error::{ProvideErrorMetadata, SdkError};
use lifeguard_identity::pool_identity::PoolIdentity;

use super::{CognitoIdentity, DeveloperToken, OWN_TOKENS, PoolFault, fault};
use crate::login_token::VerifiedLogin;
use crate::logins::Logins;

/// Lifetime of the token of a link, in seconds: it is dropped.
const SHORTEST: i64 = 1;

/// Operations of the identity pool on logins at other providers.
pub trait PoolLinks {
    /// Returns the identity of a login; the pool creates one if there is none.
    ///
    /// # Errors
    /// [`PoolFault`] if the call failed, [`PoolFault::LoginRefused`] if the pool rejects the login,
    /// as for every operation.
    fn find_identity(
        &self,
        login: &VerifiedLogin,
    ) -> impl Future<Output = Result<String, PoolFault>>;

    /// Describes an identity.
    fn describe(&self, identity: &str) -> impl Future<Output = Result<PoolIdentity, PoolFault>>;

    /// Adds the missing ones of the logins to an identity, and returns the identity of all of them.
    /// [`PoolFault::Conflict`] if it has another login at one of the providers.
    fn link(
        &self,
        identity: &str,
        logins: &Logins,
    ) -> impl Future<Output = Result<String, PoolFault>>;

    /// Unlinks the login at a provider from the identity of a token of
    /// [`super::IdentityPool::token_for`].
    fn unlink(
        &self,
        token: &DeveloperToken,
        provider: &str,
    ) -> impl Future<Output = Result<(), PoolFault>>;

    /// Unlinks a login from its identity.
    fn release(
        &self,
        identity: &str,
        login: &VerifiedLogin,
    ) -> impl Future<Output = Result<(), PoolFault>>;
}

impl PoolLinks for CognitoIdentity {
    async fn find_identity(&self, login: &VerifiedLogin) -> Result<String, PoolFault> {
        let request = self.client.get_id().identity_pool_id(&self.pool);
        let answer = request.logins(login.provider(), login.token().expose()).send().await;
        let answer = answer.map_err(refusal)?;
        answer.identity_id.ok_or(PoolFault::Incomplete)
    }

    async fn describe(&self, identity: &str) -> Result<PoolIdentity, PoolFault> {
        let answer = self.client.describe_identity().identity_id(identity).send().await;
        let answer = answer.map_err(|error| fault(error, PoolFault::Link))?;
        let created = answer.creation_date.and_then(|date| u64::try_from(date.secs()).ok());
        Ok(PoolIdentity {
            created: created.ok_or(PoolFault::Incomplete)?,
            providers: answer.logins.unwrap_or_default(),
        })
    }

    async fn link(&self, identity: &str, logins: &Logins) -> Result<String, PoolFault> {
        let request = logins.as_map().iter().fold(
            self.client.get_open_id_token_for_developer_identity(),
            |request, (provider, proof)| request.logins(provider, proof),
        );
        let request = request.identity_pool_id(&self.pool).identity_id(identity);
        let answer = request.token_duration(SHORTEST).send().await.map_err(refusal)?;
        answer.identity_id.ok_or(PoolFault::Incomplete)
    }

    async fn unlink(&self, token: &DeveloperToken, provider: &str) -> Result<(), PoolFault> {
        let request = self.client.unlink_identity().identity_id(&token.identity);
        let request = request.logins(OWN_TOKENS, token.token.expose());
        let answer = request.logins_to_remove(provider).send().await;
        answer.map(drop).map_err(|error| fault(error, PoolFault::Link))
    }

    async fn release(&self, identity: &str, login: &VerifiedLogin) -> Result<(), PoolFault> {
        let request = self.client.unlink_identity().identity_id(identity);
        let request = request.logins(login.provider(), login.token().expose());
        let answer = request.logins_to_remove(login.provider()).send().await;
        answer.map(drop).map_err(|error| fault(error, PoolFault::Link))
    }
}

/// Converts the error of the pool about a login.
fn refusal<E, R>(error: SdkError<E, R>) -> PoolFault
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("NotAuthorizedException" | "InvalidParameterException") => PoolFault::LoginRefused,
        Some("ResourceConflictException") => PoolFault::Conflict,
        _ => fault(error, PoolFault::Link),
    }
}
