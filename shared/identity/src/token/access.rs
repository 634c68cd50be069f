//! Tokens for our own routes: `a1.<session>.<MAC>`.

use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::encode::length_prefixed;
use lifeguard_sign_in::secret::Secret;
use sha2::{Digest, Sha256};

use super::{decoded, encoded, is_sealed, parts, row, sealed};
use crate::account::{AccountId, AccountKey};
use crate::limits::RECENT;
use crate::session::SessionId;

const PREFIX: &str = "a1";

/// Grant source: the sign-in or token that an access token was issued for, and is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantSource {
    /// A sign-in by password, and the family that it began.
    SignIn(SessionId),
    /// A family that was refreshed: the user has not authenticated just now.
    Refreshed(SessionId),
    /// A token of a trusted issuer, with the account's fingerprint then: there is no family.
    Exchanged(AccountFingerprint),
}

/// Account fingerprint: a hash over the account's id and version. The id is random and in no token,
/// so that the key alone makes no token for any account, and an account that comes after an erased
/// one in the same row is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountFingerprint([u8; 16]);

/// Token for our own routes, for a short time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// The row of the account.
    pub account: AccountKey,
    /// The grant source.
    pub source: GrantSource,
    /// Time of the user's authentication, in seconds since 1970.
    pub authenticated: u64,
    /// Expiry, in seconds since 1970.
    pub expires: u64,
}

/// Text with the form of such a token; nothing of it is proved.
#[derive(Clone, Debug)]
pub struct UnverifiedAccessToken {
    text: Secret,
    key_version: u16,
    token: AccessToken,
}

/// Freshness of the sign-in behind an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The user has authenticated here within the last minutes.
    Fresh,
    /// The sign-in was too long ago, a refresh, or at another issuer.
    Stale,
}

impl AccountFingerprint {
    /// Hashes the id and version of an account.
    #[must_use]
    pub fn new(id: &AccountId, version: u64) -> Self {
        let version = version.to_be_bytes();
        let fields = [&b"standing"[..], id.as_str().as_bytes(), &version];
        let hash = Sha256::digest(length_prefixed(&fields));
        let mut half = [0; 16];
        half.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(half)
    }
}

impl AccessToken {
    /// Returns the token as text.
    #[must_use]
    pub fn mint(&self, key: &CodeKey) -> Secret {
        let Self { account, source, authenticated, expires } = self;
        let (kind, source) = match source {
            GrantSource::SignIn(session) => (b"s", session.0),
            GrantSource::Refreshed(session) => (b"r", session.0),
            GrantSource::Exchanged(fingerprint) => (b"e", fingerprint.0),
        };
        let version = key.version().to_be_bytes();
        let (authenticated, expires) = (authenticated.to_be_bytes(), expires.to_be_bytes());
        let account = account.as_str().as_bytes();
        let body = encoded(&[&version, kind, &source, &authenticated, &expires, account]);
        sealed(key, Purpose::AccessToken, &format!("{PREFIX}.{body}"))
    }

    /// Reads a text; `None` if it has not the form of such a token.
    #[must_use]
    pub fn parse(text: Secret) -> Option<UnverifiedAccessToken> {
        let [body, _mac] = parts(&text, PREFIX)?;
        let body = decoded(body)?;
        let (version, rest) = body.split_first_chunk::<2>()?;
        let (kind, rest) = rest.split_first_chunk::<1>()?;
        let (source, rest) = rest.split_first_chunk::<16>()?;
        let (authenticated, rest) = rest.split_first_chunk::<8>()?;
        let (expires, account) = rest.split_first_chunk::<8>()?;
        let source = match kind {
            b"s" => GrantSource::SignIn(SessionId(*source)),
            b"r" => GrantSource::Refreshed(SessionId(*source)),
            b"e" => GrantSource::Exchanged(AccountFingerprint(*source)),
            _ => return None,
        };
        let token = Self {
            account: row(account)?,
            source,
            authenticated: u64::from_be_bytes(*authenticated),
            expires: u64::from_be_bytes(*expires),
        };
        Some(UnverifiedAccessToken { key_version: u16::from_be_bytes(*version), token, text })
    }

    /// Returns the freshness at `now`.
    #[must_use]
    pub fn proof(&self, now: u64) -> Proof {
        match self.source {
            GrantSource::SignIn(_) if now < self.authenticated.saturating_add(RECENT) => {
                Proof::Fresh
            }
            GrantSource::SignIn(_) | GrantSource::Refreshed(_) | GrantSource::Exchanged(_) => {
                Proof::Stale
            }
        }
    }
}

impl UnverifiedAccessToken {
    /// Returns the version of the key that it claims to be made with.
    #[must_use]
    pub fn key_version(&self) -> u16 {
        self.key_version
    }

    /// Returns the token, if this key made it and it has not expired at `now`. Its row decides if
    /// its session is active.
    #[must_use]
    pub fn verify(self, key: &CodeKey, now: u64) -> Option<AccessToken> {
        let ours = key.version() == self.key_version;
        (ours && is_sealed(key, Purpose::AccessToken, &self.text))
            .then_some(self.token)
            .filter(|token| now < token.expires)
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessToken, AccountFingerprint, GrantSource, Proof};
    use crate::account::{AccountId, AccountKey};
    use crate::session::SessionId;

    #[track_caller]
    fn check(source: GrantSource, now: u64, expected: Proof) {
        let account = AccountKey::from_adapter_id("noor");
        let token = AccessToken { account, source, authenticated: 1_000, expires: 1_900 };
        assert_eq!(token.proof(now), expected, "{source:?} at {now}");
    }

    #[test]
    fn sign_in_of_the_last_five_minutes_is_a_fresh_proof() {
        let session = SessionId([1; 16]);
        check(GrantSource::SignIn(session), 1_000, Proof::Fresh);
        check(GrantSource::SignIn(session), 1_299, Proof::Fresh);
        check(GrantSource::SignIn(session), 1_300, Proof::Stale);
        check(GrantSource::Refreshed(session), 1_000, Proof::Stale);
        let fingerprint = AccountFingerprint::new(&AccountId::from_random([7; 16]), 1);
        check(GrantSource::Exchanged(fingerprint), 1_000, Proof::Stale);
    }

    #[test]
    fn t68_fingerprint_is_of_one_account_and_one_version() {
        let (noor, kim) = (AccountId::from_random([7; 16]), AccountId::from_random([8; 16]));
        assert_eq!(AccountFingerprint::new(&noor, 1), AccountFingerprint::new(&noor, 1));
        assert_ne!(AccountFingerprint::new(&noor, 1), AccountFingerprint::new(&noor, 2));
        assert_ne!(AccountFingerprint::new(&noor, 1), AccountFingerprint::new(&kim, 1));
    }
}
