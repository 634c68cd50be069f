//! Logins of other providers that lead to an account, made and undone.
//!
//! The row is written first, so that whoever comes next finds what was begun: a link that stopped
//! somewhere is completed by linking again, or undone by unlinking.

use lifeguard_identity::linking::{
    Link, Linking, Nonce, NonceTag, NotLinked, Unlinking, assess, judge, unlink,
};
use lifeguard_identity::pool_identity::{Origin, origin};
use lifeguard_identity::session::SessionTag;
use lifeguard_identity::token::access::{AccessToken, GrantSource, Proof};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::{Account, Written};

use crate::answer::Answered;
use crate::chance::Chance;
use crate::fault::{Failure, Fault};
use crate::identity_pool::PoolFault;
use crate::identity_pool::links::PoolLinks;
use crate::key_sets::Wanted;
use crate::login_token::{self, ProvedLogin};
use crate::problem::Problem;
use crate::provider::{Provider, World};
use crate::reason::Reason;
use crate::routes::links::{LinkAnswer, NonceAnswer};
use crate::signed_token::UnverifiedToken;
use crate::tags::Tags;
use crate::token_refusal::TokenRefusal;

/// For how many seconds the token lives by which an identity is unlinked.
const TOKEN_LIFE: u64 = 60;

impl<W: World> Provider<W> {
    /// Gives a session the nonce that the proof of another login must name.
    pub(crate) async fn give_nonce(
        &self,
        token: Secret,
        chance: &Chance,
    ) -> Result<Answered, Failure<Problem>> {
        let now = chance.now;
        let (token, account) = self.session(token, now).await?;
        let family = fresh_session(&token, now)?;
        let nonce = Nonce(chance.nonce).text();
        let session = in_session(&account, family, &nonce, now);
        match self.accounts.give_nonce(&session).await? {
            Written::Done => Ok(Answered::of(200, &NonceAnswer::of(nonce), "nonce")),
            Written::Refused => Err(Failure::Refused(Problem::NotAuthenticated)),
        }
    }

    /// Links the login that an ID token proves, or says no.
    pub(crate) async fn link(
        &self,
        token: Secret,
        id_token: &Secret,
        now: u64,
    ) -> Result<Answered, Failure<Problem>> {
        let (token, account) = self.session(token, now).await?;
        let family = fresh_session(&token, now)?;
        let proved = self.login(id_token, now).await?;
        let other = assess(Some(proved.claims()), account.link_nonce(&family), now);
        match judge(token.proof(now), other, proved.place_in(&account.links)) {
            // What is listed may have stopped halfway.
            Linking::Link | Linking::Keep => {}
            Linking::Refuse(reason) => return Err(no(reason)),
        }
        let nonce = proved.claims().nonce.unwrap_or_default();
        let session = in_session(&account, family, nonce, now);
        let link = self.reserve(&account, &session, &proved).await?;
        self.join(&account, &proved, &link, now).await?;
        let body = LinkAnswer { provider: link.provider, since: link.since };
        Ok(Answered::of(200, &body, "linked"))
    }

    /// Takes a login of another provider from the account.
    pub(crate) async fn unlink(
        &self,
        token: Secret,
        provider: &str,
        now: u64,
    ) -> Result<Answered, Failure<Problem>> {
        let (token, account) = self.session(token, now).await?;
        fresh_session(&token, now)?;
        let link = match unlink(&account.links, &self.identity.provider, provider) {
            Unlinking::Remove(link) => link,
            Unlinking::OwnLogin => return Err(Failure::Refused(Problem::LastLogin)),
            Unlinking::Absent => return Err(Failure::Refused(Problem::NoSuchLink)),
        };
        let vended = self.token_for(&account, &Tags::default(), TOKEN_LIFE).await?;
        let described = self.pool.describe(&vended.identity).await?;
        if described.providers.contains(&link.provider) {
            self.pool.unlink(&vended, &link.provider).await?;
        }
        self.undo(&account, link).await?;
        Ok(Answered::empty("unlinked"))
    }

    /// Returns the login that an ID token proves.
    async fn login(&self, text: &Secret, now: u64) -> Result<ProvedLogin, Failure<Problem>> {
        let token = UnverifiedToken::read(text).map_err(foreign)?;
        let provider = self.identity.links.iter().find(|(_, known)| known.iss == token.iss);
        let (name, provider) = provider.ok_or(foreign(TokenRefusal::UnknownIssuer))?;
        login_token::check_kind(&token, provider).map_err(foreign)?;
        let wanted = Wanted { kid: token.kid.as_deref(), algorithm: provider.algorithm };
        let keys = self.key_sets.keys(&self.web, &provider.jwks, wanted, now).await?;
        let keys = keys.map_err(foreign)?;
        login_token::verify(&token, name, provider, &keys, now).map_err(foreign)
    }

