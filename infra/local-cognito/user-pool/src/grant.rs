//! Grants: a sign-in and the refresh token that belongs to it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::Digest as _;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::client::Client;
use local_cognito_aws_emulation::{ApiError, randomness};

/// One sign-in, from which all its later tokens descend.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) origin: String,
    pub(crate) user: String,
    pub(crate) client: String,
    pub(crate) event: String,
    pub(crate) auth_time: u64,
    pub(crate) expires: u64,
    pub(crate) revoked: bool,
    /// The hash of the newest refresh token.
    pub(crate) refresh: RefreshHash,
    /// The hash of the refresh token before, and its expiry in seconds.
    pub(crate) previous: Option<(RefreshHash, u64)>,
}

/// The form in which a refresh token is stored; saved in base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct RefreshHash([u8; 32]);

impl RefreshHash {
    /// Returns the hash of a token.
    pub(crate) fn new(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl From<RefreshHash> for String {
    fn from(hash: RefreshHash) -> Self {
        URL_SAFE_NO_PAD.encode(hash.0)
    }
}

impl TryFrom<String> for RefreshHash {
    type Error = &'static str;

    fn try_from(saved: String) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(saved).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("not the hash of a refresh token")
    }
}

impl Grant {
    /// Returns a new sign-in and its refresh token.
    pub(crate) fn new(user: &str, client: &Client, now: u64) -> Result<(Self, String), ApiError> {
        let token = refresh_token()?;
        let grant = Self {
            origin: randomness::uuid()?,
            user: user.to_owned(),
            client: client.id.clone(),
            event: randomness::uuid()?,
            auth_time: now,
            expires: now.saturating_add(client.refresh_token_life()),
            revoked: false,
            refresh: RefreshHash::new(&token),
            previous: None,
        };
        Ok((grant, token))
    }

    /// Replaces the refresh token; the old one is valid for `grace` seconds more.
    pub(crate) fn rotate(&mut self, grace: u64, now: u64) -> Result<String, ApiError> {
        let token = refresh_token()?;
        let old = std::mem::replace(&mut self.refresh, RefreshHash::new(&token));
        self.previous = Some((old, now.saturating_add(grace)));
        Ok(token)
    }

    /// True if the refresh token with this hash is valid for this sign-in.
    pub(crate) fn has_refresh_token(&self, hash: &RefreshHash, now: u64) -> bool {
        self.refresh == *hash
            || self.previous.is_some_and(|(previous, until)| previous == *hash && now < until)
    }
}

fn refresh_token() -> Result<String, ApiError> {
    Ok(format!("{}{}", randomness::opaque()?, randomness::opaque()?))
}
