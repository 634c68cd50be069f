//! Sessions of an account: families of refresh tokens, and sessions for credentials.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The random name of a session, which only its tokens hold; the row holds a hash of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub [u8; 16]);

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId([redacted])")
    }
}

/// The name of a session in the row of its account, and to those who list and end it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionTag(String);

/// A family of refresh tokens as the row holds it. There is neither token nor hash in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name.
    pub tag: SessionTag,
    /// The generation that may be used next.
    pub generation: u32,
    /// When that generation came to be, in seconds since 1970.
    pub rotated: u64,
    /// When the person proved who they are, in seconds since 1970.
    pub authenticated: u64,
    /// From when on the family is dead if it is not used, in seconds since 1970.
    pub idle: u64,
    /// From when on it is dead in any case, in seconds since 1970.
    pub ends: u64,
}

/// A session for credentials as the row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialsSession {
    /// Its name.
    pub tag: SessionTag,
    /// The family that minted it, and with which it ends.
    pub family: SessionTag,
    /// When it was minted, in seconds since 1970.
    pub created: u64,
    /// From when on it is dead, in seconds since 1970.
    pub expires: u64,
}

impl Family {
    /// Whether it can still be used at `now`.
    #[must_use]
    pub fn is_active(&self, now: u64) -> bool {
        now < self.idle && now < self.ends
    }
}

impl SessionId {
    /// The name of this session in the row.
    #[must_use]
    pub fn tag(self) -> SessionTag {
        let hash = Sha256::digest([&b"lifeguard/1/session"[..], &self.0].concat());
        SessionTag(URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default()))
    }
}

impl SessionTag {
    /// A name that was read from a row or given by its owner.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
