//! Password hashes: Argon2id, one at a time, in one block of memory that is reused.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use lifeguard_sign_in::secret::Secret;
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::opaque_string;

/// The longest password, in bytes; checked before hashing.
pub const MOST_BYTES: usize = 1024;

/// Memory in KiB, passes and lanes (OWASP, Password Storage Cheat Sheet).
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The least memory in KiB of a stored hash, and the least product of memory and passes. A weaker
/// hash is rejected, since an attacker may have stored it.
const LEAST_MEMORY: u32 = 7_168;
const LEAST_WORK: u32 = 5 * LEAST_MEMORY;
/// The most memory in KiB and the most passes of a stored hash.
const MOST_MEMORY: u32 = 65_536;
const MOST_PASSES: u32 = 10;
/// The length of a hash, in bytes.
const LENGTH: usize = 32;

/// The salt of the hash that is computed for an unknown user, so that it costs as much as a known
/// one.
const UNKNOWN_USER_SALT: &[u8; 16] = b"no stored hash..";

/// Failure to hash a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the parameters of the hash are not usable")]
pub struct HashFault;

/// Result of comparing a password with a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The password is right, and its hash is as strong as a new one.
    Right,
    /// The password is right, and its hash is weaker than a new one, or not of the normal form.
    RightButWeak,
    /// The password is wrong, or no hash is stored.
    Wrong,
}

/// A password hash.
pub trait Hashing {
    /// Computes a new hash, in the PHC format.
    ///
    /// # Errors
    /// [`HashFault`] if the library rejects the parameters.
    fn hash(&self, password: &Secret, salt: [u8; 16]) -> Result<Secret, HashFault>;

    /// Compares a password with a stored hash. It costs one hash for every stored value, and for
    /// none.
    fn verify(&self, password: &Secret, stored: Option<&Secret>) -> Comparison;
}

/// Argon2id with one block of memory: a new block for each hash grows the process without end.
#[derive(Default)]
pub struct Argon {
    memory: Mutex<Vec<Block>>,
}

/// A stored hash with acceptable parameters.
struct Stored {
    params: Params,
    salt: Salt,
    hash: Output,
}

impl Argon {
    fn compute(
        &self,
        params: Params,
        password: &Secret,
        salt: &[u8],
    ) -> Result<[u8; LENGTH], HashFault> {
        let blocks = usize::try_from(params.m_cost()).map_err(|_| HashFault)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() < blocks {
            memory.resize(blocks, Block::default());
        }
        let mut hash = [0; LENGTH];
        let password = password.expose().as_bytes();
        argon
            .hash_password_into_with_memory(password, salt, &mut hash, memory.as_mut_slice())
            .map_err(|_| HashFault)?;
        Ok(hash)
    }
}

impl Hashing for Argon {
    fn hash(&self, password: &Secret, salt: [u8; 16]) -> Result<Secret, HashFault> {
        let params = current().ok_or(HashFault)?;
        let hash = self.compute(params.clone(), password, &salt)?;
        let stored = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: (&params).try_into().map_err(|_| HashFault)?,
            salt: Some(Salt::new(&salt).map_err(|_| HashFault)?),
            hash: Some(Output::new(&hash).map_err(|_| HashFault)?),
        };
        Ok(Secret::new(stored.to_string()))
    }

    fn verify(&self, password: &Secret, stored: Option<&Secret>) -> Comparison {
        let stored = stored.and_then(|stored| parse(stored.expose()));
        let (params, salt) = match &stored {
            Some(stored) => (Some(stored.params.clone()), &stored.salt[..]),
            None => (current(), &UNKNOWN_USER_SALT[..]),
        };
        let computed = params.and_then(|params| self.compute(params, password, salt).ok());
        match (stored, computed) {
            (Some(stored), Some(hash)) if bool::from(hash.ct_eq(stored.hash.as_bytes())) => {
                if is_weak(&stored.params) {
                    Comparison::RightButWeak
                } else {
                    Comparison::Right
                }
            }
            (Some(_) | None, _) => Comparison::Wrong,
        }
    }
}

