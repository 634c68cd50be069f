//! Whose login at another provider does this ID token prove?
//!
//! Pure: the key and the time come in as arguments. Everything by which a token is judged stands
//! in the settings. Whether the proof is fresh and of this session is for `identity::linking`.

use identity::linking::{Claims, Link, Login, LoginKey};
use jsonwebtoken::jwk::Jwk;
use policy::login_providers::LoginProvider;
use serde::Deserialize;
use sign_in::secret::Secret;

use crate::signed_token::{Audience, LEEWAY, UnverifiedToken};

/// The longest subject, in bytes.
const LONGEST_SUBJECT: usize = 255;
/// What the type of an ID token is, where it says one.
const TYPE: &str = "JWT";
/// What a token of a user pool is used for, if it is an ID token.
const USE: &str = "id";

/// A login at another provider, proved by an ID token of theirs: there is no other way to make
/// one.
#[derive(Clone, Debug)]
pub struct ProvedLogin {
    provider: String,
    key: LoginKey,
    nonce: Option<String>,
    authenticated: Option<u64>,
    token: Secret,
}

#[derive(Deserialize)]
struct IdToken {
    iss: String,
    sub: String,
    aud: Audience,
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    auth_time: Option<u64>,
    nonce: Option<String>,
    token_use: Option<String>,
}

impl ProvedLogin {
    /// The provider, as the identity pool names it.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The token, for the identity pool.
    #[must_use]
    pub fn token(&self) -> &Secret {
        &self.token
    }

    pub(crate) fn key(&self) -> &LoginKey {
        &self.key
    }

    pub(crate) fn claims(&self) -> Claims<'_> {
        Claims { nonce: self.nonce.as_deref(), authenticated: self.authenticated }
    }

    /// Where the login leads, as far as the list of one account says.
    pub(crate) fn place_in(&self, links: &[Link]) -> Login {
        match links.iter().find(|link| link.provider == self.provider) {
            None => Login::Free,
            Some(link) if link.login == self.key => Login::Mine,
            Some(_) => Login::Second,
        }
    }
}

/// Whether algorithm and type are those of the provider's ID tokens: if not, no key could make it
/// right.
pub(crate) fn is_of_kind(token: &UnverifiedToken<'_>, provider: &LoginProvider) -> bool {
    token.claims_algorithm(provider.algorithm) && token.typ.as_deref().is_none_or(|typ| typ == TYPE)
}

/// The login, if `key` signed the token for one of our clients and nobody else, and it is valid
/// now.
pub(crate) fn verify(
    token: &UnverifiedToken<'_>,
    name: &str,
    provider: &LoginProvider,
    key: &Jwk,
    now: u64,
) -> Option<ProvedLogin> {
    let said: IdToken =
        is_of_kind(token, provider).then(|| token.open(provider.algorithm, key))??;
    let audience = match &said.aud {
        Audience::One(audience) => Some(audience),
        Audience::Many(audiences) => match audiences.as_slice() {
            [only] => Some(only),
            _ => None,
        },
    };
    let ours = audience.is_some_and(|audience| provider.audiences.contains(audience));
    let ahead = now.saturating_add(LEEWAY);
    let timely = now < said.exp && said.iat <= ahead && said.nbf.is_none_or(|nbf| nbf <= ahead);
    let named = (1..=LONGEST_SUBJECT).contains(&said.sub.len());
    let for_identity = said.token_use.as_deref().is_none_or(|purpose| purpose == USE);
    let good = said.iss == provider.iss && ours && timely && named && for_identity;
    good.then(|| ProvedLogin {
        provider: name.to_owned(),
        key: LoginKey::of(name, &said.sub),
        nonce: said.nonce,
        authenticated: said.auth_time,
        token: token.text().clone(),
    })
}
