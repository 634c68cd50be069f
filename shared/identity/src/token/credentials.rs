//! Tokens that open `GET /v1/credentials` and nothing else: `c1.<session>.<MAC>`.

use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::secret::Secret;

use super::{decoded, encoded, is_sealed, parts, row, sealed};
use crate::account::AccountKey;
use crate::session::SessionId;

const PREFIX: &str = "c1";

/// A session for credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialsToken {
    /// The row of the account.
    pub account: AccountKey,
    /// The session.
    pub session: SessionId,
    /// Expiry, in seconds since 1970.
    pub expires: u64,
}

/// Text with the form of such a token; nothing of it is proved.
#[derive(Clone, Debug)]
pub struct UnverifiedCredentialsToken {
    text: Secret,
    key_version: u16,
    token: CredentialsToken,
}

impl CredentialsToken {
    /// Returns the token as text.
    #[must_use]
    pub fn mint(&self, key: &CodeKey) -> Secret {
        let Self { account, session, expires } = self;
        let version = key.version().to_be_bytes();
        let expires = expires.to_be_bytes();
        let body = encoded(&[&version, &session.0, &expires, account.as_str().as_bytes()]);
        sealed(key, Purpose::CredentialsToken, &format!("{PREFIX}.{body}"))
    }

    /// Reads a text; `None` if it has not the form of such a token.
    #[must_use]
    pub fn parse(text: Secret) -> Option<UnverifiedCredentialsToken> {
        let [body, _mac] = parts(&text, PREFIX)?;
        let body = decoded(body)?;
        let (version, rest) = body.split_first_chunk::<2>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (expires, account) = rest.split_first_chunk::<8>()?;
        let token = Self {
            account: row(account)?,
            session: SessionId(*session),
            expires: u64::from_be_bytes(*expires),
        };
        Some(UnverifiedCredentialsToken { key_version: u16::from_be_bytes(*version), token, text })
    }
}

impl UnverifiedCredentialsToken {
    /// Returns the version of the key that it claims to be made with.
    #[must_use]
    pub fn key_version(&self) -> u16 {
        self.key_version
    }

    /// Returns the token, if this key made it and it has not expired at `now`. Its row decides if
    /// its session is active.
    #[must_use]
    pub fn verify(self, key: &CodeKey, now: u64) -> Option<CredentialsToken> {
        let ours = key.version() == self.key_version;
        (ours && is_sealed(key, Purpose::CredentialsToken, &self.text))
            .then_some(self.token)
            .filter(|token| now < token.expires)
    }
}
