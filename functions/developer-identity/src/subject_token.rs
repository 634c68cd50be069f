//! Whose token is this, and may it be exchanged?
//!
//! Pure: the key and the time come in as arguments. Everything by which a token is judged stands
//! in the settings; what its header says of keys is not looked at.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm as JwtAlgorithm, DecodingKey, Validation};
use policy::issuers::{Algorithm, Issuer};
use serde::Deserialize;
use serde_json::{Map, Value};
use sign_in::secret::Secret;

use crate::tags::Tags;

/// The longest token, in bytes.
const MOST_BYTES: usize = 8192;
/// How old a token may be, in seconds: it is a proof of now, not a session.
const MOST_AGE: u64 = 5 * 60;
/// How far the issuer's clock may be ahead, in seconds.
const LEEWAY: u64 = 60;
/// The longest subject, in bytes.
const LONGEST_SUBJECT: usize = 1024;
/// The fewest bytes of an RSA modulus.
const LEAST_MODULUS: usize = 256;

/// A token whose signature is not checked yet: it names its issuer and its key.
#[derive(Debug)]
pub(crate) struct UnverifiedToken<'a> {
    text: &'a Secret,
    /// Whom it claims to be from.
    pub(crate) iss: String,
    /// Which key it claims to be signed with.
    pub(crate) kid: String,
    algorithm: String,
    kind: String,
}

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
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
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

#[derive(Deserialize)]
struct Named {
    iss: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> UnverifiedToken<'a> {
    /// Reads a text; `None` for anything but a signed token with a key's name and without critical
    /// extensions.
    pub(crate) fn read(text: &'a Secret) -> Option<Self> {
        let parts: Vec<&str> = text.expose().split('.').collect();
        let [header, claims, _signature] = parts.as_slice() else { return None };
        let sized = text.expose().len() <= MOST_BYTES;
        let header: Header = sized.then(|| part(header))??;
        let named: Named = part(claims)?;
        let plain = header.crit.is_none();
        plain.then_some(())?;
        Some(Self {
            text,
            iss: named.iss,
            kid: header.kid?,
            algorithm: header.alg,
            kind: header.typ?,
        })
    }

    /// Whether algorithm and type are the issuer's: if not, no key could make it right.
    pub(crate) fn is_of_kind(&self, issuer: &Issuer) -> bool {
        self.algorithm == name(issuer.algorithm) && self.kind == issuer.typ
    }

    /// The subject, if `key` signed the token and everything else in it is as it must be.
    pub(crate) fn verify(&self, issuer: &Issuer, key: &Jwk, now: u64) -> Option<Subject> {
        let algorithm = jwt_algorithm(issuer.algorithm);
        let mut validation = Validation::new(algorithm);
        // Times and audience are judged below, by the time that is an argument.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let suits = self.is_of_kind(issuer) && fits(key, issuer.algorithm);
        let key = suits.then(|| DecodingKey::from_jwk(key).ok())??;
        let claims: Claims =
            jsonwebtoken::decode(self.text.expose(), &key, &validation).ok()?.claims;
        judge(claims, issuer, &self.iss, now)
    }
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

/// Whether a key of a key set may be used with the algorithm: its kind, its curve and what it says
/// of its own use all agree.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let rsa =
        |n: &str| URL_SAFE_NO_PAD.decode(n).is_ok_and(|modulus| modulus.len() >= LEAST_MODULUS);
    let kind = match (&key.algorithm, algorithm) {
        (
            AlgorithmParameters::RSA(parameters),
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512,
        ) => rsa(&parameters.n),
        (AlgorithmParameters::EllipticCurve(parameters), Algorithm::Es256) => {
            parameters.curve == EllipticCurve::P256
        }
        (AlgorithmParameters::EllipticCurve(parameters), Algorithm::Es384) => {
            parameters.curve == EllipticCurve::P384
        }
        (AlgorithmParameters::OctetKeyPair(parameters), Algorithm::EdDsa) => {
            parameters.curve == EllipticCurve::Ed25519
        }
        // The library's list of kinds is open.
        (_, _) => false,
    };
    let common = &key.common;
    let for_signing =
        common.public_key_use.as_ref().is_none_or(|wanted| *wanted == PublicKeyUse::Signature);
    let named = common.key_algorithm.is_none_or(|given| given.to_string() == name(algorithm));
    kind && for_signing && named
}

fn part<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

const fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => "RS256",
        Algorithm::Rs384 => "RS384",
        Algorithm::Rs512 => "RS512",
        Algorithm::Ps256 => "PS256",
        Algorithm::Ps384 => "PS384",
        Algorithm::Ps512 => "PS512",
        Algorithm::Es256 => "ES256",
        Algorithm::Es384 => "ES384",
        Algorithm::EdDsa => "EdDSA",
    }
}

const fn jwt_algorithm(algorithm: Algorithm) -> JwtAlgorithm {
    match algorithm {
        Algorithm::Rs256 => JwtAlgorithm::RS256,
        Algorithm::Rs384 => JwtAlgorithm::RS384,
        Algorithm::Rs512 => JwtAlgorithm::RS512,
        Algorithm::Ps256 => JwtAlgorithm::PS256,
        Algorithm::Ps384 => JwtAlgorithm::PS384,
        Algorithm::Ps512 => JwtAlgorithm::PS512,
        Algorithm::Es256 => JwtAlgorithm::ES256,
        Algorithm::Es384 => JwtAlgorithm::ES384,
        Algorithm::EdDsa => JwtAlgorithm::EdDSA,
    }
}
