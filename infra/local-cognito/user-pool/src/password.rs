//! Passwords: the stored form and the lockout.

use std::time::Duration;

use hmac::digest::Digest as _;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::settings::Settings;
use local_cognito_aws_emulation::{ApiError, randomness};

/// A stored password: a salt and the salted SHA-256 that SRP calls `x`.
///
/// One value thus serves the plain flow and SRP; a real directory would use a slow hash.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Password {
    pub(crate) salt: [u8; 16],
    pub(crate) hash: [u8; 32],
    /// Expiry of a temporary password, in seconds; permanent ones have none.
    pub(crate) until: Option<u64>,
}

/// Wrong passwords in a row.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Lockout {
    wrong: u32,
    /// In milliseconds.
    until: u64,
}

impl Password {
    /// Stores a password of a user of a pool.
    pub(crate) fn new(pool: &str, user: &str, password: &str) -> Result<Self, ApiError> {
        let salt = salt_of(randomness::bytes()?);
        Ok(Self { salt, hash: salted(&salt, pool, user, password), until: None })
    }

    /// Returns a password that no text fits, with the salt of this seed.
    pub(crate) fn without_text(seed: [u8; 16]) -> Result<Self, ApiError> {
        Ok(Self { salt: salt_of(seed), hash: randomness::bytes()?, until: None })
    }

    /// True if this is the password.
    pub(crate) fn matches(&self, pool: &str, user: &str, password: &str) -> bool {
        salted(&self.salt, pool, user, password).ct_eq(&self.hash).into()
    }
}

/// Makes the leading nibble 1 to 7, which keeps the salt the same number of bytes as an SRP integer.
fn salt_of(mut seed: [u8; 16]) -> [u8; 16] {
    if let Some(first) = seed.first_mut() {
        *first = *first & 0x7f | 0x10;
    }
    seed
}

fn salted(salt: &[u8; 16], pool: &str, user: &str, password: &str) -> [u8; 32] {
    let name = pool.rsplit('_').next().unwrap_or(pool);
    let inner = Sha256::new()
        .chain_update(name)
        .chain_update(user)
        .chain_update(":")
        .chain_update(password)
        .finalize();
    Sha256::new().chain_update(salt).chain_update(inner).finalize().into()
}

impl Lockout {
    /// Refuses an attempt during a lockout.
    pub(crate) fn check(&self, now_millis: u64) -> Result<(), ApiError> {
        if now_millis < self.until {
            Err(ApiError::refused("Password attempts exceeded"))
        } else {
            Ok(())
        }
    }

    /// Counts a wrong password; after the last free one the lockout doubles each time.
    pub(crate) fn count(&mut self, settings: &Settings, now_millis: u64) {
        self.wrong = self.wrong.saturating_add(1);
        if let Some(beyond) = self.wrong.checked_sub(settings.password_tries) {
            let wait = Duration::from_secs(1u64.checked_shl(beyond.min(32)).unwrap_or(u64::MAX))
                .min(settings.longest_lockout);
            let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            self.until = now_millis.saturating_add(wait);
        }
    }

    /// Forgets all wrong passwords.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_fits_only_its_own_user_and_text() {
        let stored = Password::new("eu-west-1_Pool", "noor", "Passw0rd!").unwrap();
        assert!(stored.matches("eu-west-1_Pool", "noor", "Passw0rd!"));
        assert!(!stored.matches("eu-west-1_Pool", "noor", "passw0rd!"));
        assert!(!stored.matches("eu-west-1_Pool", "liv", "Passw0rd!"));
    }

    #[test]
    fn fifth_wrong_password_starts_a_lockout_that_doubles() {
        let settings = Settings::default();
        let mut lockout = Lockout::default();
        for _ in 0..4 {
            lockout.count(&settings, 1_000);
        }
        assert!(lockout.check(1_000).is_ok());
        lockout.count(&settings, 1_000);
        assert!(lockout.check(1_999).is_err());
        assert!(lockout.check(2_000).is_ok());
        lockout.count(&settings, 2_000);
        assert!(lockout.check(3_999).is_err());
        assert!(lockout.check(4_000).is_ok());
    }
}
