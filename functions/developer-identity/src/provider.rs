//! One request, from the gateway's event to its answer.

use axum::body::Body;
use axum::http::Request;
use lifeguard_aws::{CodeKeys, KeySource};
use lifeguard_identity::account::{AccountId, Status};
use lifeguard_policy::Policy;
use lifeguard_policy::identity::IdentityPolicy;
use lifeguard_runtime::{Answer, Failure as Broken};
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_store::accounts::Account;
use lifeguard_store::accounts::administration::Administration;
use lifeguard_store::accounts::links::Links;
use lifeguard_store::accounts::passwords::Passwords;
use lifeguard_store::{Accounts, Challenges};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::answer::Answered;
use crate::ask::Ask;
use crate::chance::Chance;
use crate::fault::{Failure, Fault};
use crate::gateway::{self, Incoming, Unreadable};
use crate::identity_pool::developer_users::DeveloperUsers;
use crate::identity_pool::links::PoolLinks;
use crate::identity_pool::{IdentityPool, PoolFault, Vended};
use crate::key_sets::KeySets;
use crate::logins::Logins;
use crate::password::Hashing;
use crate::problem::{Problem, TokenProblem};
use crate::router::router;
use crate::settings::Settings;
use crate::tags::Tags;
use crate::web::Web;

/// What the provider stands on: one set for AWS, one for tests.
pub trait World {
    /// The accounts.
    type Accounts: Accounts + Administration + Links + Passwords;
    /// The challenges.
    type Challenges: Challenges;
    /// The code keys.
    type Keys: KeySource;
    /// The identity pool.
    type Pool: IdentityPool + DeveloperUsers + PoolLinks;
    /// Other servers.
    type Web: Web;
    /// Hashing passwords.
    type Hashing: Hashing;
}

/// The provider of developer-authenticated identities.
pub struct Provider<W: World> {
    pub(crate) policy: Policy,
    pub(crate) identity: IdentityPolicy,
    pub(crate) accounts: W::Accounts,
    pub(crate) challenges: W::Challenges,
    pub(crate) keys: CodeKeys<W::Keys>,
    pub(crate) pool: W::Pool,
    pub(crate) web: W::Web,
    pub(crate) hashing: W::Hashing,
    /// The keys between us and the operator's directory, if there is one.
    pub(crate) adapter_keys: Option<CodeKeys<W::Keys>>,
    pub(crate) key_sets: KeySets,
}

/// The parts of a [`Provider`].
pub struct Parts<W: World> {
    /// The accounts.
    pub accounts: W::Accounts,
    /// The challenges.
    pub challenges: W::Challenges,
    /// The code keys.
    pub keys: W::Keys,
    /// The keys between us and the operator's directory, if there is one.
    pub adapter_keys: Option<W::Keys>,
    /// The identity pool.
    pub pool: W::Pool,
    /// Other servers.
    pub web: W::Web,
    /// Hashing passwords.
    pub hashing: W::Hashing,
}

impl<W: World> Provider<W> {
    /// A provider with these settings.
    #[must_use]
    pub fn new(settings: Settings, parts: Parts<W>) -> Self {
        let Settings { policy, identity, .. } = settings;
        Self {
            policy,
            identity,
            accounts: parts.accounts,
            challenges: parts.challenges,
            keys: CodeKeys::new(parts.keys),
            pool: parts.pool,
            web: parts.web,
            hashing: parts.hashing,
            adapter_keys: parts.adapter_keys.map(CodeKeys::new),
            key_sets: KeySets::default(),
        }
    }

    /// Answers one request.
    ///
    /// # Errors
    /// A fault if the event is not a request of an HTTP API. Whatever else breaks is an answer
    /// with status 500 and an error in the log.
    pub async fn handle(&self, event: &Value, chance: Chance) -> Answer {
        let answered = match gateway::open(event) {
            Ok(Incoming::Routed { request, takes_any_method }) => {
                match read(*request, takes_any_method).await {
                    Ok(ask) => return Ok(self.perform(ask, chance).await),
                    Err(answered) => answered,
                }
            }
            Ok(Incoming::Unrouted(requests)) => turn_down(requests).await,
            Err(Unreadable::Request) => Problem::Malformed.into(),
            Err(unreadable @ Unreadable::Event) => return Err(Broken::fault(&unreadable)),
        };
        Ok(answered.reply())
    }

