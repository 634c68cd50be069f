//! Linking and unlinking of logins at other providers.
//!
//! The row is written first, so that the next request finds an interrupted link: linking again
//! completes it, and unlinking undoes it.

use lifeguard_identity::linking::{
    Link, Linking, Nonce, NonceTag, NotLinked, Unlinking, assess, judge, unlink,
};
use lifeguard_identity::pool_identity::{Origin, origin};
use lifeguard_identity::session::SessionTag;
use lifeguard_identity::token::access::{AccessToken, GrantSource, Proof};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::{Account, Written};

use crate::fault::{Failure, Fault};
use crate::identity_pool::PoolFault;
use crate::identity_pool::links::PoolLinks;
use crate::invocation::Invocation;
use crate::key_sets::KeyQuery;
use crate::login_token::{self, VerifiedLogin};
use crate::problem::Problem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::response::Response;
use crate::signed_token::UnverifiedToken;
use crate::tags::Tags;
use crate::token_refusal::TokenRefusal;
use crate::wire::links::{LinkAnswer, NonceAnswer};

/// Lifetime of the token for an unlinking, in seconds.
const TOKEN_LIFE: u64 = 60;

impl<A: Adapters> Provider<A> {
    /// Issues the nonce that the proof of another login must name, for a session.
    pub(crate) async fn issue_nonce(
        &self,
        token: Secret,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        let now = invocation.now;
        let (token, account) = self.session(token, now).await?;
        let family = recent_session(&token, now)?;
        let nonce = Nonce(invocation.nonce).text();
        let session = in_session(&account, family, &nonce, now);
        match self.accounts.give_nonce(&session).await? {
            Written::Done => Ok(Response::json(200, &NonceAnswer::new(nonce), "nonce")),
            Written::Refused => Err(Problem::NotAuthenticated.into()),
        }
    }

    /// Links the login of an ID token to the account of an access token.
    pub(crate) async fn link(
        &self,
        token: Secret,
        id_token: &Secret,
        now: u64,
    ) -> Result<Response, Failure> {
        let (token, account) = self.session(token, now).await?;
        let family = recent_session(&token, now)?;
        let login = self.verify_login(id_token, now).await?;
        let other = assess(Some(login.claims()), account.link_nonce(&family), now);
        match judge(token.proof(now), other, login.compare(&account.links)) {
            // A link in the list may be incomplete.
            Linking::Link | Linking::Keep => {}
            Linking::Refuse(reason) => return Err(not_linked(reason)),
        }
        let nonce = login.claims().nonce.unwrap_or_default();
        let session = in_session(&account, family, nonce, now);
        let link = self.reserve(&account, &session, &login).await?;
        self.join(&account, &login, &link, now).await?;
        let body = LinkAnswer { provider: link.provider, since: link.since };
        Ok(Response::json(200, &body, "linked"))
    }

    /// Unlinks a login at another provider from the account of an access token.
    pub(crate) async fn unlink(
        &self,
        token: Secret,
        provider: &str,
        now: u64,
    ) -> Result<Response, Failure> {
        let (token, account) = self.session(token, now).await?;
        recent_session(&token, now)?;
        let link = match unlink(&account.links, &self.identity.provider, provider) {
            Unlinking::Remove(link) => link,
            Unlinking::OwnLogin => return Err(Problem::LastLogin.into()),
            Unlinking::Absent => return Err(Problem::NoSuchLink.into()),
        };
        let token = self.token_for(&account, &Tags::default(), TOKEN_LIFE).await?;
        let described = self.pool.describe(&token.identity).await?;
        if described.providers.contains(&link.provider) {
            self.pool.unlink(&token, &link.provider).await?;
        }
        self.undo(&account, link).await?;
        Ok(Response::empty("unlinked"))
    }

    /// Verifies an ID token and returns its login.
    async fn verify_login(&self, text: &Secret, now: u64) -> Result<VerifiedLogin, Failure> {
        let token = UnverifiedToken::parse(text).map_err(foreign)?;
        let provider = self.identity.links.iter().find(|(_, known)| known.iss == token.iss);
        let (name, provider) = provider.ok_or(foreign(TokenRefusal::UnknownIssuer))?;
        login_token::check_kind(&token, provider).map_err(foreign)?;
        let query = KeyQuery { kid: token.kid.as_deref(), algorithm: provider.algorithm };
        let keys = self.key_sets.keys(&self.web, &provider.jwks, query, now).await?;
        let keys = keys.map_err(foreign)?;
        login_token::verify(&token, name, provider, &keys, now).map_err(foreign)
    }

