//! Sessions: their credentials, their description, and logout.

use lifeguard_identity::account::Kind;
use lifeguard_identity::token::access::{AccessToken, AccountFingerprint, GrantSource};
use lifeguard_identity::token::credentials::CredentialsToken;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{Account, Revocation};

use crate::caller::PoolCaller;
use crate::command::LogoutTarget;
use crate::fault::{Failure, Fault};
use crate::identity_pool::IdentityPool;
use crate::problem::Problem;
use crate::provider::{Adapters, Provider, is_active};
use crate::response::Response;
use crate::tags::Tags;
use crate::wire::account_kind::kind_name;
use crate::wire::credentials::CredentialsAnswer;
use crate::wire::links::LinkAnswer;
use crate::wire::sessions::{IdentityAnswer, SessionAnswer, WhoAmIAnswer};

const REFUSED: Problem = Problem::NotAuthenticated;

impl<A: Adapters> Provider<A> {
    /// Issues credentials for a credentials session. Account and session are read each time, so that
    /// a revoked session gets none.
    pub(crate) async fn issue_credentials(
        &self,
        token: Secret,
        now: u64,
    ) -> Result<Response, Failure> {
        let unverified = CredentialsToken::parse(token).ok_or(REFUSED)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or(REFUSED)?;
        let token = unverified.verify(&key, now).ok_or(REFUSED)?;
        let account = self.accounts.read(&token.account, now).await?.ok_or(REFUSED)?;
        let tag = token.session.tag();
        let session = account.credentials.iter().find(|session| session.tag == tag);
        let is_valid = session.is_some_and(|session| account.family(&session.family).is_some());
        if !(is_valid && is_active(&account)) {
            return Err(REFUSED.into());
        }
        let tags = Tags::from_directory(&self.identity);
        let token = self.token_for(&account, &tags, self.identity.token_life).await?;
        let credentials = self.pool.credentials(&token).await.map_err(Fault::from)?;
        let body = CredentialsAnswer {
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose().to_owned(),
            token: credentials.session_token.expose().to_owned(),
            expiration: credentials.expiration,
        };
        Ok(Response::json(200, &body, "credentials"))
    }

    /// Describes the account of an access token.
    pub(crate) async fn describe_identity(
        &self,
        token: Secret,
        now: u64,
    ) -> Result<Response, Failure> {
        let (_, account) = self.session(token, now).await?;
        let sessions = account.credentials.iter().map(|session| SessionAnswer {
            session: session.tag.as_str().to_owned(),
            created: session.created,
            expires: session.expires,
        });
        let links = account
            .links
            .iter()
            .map(|link| LinkAnswer { provider: link.provider.clone(), since: link.since });
        let body = IdentityAnswer {
            identity_id: account.identity.clone(),
            kind: kind_name(account.kind),
            sessions: sessions.collect(),
            links: links.collect(),
        };
        Ok(Response::json(200, &body, "identity"))
    }

    /// Revokes the session of an access token, or a credentials session of its account.
    pub(crate) async fn log_out(
        &self,
        token: Secret,
        target: LogoutTarget,
        now: u64,
    ) -> Result<Response, Failure> {
        let (token, account) = self.session(token, now).await?;
        let ending = match (target, token.source) {
            (LogoutTarget::Credentials(tag), _) => Revocation::Credentials(tag),
            (
                LogoutTarget::Current,
                GrantSource::SignIn(session) | GrantSource::Refreshed(session),
            ) => Revocation::Family(session.tag()),
            // An exchange begins no session: every token of the account is revoked.
            (LogoutTarget::Current, GrantSource::Exchanged(_)) => Revocation::All,
        };
        self.accounts.revoke(&account.key, &account.id, &ending).await?;
        Ok(Response::empty("logged-out"))
    }

    /// Describes the caller that API Gateway verified, if its identity is of the configured pool.
    pub(crate) fn describe_caller(&self, caller: Option<PoolCaller>) -> Result<Response, Failure> {
        let is_of_pool =
            |caller: &PoolCaller| caller.identity_pool_id == self.identity.identity_pool;
        let caller = caller.filter(is_of_pool).ok_or(Problem::NotAllowed)?;
        let PoolCaller { identity_id, identity_pool_id } = caller;
        Ok(Response::json(200, &WhoAmIAnswer { identity_id, identity_pool_id }, "recognised"))
    }

    /// Verifies an access token and its session, and returns the account.
    pub(crate) async fn session(
        &self,
        token: Secret,
        now: u64,
    ) -> Result<(AccessToken, Account), Failure> {
        let unverified = AccessToken::parse(token).ok_or(REFUSED)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or(REFUSED)?;
        let token = unverified.verify(&key, now).ok_or(REFUSED)?;
        let account = self.accounts.read(&token.account, now).await?.ok_or(REFUSED)?;
        if is_valid(&token, &account) { Ok((token, account)) } else { Err(REFUSED.into()) }
    }
}

/// True if the session of an access token is neither expired nor revoked.
pub(crate) fn is_valid(token: &AccessToken, account: &Account) -> bool {
    let is_valid = match token.source {
        GrantSource::SignIn(session) | GrantSource::Refreshed(session) => {
            account.family(&session.tag()).is_some()
        }
        GrantSource::Exchanged(fingerprint) => {
            account.kind == Kind::Issuer
                && fingerprint == AccountFingerprint::new(&account.id, account.version)
        }
    };
    is_valid && is_active(account)
}