/// Compares a typed password with a stored hash, and returns the text for a new hash.
///
/// Hashes are of the normal form. Older ones are of the text as it was typed, so a typed text that is
/// not its normal form is compared as well. That happens for every result of the first comparison, so
/// the number of hashes depends on the typed text alone, and not on the account or its password. One
/// attempt thus tests two texts, of which a stored hash fits one at most: an older hash of a text that
/// is not its normal form never fits the normal form, and any other hash never fits such a text.
pub(crate) fn verify_typed(
    hashing: &impl Hashing,
    typed: &Secret,
    stored: Option<&Secret>,
) -> (Comparison, Secret) {
    let Some(normal) = opaque_string::enforce(typed.expose()).map(Secret::new) else {
        return (hashing.verify(typed, stored), typed.clone());
    };
    let of_normal = hashing.verify(&normal, stored);
    if normal.matches(typed) {
        return (of_normal, normal);
    }
    let of_typed = hashing.verify(typed, stored);
    let verified = match (of_normal, of_typed) {
        (Comparison::Right | Comparison::RightButWeak, _) => of_normal,
        (Comparison::Wrong, Comparison::Right | Comparison::RightButWeak) => {
            Comparison::RightButWeak
        }
        (Comparison::Wrong, Comparison::Wrong) => Comparison::Wrong,
    };
    (verified, normal)
}

fn current() -> Option<Params> {
    Params::new(MEMORY, PASSES, LANES, Some(LENGTH)).ok()
}

/// Parses a stored hash; `None` for one that no version of this provider would have stored.
fn parse(text: &str) -> Option<Stored> {
    let hash = PasswordHash::new(text).ok()?;
    let is_argon2id = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into());
    let params = Params::try_from(&hash).ok().filter(|_| is_argon2id)?;
    let (memory, passes) = (params.m_cost(), params.t_cost());
    let is_acceptable = (LEAST_MEMORY..=MOST_MEMORY).contains(&memory)
        && passes <= MOST_PASSES
        && memory.saturating_mul(passes) >= LEAST_WORK
        && params.p_cost() == LANES;
    let output = hash.hash.filter(|hash| hash.len() == LENGTH)?;
    is_acceptable.then_some(Stored { params, salt: hash.salt?, hash: output })
}