    /// Adds the link to the account, which uses the nonce up, and reserves the login for the account.
    async fn reserve(
        &self,
        account: &Account,
        session: &LinkSession,
        login: &VerifiedLogin,
    ) -> Result<Link, Failure> {
        let begun = account.links.iter().find(|link| link.login == *login.key());
        let link = begun.cloned().unwrap_or_else(|| Link {
            provider: login.provider().to_owned(),
            login: login.key().clone(),
            since: session.now,
        });
        match self.accounts.list_link(session, &link).await? {
            Written::Done => {}
            Written::Refused => return Err(not_linked(NotLinked::ReplayedProof)),
        }
        match self.accounts.reserve_login(&link.login, &account.key).await? {
            Written::Done => Ok(link),
            Written::Refused => {
                self.accounts.unlist_link(&account.key, &link).await?;
                Err(not_linked(NotLinked::AlreadyLinked))
            }
        }
    }

    /// Links the login to the account's identity in the pool, unless it has an identity of its own.
    async fn join(
        &self,
        account: &Account,
        login: &VerifiedLogin,
        link: &Link,
        now: u64,
    ) -> Result<(), Failure> {
        let joined = match self.link_in_pool(account, login, link, now).await {
            Ok(joined) => joined,
            Err(Fault::Pool(PoolFault::LoginRefused)) => Err(NotLinked::ForeignProof),
            Err(Fault::Pool(PoolFault::Conflict)) => Err(NotLinked::AlreadyLinked),
            Err(fault) => return Err(Failure::Fault(fault)),
        };
        match joined {
            Ok(()) => Ok(()),
            Err(reason) => {
                self.undo(account, link).await?;
                Err(not_linked(reason))
            }
        }
    }

    async fn link_in_pool(
        &self,
        account: &Account,
        login: &VerifiedLogin,
        link: &Link,
        now: u64,
    ) -> Result<Result<(), NotLinked>, Fault> {
        let identity = account.identity.as_deref().ok_or(Fault::OtherIdentity)?;
        let found = self.pool.find_identity(login).await?;
        if found == identity {
            return Ok(Ok(()));
        }
        let described = self.pool.describe(&found).await?;
        match origin(&described, login.provider(), link.since, now) {
            Origin::Own => return Ok(Err(NotLinked::AlreadyLinked)),
            // Given both logins, the pool would merge the identities and not report the result.
            Origin::Asking if described.providers.is_empty() => {}
            Origin::Asking => self.pool.release(&found, login).await?,
        }
        let logins = self.logins(&account.id).with(login);
        let linked = self.pool.link(identity, &logins).await?;
        if linked == identity { Ok(Ok(())) } else { Err(Fault::OtherIdentity) }
    }

    /// Frees the login, then removes the link. A login that is reserved for another account stays
    /// reserved.
    async fn undo(&self, account: &Account, link: &Link) -> Result<(), Failure> {
        self.accounts.free_login(&link.login, &account.key).await?;
        self.accounts.unlist_link(&account.key, link).await?;
        Ok(())
    }
}

/// Returns the session of a recent sign-in; no other may change the links of the account.
fn recent_session(token: &AccessToken, now: u64) -> Result<SessionTag, Failure> {
    match (token.proof(now), token.source) {
        (Proof::Fresh, GrantSource::SignIn(session)) => Ok(session.tag()),
        (Proof::Fresh, GrantSource::Refreshed(_) | GrantSource::Exchanged(_))
        | (Proof::Stale, _) => Err(not_linked(NotLinked::SignInAgain)),
    }
}

fn in_session(account: &Account, family: SessionTag, nonce: &str, now: u64) -> LinkSession {
    let nonce = NonceTag::new(nonce);
    let (key, id) = (account.key.clone(), account.id.clone());
    LinkSession { key, id, version: account.version, family, nonce, now }
}

fn foreign(refusal: TokenRefusal) -> Failure {
    let problem = Problem::NotLinked(NotLinked::ForeignProof);
    Failure::because(problem, Reason::RefusedToken(refusal))
}

fn not_linked(reason: NotLinked) -> Failure {
    Problem::NotLinked(reason).into()
}
