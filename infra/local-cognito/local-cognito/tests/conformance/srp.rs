//! A client's side of the password proof, as the public SDKs play it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::Digest as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rsa::BigUint;
use serde_json::{Value, json};
use sha2::Sha256;

/// The 3072-bit group of RFC 3526.
const PRIME: &str = concat!(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74",
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437",
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed",
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05",
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb",
    "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b",
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718",
    "3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33",
    "a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7",
    "abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864",
    "d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2",
    "08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);
const TIMESTAMP: &str = "Mon Nov 23 09:05:07 UTC 2026";

/// The client's public value.
pub(crate) fn public_value() -> String {
    two().modpow(&secret(), &prime()).to_str_radix(16)
}

/// The answer to a `PASSWORD_VERIFIER` challenge of the pool `<region>_<name>`.
pub(crate) fn proof(name: &str, open: &Value, password: &str) -> Value {
    proof_at(name, open, password, TIMESTAMP)
}

/// The same, signed at this time as the client writes it.
pub(crate) fn proof_at(name: &str, open: &Value, password: &str, timestamp: &str) -> Value {
    let parameters = &open["ChallengeParameters"];
    let text = |key: &str| parameters[key].as_str().unwrap().to_owned();
    let (user, block) = (text("USER_ID_FOR_SRP"), text("SECRET_BLOCK"));
    let key = shared_key(name, &user, password, &text("SALT"), &text("SRP_B"));
    let mut message = format!("{name}{user}").into_bytes();
    message.extend(STANDARD.decode(&block).unwrap());
    message.extend(timestamp.as_bytes());
    json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "Session": open["Session"],
        "ChallengeResponses": {
            "USERNAME": user,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": STANDARD.encode(mac(&key, &message)),
            "TIMESTAMP": timestamp,
        },
    })
}

fn shared_key(name: &str, user: &str, password: &str, salt: &str, theirs: &str) -> Vec<u8> {
    let ours = number(&public_value());
    let theirs = number(theirs);
    let scramble = hash(&[padded(&ours), padded(&theirs)].concat());
    let inner = Sha256::digest(format!("{name}{user}:{password}"));
    let private = hash(&[padded(&number(salt)), inner.to_vec()].concat());
    let multiplier = hash(&[padded(&prime()), vec![2]].concat());
    let mask = multiplier * two().modpow(&private, &prime()) % prime();
    let base = (theirs + prime() - mask) % prime();
    let shared = base.modpow(&(secret() + &scramble * private), &prime());
    let extracted = mac(&padded(&scramble), &padded(&shared));
    let mut key = mac(&extracted, b"Caldera Derived Key\x01");
    key.truncate(16);
    key
}

fn secret() -> BigUint {
    number(&"5a".repeat(128))
}

fn two() -> BigUint {
    BigUint::from(2u8)
}

fn prime() -> BigUint {
    number(PRIME)
}

fn number(hexadecimal: &str) -> BigUint {
    BigUint::parse_bytes(hexadecimal.as_bytes(), 16).unwrap()
}

fn padded(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes[0] >= 0x80 {
        bytes.insert(0, 0);
    }
    bytes
}

fn hash(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_be(&Sha256::digest(bytes))
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(message).finalize().into_bytes().to_vec()
}
