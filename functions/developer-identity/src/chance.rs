//! Time and random bytes of one request.

/// Time and random bytes of one request.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// Now, in seconds since 1970.
    pub now: u64,
    /// A new account's id.
    pub account: [u8; 16],
    /// A registration's nonce.
    pub registration: [u8; 16],
    /// A new challenge's id.
    pub challenge: [u8; 16],
    /// The nonce of whoever answers the challenge, or of a session that links another login.
    pub nonce: [u8; 16],
    /// The salt of a new hash.
    pub salt: [u8; 16],
    /// A new family's name.
    pub family: [u8; 16],
    /// The name of a new session for credentials.
    pub credentials: [u8; 16],
}

impl Chance {
    /// The chance of a request at `now`, from random bytes.
    #[must_use]
    pub fn of(now: u64, bytes: [[u8; 16]; 7]) -> Self {
        let [account, registration, challenge, nonce, salt, family, credentials] = bytes;
        Self { now, account, registration, challenge, nonce, salt, family, credentials }
    }
}
