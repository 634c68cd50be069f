//! A token that another issuer signed: whom it claims to be from, and whether a key of theirs made
//! it.
//!
//! Pure: the key comes in as an argument, and what a token's header says of keys is not looked at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm as JwtAlgorithm, DecodingKey, Validation};
use policy::issuers::Algorithm;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sign_in::secret::Secret;

/// The longest token, in bytes.
const MOST_BYTES: usize = 8192;
/// How far the issuer's clock may be ahead, in seconds.
pub(crate) const LEEWAY: u64 = 60;
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
    /// Of which type it claims to be.
    pub(crate) typ: Option<String>,
}

/// Whom a token is for.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    /// One party.
    One(String),
    /// Several.
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Named {
    iss: String,
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
            typ: header.typ,
        })
    }

    /// The token as it came.
    pub(crate) fn text(&self) -> &Secret {
        self.text
    }

    /// Whether it claims this algorithm: if not, no key could make it right.
    pub(crate) fn claims_algorithm(&self, algorithm: Algorithm) -> bool {
        self.algorithm == name(algorithm)
    }

    /// What it says, if `key` signed it; times and audience are the caller's to judge.
    pub(crate) fn open<T: DeserializeOwned>(&self, algorithm: Algorithm, key: &Jwk) -> Option<T> {
        let mut validation = Validation::new(jwt_algorithm(algorithm));
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let suits = self.claims_algorithm(algorithm) && fits(key, algorithm);
        let key = suits.then(|| DecodingKey::from_jwk(key).ok())??;
        Some(jsonwebtoken::decode(self.text.expose(), &key, &validation).ok()?.claims)
    }
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
