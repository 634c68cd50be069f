//! A key of a key set (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm as JwtAlgorithm, DecodingKey};
use lifeguard_policy::issuers::Algorithm;
use serde_json::{Map, Value};

/// The fewest bytes of an RSA modulus.
const LEAST_MODULUS: usize = 256;
/// The members of a key that are read. Certificates are not: the address of the key set proves the
/// owner of a key.
const MEMBERS: [&str; 9] = ["kty", "kid", "use", "key_ops", "alg", "n", "e", "crv", "x"];
/// The newer name of the algorithm `EdDSA` with the curve Ed25519 (RFC 9864), which says the curve.
const ED25519: &str = "Ed25519";
/// The second coordinate of a point, which only some curves have.
const SECOND_COORDINATE: &str = "y";

/// A public key of another issuer.
#[derive(Clone, Debug)]
pub(crate) struct VerificationKey(Jwk);

impl VerificationKey {
    /// Parses a key; `None` for an unknown kind or form.
    pub(crate) fn parse(key: &Value) -> Option<Self> {
        let members = MEMBERS.into_iter().chain([SECOND_COORDINATE]);
        let mut known: Map<String, Value> =
            members.filter_map(|name| Some((name.to_owned(), key.get(name)?.clone()))).collect();
        if let Some(named) = known.get_mut("alg").filter(|named| *named == ED25519) {
            // The library knows the older name alone.
            *named = name(Algorithm::EdDsa).into();
        }
        serde_json::from_value(Value::Object(known)).ok().map(Self)
    }

    /// True if the key has this name.
    pub(crate) fn is_named(&self, kid: &str) -> bool {
        self.0.common.key_id.as_deref() == Some(kid)
    }

    /// True if the key may verify signatures of the algorithm: its kind, its curve and its declared
    /// use agree.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        let common = &self.0.common;
        let for_signatures =
            common.public_key_use.as_ref().is_none_or(|wanted| *wanted == PublicKeyUse::Signature);
        let verifies = common
            .key_operations
            .as_ref()
            .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let is_named =
            common.key_algorithm.is_none_or(|named| named.to_string() == name(algorithm));
        self.is_of_kind(algorithm) && for_signatures && verifies && is_named
    }

    /// True if the key made the signature, which is in base64url, of the message.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &str, signature: &str) -> bool {
        let key = DecodingKey::from_jwk(&self.0);
        key.is_ok_and(|key| {
            let algorithm = jwt_algorithm(algorithm);
            crypto::verify(signature, message.as_bytes(), &key, algorithm).unwrap_or_default()
        })
    }

    fn is_of_kind(&self, algorithm: Algorithm) -> bool {
        let rsa =
            |n: &str| URL_SAFE_NO_PAD.decode(n).is_ok_and(|modulus| modulus.len() >= LEAST_MODULUS);
        match (&self.0.algorithm, algorithm) {
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
        }
    }
}

