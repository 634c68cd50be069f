//! Time and random bytes of one invocation.

/// Time and random bytes of one invocation.
#[derive(Clone, Copy, Debug)]
pub struct Invocation {
    /// The time, in seconds since 1970.
    pub now: u64,
    /// The id of a new account.
    pub account: [u8; 16],
    /// The tie of the codes of a registration.
    pub tie: [u8; 16],
    /// The id of a new challenge.
    pub challenge: [u8; 16],
    /// The nonce of a handle, of a request to the operator's directory, or of a session that links
    /// another login.
    pub nonce: [u8; 16],
    /// The salt of a new hash.
    pub salt: [u8; 16],
    /// The id of a new session.
    pub family: [u8; 16],
    /// The id of a new credentials session, or the nonce of a request that confirms a challenge.
    pub credentials: [u8; 16],
}

impl Invocation {
    /// Assigns random bytes to an invocation at `now`, in seconds since 1970.
    #[must_use]
    pub fn new(now: u64, bytes: [[u8; 16]; 7]) -> Self {
        let [account, tie, challenge, nonce, salt, family, credentials] = bytes;
        Self { now, account, tie, challenge, nonce, salt, family, credentials }
    }
}