    async fn perform(&self, ask: Ask, chance: Chance) -> lifeguard_runtime::Reply {
        let now = chance.now;
        match ask {
            Ask::Register(register) => settle(self.register(&register, &chance).await),
            Ask::Confirm(confirm) => settle(self.confirm(&confirm, now).await),
            Ask::Recover(recover) => settle(self.recover(&recover, &chance).await),
            Ask::ConfirmRecovery(confirm) => settle(self.confirm_recovery(&confirm, now).await),
            Ask::ChangePassword(change) => settle(self.change_password(change, &chance).await),
            Ask::Token(grant) => settle_token(self.grant(grant, &chance).await),
            Ask::Credentials(token) => settle(self.vend(token, now).await),
            Ask::Identity(token) => settle(self.describe(token, now).await),
            Ask::LinkNonce(token) => settle(self.give_nonce(token, &chance).await),
            Ask::Link(token, id_token) => settle(self.link(token, &id_token, now).await),
            Ask::Unlink(token, provider) => settle(self.unlink(token, &provider, now).await),
            Ask::Logout(token, of) => settle(self.log_out(token, of, now).await),
            Ask::WhoAmI(vouched) => settle(self.recognise(vouched)),
            Ask::Administer(principal, act) => settle(self.administer(&principal, act, now).await),
        }
    }

    /// A token of the identity pool for an account that has just been proved. The pool must know
    /// the account by the identity that is stored.
    pub(crate) async fn token_for(
        &self,
        account: &Account,
        tags: &Tags,
        seconds: u64,
    ) -> Result<Vended, Fault> {
        let logins = self.logins(&account.id);
        let vended = self.pool.token_for(&logins, tags, seconds).await?;
        match &account.identity {
            Some(stored) if *stored != vended.identity => Err(Fault::OtherIdentity),
            Some(_) | None => Ok(vended),
        }
    }

    pub(crate) fn logins(&self, id: &AccountId) -> Logins {
        Logins::of(&self.identity.provider, id)
    }

    /// The key for what we mint now.
    pub(crate) async fn newest_key(&self, now: u64) -> Result<CodeKey, Fault> {
        let version = self.policy.key_version;
        self.key(version, now).await?.ok_or(Fault::NoKey(version))
    }

    pub(crate) async fn key(&self, version: u16, now: u64) -> Result<Option<CodeKey>, Fault> {
        Ok(self.keys.key(version, now).await?)
    }
}

/// Whether an account may be used.
pub(crate) fn is_active(account: &Account) -> bool {
    match account.status {
        Status::Active => true,
        Status::Pending | Status::Disabled => false,
    }
}

/// Returns what a request asks for, or the answer that the router gives by itself.
async fn read(request: Request<Body>, takes_any_method: bool) -> Result<Ask, Answered> {
    let Ok(mut response) = router().oneshot(request).await;
    if let Some(ask) = response.extensions_mut().remove::<Ask>() {
        return Ok(ask);
    }
    let allow = response.headers().get("allow").and_then(|allow| allow.to_str().ok());
    // The router takes `HEAD` wherever it takes `GET`; a route of one method does not.
    let allow = allow.map(|allow| match takes_any_method {
        true => allow.to_owned(),
        false => allow.replace(",HEAD", ""),
    });
    let answered = response.extensions_mut().remove::<Answered>();
    let answered = answered.unwrap_or_else(|| Problem::NoSuchRoute.into());
    Err(match allow {
        Some(allow) => answered.with_header("allow", &allow),
        None => answered,
    })
}

/// Answers a request that no route of the gateway took: another method, or no such route. Of
/// several paths that it may be for, the first one that exists counts.
async fn turn_down(requests: Vec<Request<Body>>) -> Answered {
    for request in requests {
        match read(request, false).await {
            Err(answered) if answered.status == 404 => {}
            Err(answered) if answered.status == 405 => return answered,
            // Such as `HEAD`, or a path that the gateway reads in another way than the router.
            Ok(_) | Err(_) => break,
        }
    }
    Problem::NoSuchRoute.into()
}

fn settle<P: Into<Answered>>(result: Result<Answered, Failure<P>>) -> lifeguard_runtime::Reply {
    match result {
        Ok(answered) => answered.reply(),
        Err(Failure::Refused(problem)) => problem.into().reply(),
        Err(Failure::NotAccepted(problem, reason)) => problem.into().because(reason).reply(),
        Err(Failure::Fault(fault)) => {
            let problem = match fault {
                Fault::Pool(PoolFault::Throttled) => Problem::TooManyRequests,
                _ => Problem::Fault,
            };
            Answered::from(problem).reply_despite(&fault)
        }
    }
}

fn settle_token(result: Result<Answered, Failure<TokenProblem>>) -> lifeguard_runtime::Reply {
    match result {
        Ok(answered) => answered.reply(),
        Err(Failure::Refused(problem)) => Answered::from(problem).reply(),
        Err(Failure::NotAccepted(problem, reason)) => {
            Answered::from(problem).because(reason).reply()
        }
        Err(Failure::Fault(fault)) => {
            let problem = match fault {
                Fault::Pool(PoolFault::Throttled) => TokenProblem::TooManyRequests,
                _ => TokenProblem::Fault,
            };
            Answered::from(problem).reply_despite(&fault)
        }
    }
}