/// True if a header names the algorithm so; letter case counts (RFC 7515, section 4.1.1).
pub(crate) fn is_name(text: &str, algorithm: Algorithm) -> bool {
    text == name(algorithm) || text == ED25519 && algorithm == Algorithm::EdDsa
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

#[cfg(test)]
mod tests {
    use super::{VerificationKey, is_name};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use lifeguard_policy::issuers::Algorithm;
    use serde_json::{Value, json};

    fn rsa(bytes: usize) -> Value {
        json!({"kty": "RSA", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(vec![255; bytes])})
    }

    fn ec() -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})
    }

    #[track_caller]
    fn check(mut key: Value, changes: &Value, algorithm: Algorithm, expected: bool) {
        for (name, value) in changes.as_object().unwrap() {
            key[name] = value.clone();
        }
        let parsed = VerificationKey::parse(&key);
        assert_eq!(parsed.is_some_and(|key| key.fits(algorithm)), expected, "{changes}");
    }

    #[test]
    fn key_fits_by_kind_and_by_declared_use() {
        for changes in [
            json!({}),
            json!({"use": "sig"}),
            json!({"alg": "ES256"}),
            json!({"key_ops": ["verify"]}),
            json!({"key_ops": ["sign", "verify"]}),
            json!({"kid": "one", "x5t": "AA", "x5c": ["MIIB"], "x5u": "https://a.example"}),
            json!({"x5c": "MIIB", "x5t": null, "issuer": "https://a.example", "ext": true}),
        ] {
            check(ec(), &changes, Algorithm::Es256, true);
        }
        for changes in [
            json!({"use": "enc"}),
            json!({"use": "SIG"}),
            json!({"use": 1}),
            json!({"alg": "ES384"}),
            json!({"alg": "RS256"}),
            json!({"alg": "es256"}),
            json!({"alg": "new"}),
            json!({"key_ops": []}),
            json!({"key_ops": ["sign"]}),
            json!({"key_ops": ["encrypt", "wrapKey"]}),
            json!({"key_ops": "verify"}),
            json!({"crv": "P-384"}),
            json!({"crv": "secp256k1"}),
            json!({"kty": "RSA"}),
            json!({"kty": "OKP"}),
            json!({"kty": "new"}),
            json!({"kid": 1}),
            json!({"x": null}),
        ] {
            check(ec(), &changes, Algorithm::Es256, false);
        }
    }

    /// The key and the signature of RFC 8037, appendix A.4.
    #[test]
    fn signature_of_ed25519_verifies_by_key_of_either_name() {
        let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt\
                         9g7sVvpAr_MuM0KAg";
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        for alg in ["EdDSA", "Ed25519"] {
            let key = json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": alg});
            let key = VerificationKey::parse(&key).unwrap();
            assert!(key.verifies(Algorithm::EdDsa, message, signature), "{alg}");
            assert!(!key.verifies(Algorithm::EdDsa, &message[1..], signature), "{alg}");
        }
    }

    #[test]
    fn algorithm_has_its_names_and_no_other() {
        for (text, algorithm, expected) in [
            ("ES256", Algorithm::Es256, true),
            ("EdDSA", Algorithm::EdDsa, true),
            ("Ed25519", Algorithm::EdDsa, true),
            ("ed25519", Algorithm::EdDsa, false),
            ("Ed448", Algorithm::EdDsa, false),
            ("ES256", Algorithm::EdDsa, false),
            ("Ed25519", Algorithm::Es256, false),
            ("es256", Algorithm::Es256, false),
        ] {
            assert_eq!(is_name(text, algorithm), expected, "{text} {algorithm:?}");
        }
    }

    #[test]
    fn key_of_one_kind_fits_no_other_algorithm() {
        check(rsa(256), &json!({}), Algorithm::Rs256, true);
        check(rsa(256), &json!({}), Algorithm::Ps512, true);
        check(rsa(256), &json!({"alg": "RS256"}), Algorithm::Ps256, false);
        check(rsa(256), &json!({"alg": "RSA-OAEP"}), Algorithm::Rs256, false);
        check(rsa(128), &json!({}), Algorithm::Rs256, false);
        check(rsa(256), &json!({}), Algorithm::Es256, false);
        check(ec(), &json!({}), Algorithm::Es384, false);
        check(ec(), &json!({}), Algorithm::EdDsa, false);
        let okp = json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"});
        for (changes, fits) in [
            (json!({}), true),
            (json!({"alg": "EdDSA"}), true),
            (json!({"alg": "Ed25519"}), true),
            (json!({"alg": "ed25519"}), false),
            (json!({"alg": "Ed448"}), false),
            (json!({"alg": "Ed25519", "crv": "Ed448"}), false),
        ] {
            check(okp.clone(), &changes, Algorithm::EdDsa, fits);
        }
        check(ec(), &json!({"alg": "Ed25519"}), Algorithm::Es256, false);
        for other in [
            json!({"kty": "oct", "k": "AAAA"}),
            json!({"kty": "RSA", "x5c": ["MIIB"]}),
            json!({"x5c": ["MIIB"]}),
            json!({}),
        ] {
            check(other.clone(), &json!({}), Algorithm::Rs256, false);
            check(other, &json!({}), Algorithm::Es256, false);
        }
        for other in [json!("key"), json!(null), json!([])] {
            assert!(VerificationKey::parse(&other).is_none_or(|key| !key.fits(Algorithm::Es256)));
        }
    }
}
