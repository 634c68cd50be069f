//! Refresh tokens: `r1.<family>.<generation>.<MAC>`.

use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::secret::Secret;

use super::{decoded, encoded, is_sealed, parts, row, sealed};
use crate::account::AccountKey;
use crate::session::SessionId;

const PREFIX: &str = "r1";

/// One generation of a family of refresh tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// The row of the account.
    pub account: AccountKey,
    /// The family.
    pub session: SessionId,
    /// Number of the token in the family.
    pub generation: u32,
}

/// Text with the form of a refresh token; nothing of it is proved.
#[derive(Clone, Debug)]
pub struct UnverifiedRefreshToken {
    text: Secret,
    key_version: u16,
    token: RefreshToken,
}

impl RefreshToken {
    /// Returns the token as text.
    #[must_use]
    pub fn mint(&self, key: &CodeKey) -> Secret {
        let Self { account, session, generation } = self;
        let version = key.version().to_be_bytes();
        let family = encoded(&[&version, &session.0, account.as_str().as_bytes()]);
        let generation = encoded(&[&generation.to_be_bytes()]);
        sealed(key, Purpose::RefreshToken, &format!("{PREFIX}.{family}.{generation}"))
    }

    /// Reads a text; `None` if it has not the form of a refresh token.
    #[must_use]
    pub fn parse(text: Secret) -> Option<UnverifiedRefreshToken> {
        let [family, generation, _mac] = parts(&text, PREFIX)?;
        let family = decoded(family)?;
        let (version, rest) = family.split_first_chunk::<2>()?;
        let (session, account) = rest.split_first_chunk::<16>()?;
        let token = Self {
            account: row(account)?,
            session: SessionId(*session),
            generation: u32::from_be_bytes(decoded(generation)?.try_into().ok()?),
        };
        Some(UnverifiedRefreshToken { key_version: u16::from_be_bytes(*version), token, text })
    }
}

impl UnverifiedRefreshToken {
    /// Returns the version of the key that it claims to be made with.
    #[must_use]
    pub fn key_version(&self) -> u16 {
        self.key_version
    }

    /// Returns the token, if this key made it. Its row decides if it may be used.
    #[must_use]
    pub fn verify(self, key: &CodeKey) -> Option<RefreshToken> {
        let ours = key.version() == self.key_version;
        (ours && is_sealed(key, Purpose::RefreshToken, &self.text)).then_some(self.token)
    }
}