/// True if a new hash would be stronger.
fn is_weak(params: &Params) -> bool {
    params.m_cost() < MEMORY || params.m_cost().saturating_mul(params.t_cost()) < MEMORY * PASSES
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Argon, Comparison, HashFault, Hashing, verify_typed};
    use lifeguard_sign_in::secret::Secret;

    const PASSWORD: &str = "correct horse battery";

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn hashed(memory: u32, passes: u32, algorithm: argon2::Algorithm) -> Secret {
        use argon2::password_hash::CustomizedPasswordHasher;
        let params = argon2::Params::new(memory, passes, 1, Some(32)).unwrap();
        let hash = argon2::Argon2::default()
            .hash_password_customized(
                PASSWORD.as_bytes(),
                b"sixteen bytes !!",
                Some(algorithm.as_str()),
                None,
                params,
            )
            .unwrap();
        secret(&hash.to_string())
    }

    #[test]
    fn password_fits_its_own_hash_and_no_other() {
        let argon = Argon::default();
        let hash = argon.hash(&secret(PASSWORD), [7; 16]).unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(argon.verify(&secret(PASSWORD), Some(&hash)), Comparison::Right);
        assert_eq!(argon.verify(&secret("another"), Some(&hash)), Comparison::Wrong);
        assert_eq!(argon.verify(&secret(PASSWORD), None), Comparison::Wrong);
        let other = argon.hash(&secret(PASSWORD), [8; 16]).unwrap();
        assert!(!other.matches(&hash));
    }

    /// Stored, typed, the verdict, and the text that is hashed from now on.
    #[test]
    fn old_hash_of_any_spelling_is_right_for_that_spelling() {
        const NFC: &str = "zw\u{f6}lf gr\u{fc}ne Enten";
        const NFD: &str = "zwo\u{308}lf gru\u{308}ne Enten";
        const SPACED: &str = "zw\u{f6}lf\u{a0}gr\u{fc}ne Enten";
        const INVISIBLE: &str = "zw\u{f6}lf gr\u{fc}ne\u{200b} Enten";
        let argon = Argon::default();
        for (stored, typed, verified, hashed) in [
            (NFC, NFC, Comparison::Right, NFC),
            (NFC, NFD, Comparison::Right, NFC),
            (NFC, SPACED, Comparison::Right, NFC),
            (NFC, INVISIBLE, Comparison::Wrong, INVISIBLE),
            (NFD, NFD, Comparison::RightButWeak, NFC),
            (NFD, NFC, Comparison::Wrong, NFC),
            (NFD, SPACED, Comparison::Wrong, NFC),
            (SPACED, SPACED, Comparison::RightButWeak, NFC),
            (INVISIBLE, INVISIBLE, Comparison::Right, INVISIBLE),
            (INVISIBLE, NFC, Comparison::Wrong, NFC),
        ] {
            let hash = argon.hash(&secret(stored), [7; 16]).unwrap();
            let compared = verify_typed(&argon, &secret(typed), Some(&hash));
            assert_eq!(
                (compared.0, compared.1.expose()),
                (verified, hashed),
                "{stored:?} {typed:?}"
            );
        }
    }

    /// Returns a fixed result for each text, and counts the hashes.
    struct Counting {
        right: &'static str,
        verdict: Comparison,
        hashed: Cell<usize>,
    }

    impl Hashing for Counting {
        fn hash(&self, _: &Secret, _: [u8; 16]) -> Result<Secret, HashFault> {
            Err(HashFault)
        }

        fn verify(&self, password: &Secret, stored: Option<&Secret>) -> Comparison {
            self.hashed.set(self.hashed.get() + 1);
            let right = stored.is_some() && password.expose() == self.right;
            if right { self.verdict } else { Comparison::Wrong }
        }
    }

    #[test]
    fn t62_hashes_of_an_attempt_depend_on_the_typed_text_alone() {
        for (typed, hashes) in
            [("caf\u{e9}", 1), ("cafe\u{301}", 2), ("\u{ff43}af\u{e9}", 1), ("a\u{200b}", 1)]
        {
            for right in [typed, "caf\u{e9}", "none"] {
                for stored in [None, Some(secret("hash"))] {
                    for verdict in [Comparison::Right, Comparison::RightButWeak] {
                        let hashing = Counting { right, verdict, hashed: Cell::new(0) };
                        verify_typed(&hashing, &secret(typed), stored.as_ref());
                        assert_eq!(hashing.hashed.get(), hashes, "{typed:?} {right:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn t64_older_parameters_are_accepted_and_no_downgrade_is() {
        use argon2::Algorithm::{Argon2d, Argon2i, Argon2id};
        let argon = Argon::default();
        let check = |hash: &Secret, expected| {
            assert_eq!(argon.verify(&secret(PASSWORD), Some(hash)), expected, "{}", hash.expose());
        };
        check(&hashed(19_456, 2, Argon2id), Comparison::Right);
        check(&hashed(47_104, 1, Argon2id), Comparison::Right);
        check(&hashed(12_288, 3, Argon2id), Comparison::RightButWeak);
        check(&hashed(7_168, 5, Argon2id), Comparison::RightButWeak);
        check(&hashed(7_168, 4, Argon2id), Comparison::Wrong);
        check(&hashed(64, 10, Argon2id), Comparison::Wrong);
        check(&hashed(19_456, 2, Argon2i), Comparison::Wrong);
        check(&hashed(19_456, 2, Argon2d), Comparison::Wrong);
        check(
            &secret("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"),
            Comparison::Wrong,
        );
        check(&secret(PASSWORD), Comparison::Wrong);
    }
}
