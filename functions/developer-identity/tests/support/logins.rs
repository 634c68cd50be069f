//! Logins at other providers: their ID tokens, and their identities in the test pool.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use developer_identity::identity_pool::links::PoolLinks;
use developer_identity::identity_pool::{DeveloperToken, PoolFault};
use developer_identity::login_token::VerifiedLogin;
use developer_identity::logins::Logins;
use lifeguard_identity::pool_identity::PoolIdentity;
use serde_json::{Value, json};

use super::fuse::Break;
use super::issuer::{header, signed, with};
use super::{NOW, Pool};

/// A social provider, and the address of its keys.
pub(crate) const SOCIAL: &str = "accounts.example";
pub(crate) const SOCIAL_JWKS: &str = "https://accounts.example/keys";
/// A user pool; its name has a slash in it.
pub(crate) const USER_POOL: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool";
/// The audience of their tokens.
pub(crate) const AUDIENCE: &str = "web";
/// The seed of the social provider's key, and of the user pool's.
pub(crate) const SOCIAL_SEED: u8 = 3;
pub(crate) const USER_POOL_SEED: u8 = 4;

/// Returns the claims of a login at a provider, at the time `at` and for a nonce.
pub(crate) fn claims(provider: &str, sub: &str, nonce: &str, at: u64) -> Value {
    json!({
        "iss": format!("https://{provider}"), "sub": sub, "aud": AUDIENCE, "iat": at,
        "exp": at + 3600, "auth_time": at, "nonce": nonce,
    })
}

/// Returns the ID token with these claims, as their provider signs it.
pub(crate) fn id_token(claims: &Value) -> String {
    let (kid, seed) = match claims["iss"].as_str().unwrap() == format!("https://{SOCIAL}") {
        true => ("social", SOCIAL_SEED),
        false => ("user-pool", USER_POOL_SEED),
    };
    // Cognito's headers have no `typ`.
    let header = if seed == SOCIAL_SEED { header() } else { with(header(), "typ", Value::Null) };
    signed(&with(header, "kid", kid.into()), claims, seed)
}

/// The logins in the test pool.
#[derive(Default)]
pub(crate) struct Known {
    /// The time of the pool's clock; that of the stage if 0.
    pub(crate) now: Cell<u64>,
    /// Provider and subject, and the identity that they lead to.
    pub(crate) leads_to: RefCell<BTreeMap<(String, String), String>>,
    created: RefCell<BTreeMap<String, u64>>,
    /// The identity and the logins of every call that links.
    pub(crate) linked: RefCell<Vec<(String, BTreeMap<String, String>)>>,
    /// The number of identities that a call merged into another one.
    pub(crate) merged: Cell<usize>,
    /// Rejects every login.
    pub(crate) refuses: Cell<bool>,
}

impl Known {
    /// Returns the identity of a login, and creates it if there is none.
    pub(crate) fn identity_of(&self, provider: &str, sub: &str) -> String {
        let login = (provider.to_owned(), sub.to_owned());
        let mut created = self.created.borrow_mut();
        let made = created.len();
        let mut leads_to = self.leads_to.borrow_mut();
        let id = leads_to.entry(login).or_insert_with(|| {
            let id = format!("eu-west-1:{made:08}-0000-4000-8000-000000000000");
            created.insert(id.clone(), self.time());
            id
        });
        id.clone()
    }

    fn time(&self) -> u64 {
        if self.now.get() == 0 { NOW } else { self.now.get() }
    }

    fn take(&self, identity: &str, provider: &str) {
        let mut leads_to = self.leads_to.borrow_mut();
        leads_to.retain(|(name, _), id| !(name == provider && id == identity));
    }
}

fn subject(token: &str) -> String {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}

impl Pool {
    async fn doing<T>(&self, work: impl FnOnce() -> Result<T, PoolFault>) -> Result<T, PoolFault> {
        let lost = || PoolFault::Link("lost".into());
        match self.fuse.call().await {
            None if self.known.refuses.get() => Err(PoolFault::LoginRefused),
            None => work(),
            Some(Break::Before) => Err(lost()),
            Some(Break::After) => work().and(Err(lost())),
        }
    }
}

impl PoolLinks for Pool {
    async fn find_identity(&self, login: &VerifiedLogin) -> Result<String, PoolFault> {
        let sub = subject(login.token().expose());
        self.doing(|| Ok(self.known.identity_of(login.provider(), &sub))).await
    }

    async fn describe(&self, identity: &str) -> Result<PoolIdentity, PoolFault> {
        self.doing(|| {
            let leads_to = self.known.leads_to.borrow();
            let mut providers: Vec<String> = leads_to
                .iter()
                .filter(|(_, id)| *id == identity)
                .map(|((provider, _), _)| provider.clone())
                .collect();
            let created = self.known.created.borrow().get(identity).copied();
            if created.is_none() {
                providers.push("lifeguard".to_owned());
            }
            Ok(PoolIdentity { created: created.unwrap_or(NOW - 86_400), providers })
        })
        .await
    }

    async fn link(&self, identity: &str, logins: &Logins) -> Result<String, PoolFault> {
        self.doing(|| {
            let all = logins.as_map().clone();
            self.known.linked.borrow_mut().push((identity.to_owned(), all.clone()));
            for (provider, token) in all.iter().filter(|(provider, _)| *provider != "lifeguard") {
                let login = (provider.clone(), subject(token));
                let mut leads_to = self.known.leads_to.borrow_mut();
                if leads_to.get(&login).is_some_and(|id| id != identity) {
                    self.known.merged.set(self.known.merged.get() + 1);
                    return Ok(leads_to[&login].clone());
                }
                let other = |((name, sub), id): (&(String, String), &String)| {
                    *name == login.0 && *sub != login.1 && id == identity
                };
                if leads_to.iter().any(other) {
                    return Err(PoolFault::Conflict);
                }
                leads_to.insert(login, identity.to_owned());
            }
            Ok(identity.to_owned())
        })
        .await
    }

    async fn unlink(&self, token: &DeveloperToken, provider: &str) -> Result<(), PoolFault> {
        assert!(token.token.expose().contains(&token.identity));
        self.doing(|| {
            self.known.take(&token.identity, provider);
            Ok(())
        })
        .await
    }

    async fn release(&self, identity: &str, login: &VerifiedLogin) -> Result<(), PoolFault> {
        self.doing(|| {
            self.known.take(identity, login.provider());
            Ok(())
        })
        .await
    }
}
