//! Whose token is this, and may it be exchanged?
//!
//! Pure: the key and the time come in as arguments. Everything by which a token is judged stands
//! in the settings.

use std::collections::BTreeMap;

use jsonwebtoken::jwk::Jwk;
use policy::issuers::Issuer;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::signed_token::{Audience, LEEWAY, UnverifiedToken};
use crate::tags::Tags;

/// How old a token may be, in seconds: it is a proof of now, not a session.
const MOST_AGE: u64 = 5 * 60;
/// The longest subject, in bytes.
const LONGEST_SUBJECT: usize = 1024;

/// Somebody whom a trusted issuer vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Their name at the issuer.
    pub(crate) sub: String,
    /// From when on the token is dead, in seconds since 1970.
    pub(crate) expires: u64,
    /// The principal tags that it gives.
    pub(crate) tags: Tags,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// Whether algorithm and type are the issuer's: if not, no key could make it right.
pub(crate) fn is_of_kind(token: &UnverifiedToken<'_>, issuer: &Issuer) -> bool {
    token.claims_algorithm(issuer.algorithm) && token.typ.as_ref() == Some(&issuer.typ)
}

/// The subject, if `key` signed the token and everything else in it is as it must be.
pub(crate) fn verify(
    token: &UnverifiedToken<'_>,
    issuer: &Issuer,
    key: &Jwk,
    now: u64,
) -> Option<Subject> {
    let claims = is_of_kind(token, issuer).then(|| token.open(issuer.algorithm, key))??;
    judge(claims, issuer, &token.iss, now)
}

fn judge(claims: Claims, issuer: &Issuer, iss: &str, now: u64) -> Option<Subject> {
    let Claims { iss: claimed, sub, aud, exp, iat, nbf, others } = claims;
    let ours = match &aud {
        Audience::One(audience) => *audience == issuer.audience,
        Audience::Many(audiences) => audiences.contains(&issuer.audience),
    };
    let ahead = now.saturating_add(LEEWAY);
    let timely = now < exp
        && iat <= ahead
        && now <= iat.saturating_add(MOST_AGE)
        && nbf.is_none_or(|nbf| nbf <= ahead);
    let named = (1..=LONGEST_SUBJECT).contains(&sub.len());
    let good = claimed == iss && ours && timely && named;
    let tags = Tags::of_claims(issuer, &others.into_iter().collect::<Map<_, _>>())?;
    good.then_some(Subject { sub, expires: exp, tags })
}
