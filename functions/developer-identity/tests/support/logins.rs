//! Logins at other providers: their ID tokens, and the identities that they lead to.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use lifeguard_testkit::fixtures::NOW;
use serde_json::{Value, json};

use super::tokens::{header, signed, with};

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
    /// The time of the pool's clock; [`NOW`] if 0.
    pub(crate) now: Cell<u64>,
    /// Provider and subject, and the identity that they lead to.
    pub(crate) leads_to: RefCell<BTreeMap<(String, String), String>>,
    pub(crate) created: RefCell<BTreeMap<String, u64>>,
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

    /// Removes the login at a provider from an identity.
    pub(crate) fn take(&self, identity: &str, provider: &str) {
        let mut leads_to = self.leads_to.borrow_mut();
        leads_to.retain(|(name, _), id| !(name == provider && id == identity));
    }
}
