//! Logins of other providers, as the identity pool knows them.

use aws_sdk_cognitoidentity::error::{ProvideErrorMetadata, SdkError};
use lifeguard_identity::pool_identity::PoolIdentity;

use super::{CognitoIdentity, OWN_TOKENS, PoolFault, Vended, fault};
use crate::login_token::ProvedLogin;
use crate::logins::Logins;

/// For how long the token of a link is valid, in seconds: nobody gets to see it.
const SHORTEST: i64 = 1;

/// What the identity pool does with logins of other providers.
pub trait PoolLinks {
    /// The identity that a login leads to; the pool makes one if there is none.
    ///
    /// # Errors
    /// [`PoolFault`] if there is no answer, [`PoolFault::LoginRefused`] if the pool does not take
    /// the login; of every operation.
    fn identity_of(&self, login: &ProvedLogin) -> impl Future<Output = Result<String, PoolFault>>;

    /// What the pool knows of an identity.
    fn describe(&self, identity: &str) -> impl Future<Output = Result<PoolIdentity, PoolFault>>;

    /// Adds to an identity those of the logins that it has not yet; the identity that they all
    /// lead to then. [`PoolFault::Conflict`] if it has another login at one of the providers.
    fn link(
        &self,
        identity: &str,
        logins: &Logins,
    ) -> impl Future<Output = Result<String, PoolFault>>;

    /// Takes the login at a provider from an identity that [`super::IdentityPool::token_for`]
    /// gave.
    fn unlink(
        &self,
        vended: &Vended,
        provider: &str,
    ) -> impl Future<Output = Result<(), PoolFault>>;

    /// Takes a login from an identity that it leads to.
    fn release(
        &self,
        identity: &str,
        login: &ProvedLogin,
    ) -> impl Future<Output = Result<(), PoolFault>>;
}

impl PoolLinks for CognitoIdentity {
    async fn identity_of(&self, login: &ProvedLogin) -> Result<String, PoolFault> {
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

    async fn unlink(&self, vended: &Vended, provider: &str) -> Result<(), PoolFault> {
        let request = self.client.unlink_identity().identity_id(&vended.identity);
        let request = request.logins(OWN_TOKENS, vended.token.expose());
        let answer = request.logins_to_remove(provider).send().await;
        answer.map(drop).map_err(|error| fault(error, PoolFault::Link))
    }

    async fn release(&self, identity: &str, login: &ProvedLogin) -> Result<(), PoolFault> {
        let request = self.client.unlink_identity().identity_id(identity);
        let request = request.logins(login.provider(), login.token().expose());
        let answer = request.logins_to_remove(login.provider()).send().await;
        answer.map(drop).map_err(|error| fault(error, PoolFault::Link))
    }
}

/// What the pool says of a login that it was shown.
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
