//! Sessions that live: credentials for them, what they are, and their end.

use lifeguard_identity::account::Kind;
use lifeguard_identity::token::access::{AccessToken, AccountFingerprint, GrantSource};
use lifeguard_identity::token::credentials::CredentialsToken;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{Account, Revocation};

use crate::answer::Answered;
use crate::ask::LogoutOf;
use crate::fault::{Failure, Fault};
use crate::gateway::Vouched;
use crate::identity_pool::IdentityPool;
use crate::problem::Problem;
use crate::provider::{Provider, World, is_active};
use crate::routes::credentials::CredentialsAnswer;
use crate::routes::links::LinkAnswer;
use crate::routes::sessions::{IdentityAnswer, SessionAnswer, WhoAmIAnswer};
use crate::tags::Tags;

/// A session that is not there, or not any more.
pub(crate) const REFUSED: Failure<Problem> = Failure::Refused(Problem::NotAuthenticated);

impl<W: World> Provider<W> {
    /// Credentials for a session for them. Status and session are read each time, so that a
    /// session that has ended brings nothing more.
    pub(crate) async fn vend(&self, token: Secret, now: u64) -> Result<Answered, Failure<Problem>> {
        let unverified = CredentialsToken::parse(token).ok_or(REFUSED)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or(REFUSED)?;
        let token = unverified.verify(&key, now).ok_or(REFUSED)?;
        let account = self.accounts.read(&token.account, now).await?.ok_or(REFUSED)?;
        let tag = token.session.tag();
        let session = account.credentials.iter().find(|session| session.tag == tag);
        let lives = session.is_some_and(|session| account.family(&session.family).is_some());
        if !(lives && is_active(&account)) {
            return Err(REFUSED);
        }
        let tags = Tags::of_directory(&self.identity);
        let vended = self.token_for(&account, &tags, self.identity.token_life).await?;
        let credentials = self.pool.credentials(&vended).await.map_err(Fault::from)?;
        let body = CredentialsAnswer {
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose().to_owned(),
            token: credentials.session_token.expose().to_owned(),
            expiration: credentials.expiration,
        };
        Ok(Answered::of(200, &body, "credentials"))
    }

    /// Who the owner of an access token is.
    pub(crate) async fn describe(
        &self,
        token: Secret,
        now: u64,
    ) -> Result<Answered, Failure<Problem>> {
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
            kind: word(account.kind),
            sessions: sessions.collect(),
            links: links.collect(),
        };
        Ok(Answered::of(200, &body, "identity"))
    }

    /// Ends the session of an access token, or one session for credentials of its account.
    pub(crate) async fn log_out(
        &self,
        token: Secret,
        of: LogoutOf,
        now: u64,
    ) -> Result<Answered, Failure<Problem>> {
        let (token, account) = self.session(token, now).await?;
        let ending = match (of, token.source) {
            (LogoutOf::Credentials(tag), _) => Revocation::Credentials(tag),
            (LogoutOf::This, GrantSource::SignIn(session) | GrantSource::Refreshed(session)) => {
                Revocation::Family(session.tag())
            }
            // There is no family: what ends is every token of the account as it is.
            (LogoutOf::This, GrantSource::Exchanged(_)) => Revocation::All,
        };
        self.accounts.revoke(&account.key, &ending).await?;
        Ok(Answered::empty("logged-out"))
    }

    /// The identity that the gateway vouches for, if it is one of our pool.
    pub(crate) fn recognise(&self, vouched: Option<Vouched>) -> Result<Answered, Failure<Problem>> {
        let ours = |vouched: &Vouched| vouched.identity_pool_id == self.identity.identity_pool;
        let vouched = vouched.filter(ours).ok_or(Failure::Refused(Problem::NotAllowed))?;
        let Vouched { identity_id, identity_pool_id } = vouched;
        Ok(Answered::of(200, &WhoAmIAnswer { identity_id, identity_pool_id }, "recognised"))
    }

    /// The account of an access token whose session lives.
    pub(crate) async fn session(
        &self,
        token: Secret,
        now: u64,
    ) -> Result<(AccessToken, Account), Failure<Problem>> {
        let unverified = AccessToken::parse(token).ok_or(REFUSED)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or(REFUSED)?;
        let token = unverified.verify(&key, now).ok_or(REFUSED)?;
        let account = self.accounts.read(&token.account, now).await?.ok_or(REFUSED)?;
        if lives(&token, &account) { Ok((token, account)) } else { Err(REFUSED) }
    }
}

/// Whether the session of an access token lives.
pub(crate) fn lives(token: &AccessToken, account: &Account) -> bool {
    let lives = match token.source {
        GrantSource::SignIn(session) | GrantSource::Refreshed(session) => {
            account.family(&session.tag()).is_some()
        }
        GrantSource::Exchanged(fingerprint) => {
            account.kind == Kind::Issuer
                && fingerprint == AccountFingerprint::new(&account.id, account.version)
        }
    };
    lives && is_active(account)
}

/// How a kind is called.
pub(crate) const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Directory => "directory",
        Kind::Adapter => "adapter",
        Kind::Issuer => "issuer",
    }
}
