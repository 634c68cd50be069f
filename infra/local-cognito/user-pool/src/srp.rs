//! The server's side of the password proof (Cognito's variant of SRP-6a).

mod timestamp;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::Digest as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rsa::BigUint;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

pub(crate) use self::timestamp::Timestamp;
use super::password::Password;
use local_cognito_aws_emulation::input::{Texts, constraint};
use local_cognito_aws_emulation::{ApiError, randomness};

/// The 3072-bit group of RFC 3526; the generator is 2.
const PRIME: &[u8] = b"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74\
020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437\
4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05\
98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB\
9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718\
3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33\
A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864\
D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2\
08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

/// The client's answer to the challenge, its form checked.
pub(crate) struct Proof {
    pub(crate) block: String,
    pub(crate) timestamp: Timestamp,
    pub(crate) signature: Vec<u8>,
}

/// State of the server between its challenge and the proof.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Exchange {
    /// The name that client and server hash.
    user: String,
    client_public: Vec<u8>,
    server_secret: Vec<u8>,
    password: Password,
    secret_block: String,
}

impl Exchange {
    /// Answers a client's public value, `SRP_A`.
    ///
    /// # Errors
    /// `InvalidParameterException` for a value that is no hexadecimal number or 0 modulo the prime.
    pub(crate) fn begin(
        user: &str,
        client_public: &str,
        password: &Password,
    ) -> Result<Self, ApiError> {
        if !client_public.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(constraint(
                &format!("'{client_public}'"),
                "sRPA",
                "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$",
            ));
        }
        let public = BigUint::parse_bytes(client_public.as_bytes(), 16)
            .filter(|public| public % prime() != BigUint::default())
            .ok_or_else(|| ApiError::invalid("SRP_A is not valid"))?;
        Ok(Self {
            user: user.to_owned(),
            client_public: public.to_bytes_be(),
            server_secret: randomness::bytes::<32>()?.to_vec(),
            password: password.clone(),
            secret_block: STANDARD.encode(randomness::bytes::<256>()?),
        })
    }

    /// The parameters of the `PASSWORD_VERIFIER` challenge.
    pub(crate) fn parameters(&self) -> Texts {
        let salt = BigUint::from_bytes_be(&self.password.salt);
        [
            ("SALT", salt.to_str_radix(16)),
            ("SRP_B", self.server_public().to_str_radix(16)),
            ("SECRET_BLOCK", self.secret_block.clone()),
            ("USER_ID_FOR_SRP", self.user.clone()),
            ("USERNAME", self.user.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Returns the secret block of the exchange.
    pub(crate) fn secret_block(&self) -> &str {
        &self.secret_block
    }

    /// True if the challenge was made for this password and not for an earlier one.
    pub(crate) fn is_for(&self, password: &Password) -> bool {
        self.password.salt == password.salt && self.password.hash == password.hash
    }

    /// True if the client proved that it knows the password.
    pub(crate) fn is_proved(&self, pool: &str, proof: &Proof) -> bool {
        let Ok(secret_block) = STANDARD.decode(&self.secret_block) else {
            return false;
        };
        let name = pool.rsplit('_').next().unwrap_or(pool);
        self.secret_block == proof.block
            && Hmac::<Sha256>::new_from_slice(&self.key()).is_ok_and(|mac| {
                mac.chain_update(name)
                    .chain_update(&self.user)
                    .chain_update(secret_block)
                    .chain_update(proof.timestamp.canonical())
                    .verify_slice(&proof.signature)
                    .is_ok()
            })
    }

    fn verifier(&self) -> BigUint {
        let exponent = BigUint::from_bytes_be(&self.password.hash);
        BigUint::from(2u8).modpow(&exponent, &prime())
    }

    fn server_public(&self) -> BigUint {
        let multiplier = hash(&[&padded(&prime()), &[2]]);
        let secret = BigUint::from_bytes_be(&self.server_secret);
        (multiplier * self.verifier() + BigUint::from(2u8).modpow(&secret, &prime())) % prime()
    }

    /// The 16 bytes that both sides derive.
    fn key(&self) -> Vec<u8> {
        let client_public = BigUint::from_bytes_be(&self.client_public);
        let scramble = hash(&[&padded(&client_public), &padded(&self.server_public())]);
        let base = client_public * self.verifier().modpow(&scramble, &prime());
        let shared = base.modpow(&BigUint::from_bytes_be(&self.server_secret), &prime());
        let inner = authenticate(&padded(&scramble), &padded(&shared));
        let mut key = authenticate(&inner, b"Caldera Derived Key\x01");
        key.truncate(16);
        key
    }
}

fn prime() -> BigUint {
    BigUint::parse_bytes(PRIME, 16).unwrap_or_default()
}

/// Big-endian bytes with a zero in front where a signed reader would see a minus.
fn padded(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    bytes
}

fn hash(parts: &[&[u8]]) -> BigUint {
    let digest = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize();
    BigUint::from_bytes_be(&digest)
}

fn authenticate(key: &[u8], text: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}
