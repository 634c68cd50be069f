//! Sessions of an account: families of refresh tokens, and sessions for credentials.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Random name of a session, which only its tokens hold; the row holds a hash of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub [u8; 16]);

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId([redacted])")
    }
}

/// Name of a session in the row of its account, and to its owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionTag(String);

/// Family of refresh tokens as the row holds it, without token or hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name.
    pub tag: SessionTag,
    /// The generation that may be used next.
    pub generation: u32,
    /// Creation of that generation, in seconds since 1970.
    pub rotated: u64,
    /// Time of the user's authentication, in seconds since 1970.
    pub authenticated: u64,
    /// Expiry of the family if it is not used, in seconds since 1970.
    pub idle: u64,
    /// Expiry in any case, in seconds since 1970.
    pub ends: u64,
}

/// Session for credentials as the row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialsSession {
    /// Its name.
    pub tag: SessionTag,
    /// The family that minted it; both are revoked together.
    pub family: SessionTag,
    /// Time of creation, in seconds since 1970.
    pub created: u64,
    /// Expiry, in seconds since 1970.
    pub expires: u64,
}

impl Family {
    /// True if it can be used at `now`.
    #[must_use]
    pub fn is_active(&self, now: u64) -> bool {
        now < self.idle && now < self.ends
    }
}

impl SessionId {
    /// Returns the name of this session in the row.
    #[must_use]
    pub fn tag(self) -> SessionTag {
        let hash = Sha256::digest([&b"lifeguard/1/session"[..], &self.0].concat());
        SessionTag(URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default()))
    }
}

impl SessionTag {
    /// Wraps a name that was read from a row or given by its owner.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