    /// Lists the link, which uses the nonce up, and reserves the login for the account.
    async fn reserve(
        &self,
        account: &Account,
        session: &LinkSession,
        proved: &ProvedLogin,
    ) -> Result<Link, Failure<Problem>> {
        let begun = account.links.iter().find(|link| link.login == *proved.key());
        let link = begun.cloned().unwrap_or_else(|| Link {
            provider: proved.provider().to_owned(),
            login: proved.key().clone(),
            since: session.now,
        });
        match self.accounts.list_link(session, &link).await? {
            Written::Done => {}
            Written::Refused => return Err(no(NotLinked::ReplayedProof)),
        }
        match self.accounts.reserve_login(&link.login, &account.key).await? {
            Written::Done => Ok(link),
            Written::Refused => {
                self.accounts.unlist_link(&account.key, &link).await?;
                Err(no(NotLinked::AlreadyLinked))
            }
        }
    }

    /// Lets the pool lead the login to the account's identity, unless it has one of its own.
    async fn join(
        &self,
        account: &Account,
        proved: &ProvedLogin,
        link: &Link,
        now: u64,
    ) -> Result<(), Failure<Problem>> {
        let joined = match self.lead(account, proved, link, now).await {
            Ok(joined) => joined,
            Err(Fault::Pool(PoolFault::LoginRefused)) => Err(NotLinked::ForeignProof),
            Err(Fault::Pool(PoolFault::Conflict)) => Err(NotLinked::AlreadyLinked),
            Err(fault) => return Err(Failure::Fault(fault)),
        };
        match joined {
            Ok(()) => Ok(()),
            Err(reason) => {
                self.undo(account, link).await?;
                Err(no(reason))
            }
        }
    }

    async fn lead(
        &self,
        account: &Account,
        proved: &ProvedLogin,
        link: &Link,
        now: u64,
    ) -> Result<Result<(), NotLinked>, Fault> {
        let identity = account.identity.as_deref().ok_or(Fault::OtherIdentity)?;
        let found = self.pool.identity_of(proved).await?;
        if found == identity {
            return Ok(Ok(()));
        }
        let described = self.pool.describe(&found).await?;
        match origin(&described, proved.provider(), link.since, now) {
            Origin::Own => return Ok(Err(NotLinked::AlreadyLinked)),
            // Shown both, the pool would let one identity swallow the other, and not say which.
            Origin::Asking if described.providers.is_empty() => {}
            Origin::Asking => self.pool.release(&found, proved).await?,
        }
        let logins = self.logins(&account.id).and(proved);
        let led_to = self.pool.link(identity, &logins).await?;
        if led_to == identity { Ok(Ok(())) } else { Err(Fault::OtherIdentity) }
    }

    /// Frees the login, then takes it off the list. A login that is reserved for somebody else
    /// stays so.
    async fn undo(&self, account: &Account, link: &Link) -> Result<(), Failure<Problem>> {
        self.accounts.free_login(&link.login, &account.key).await?;
        self.accounts.unlist_link(&account.key, link).await?;
        Ok(())
    }
}

/// The session of a sign-in of a moment ago; no other may change what leads to the account.
fn fresh_session(token: &AccessToken, now: u64) -> Result<SessionTag, Failure<Problem>> {
    match (token.proof(now), token.source) {
        (Proof::Fresh, GrantSource::SignIn(session)) => Ok(session.tag()),
        (Proof::Fresh, GrantSource::Refreshed(_) | GrantSource::Exchanged(_))
        | (Proof::Stale, _) => Err(no(NotLinked::SignInAgain)),
    }
}

fn in_session(account: &Account, family: SessionTag, nonce: &str, now: u64) -> LinkSession {
    let nonce = NonceTag::new(nonce);
    LinkSession { key: account.key.clone(), version: account.version, family, nonce, now }
}

fn foreign(refusal: TokenRefusal) -> Failure<Problem> {
    let problem = Problem::NotLinked(NotLinked::ForeignProof);
    Failure::NotAccepted(problem, Reason::RefusedToken(refusal))
}

fn no(reason: NotLinked) -> Failure<Problem> {
    Failure::Refused(Problem::NotLinked(reason))
}
