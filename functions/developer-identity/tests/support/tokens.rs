//! Tokens that the tests sign.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32].into()).unwrap()
}

/// Returns the public key of a seed.
pub(crate) fn public(seed: u8, kid: &str) -> Value {
    let point = signing_key(seed).verifying_key().to_encoded_point(false);
    json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid,
        "x": URL_SAFE_NO_PAD.encode(point.x().unwrap()),
        "y": URL_SAFE_NO_PAD.encode(point.y().unwrap()),
    })
}

pub(crate) fn header() -> Value {
    json!({"alg": "ES256", "typ": "JWT", "kid": "one"})
}

/// Returns a token with this header and these claims, signed with the key of a seed.
pub(crate) fn signed(header: &Value, claims: &Value, seed: u8) -> String {
    signed_text(&header.to_string(), &claims.to_string(), seed)
}

/// Returns a token with this text of its header and its claims.
pub(crate) fn signed_text(header: &str, claims: &str, seed: u8) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", part(header), part(claims));
    let signature: Signature = signing_key(seed).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// Returns the value with one member replaced, or removed by `null`.
pub(crate) fn with(mut value: Value, member: &str, new: Value) -> Value {
    match new {
        Value::Null => drop(value.as_object_mut().unwrap().remove(member)),
        new => value[member] = new,
    }
    value
}
