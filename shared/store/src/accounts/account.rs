//! Account as stored.

use lifeguard_identity::account::{AccountId, AccountKey, Kind, Status};
use lifeguard_identity::linking::{Link, NonceTag};
use lifeguard_identity::session::{CredentialsSession, Family, SessionTag};
use lifeguard_sign_in::secret::Secret;

/// Account as stored.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its row.
    pub key: AccountKey,
    /// Its id in the identity pool.
    pub id: AccountId,
    /// Kind of its key.
    pub kind: Kind,
    /// Account status.
    pub status: Status,
    /// Rises with everything that revokes all sessions: a new password, recovery, disabling.
    pub version: u64,
    /// The password's hash in the PHC format; only accounts of the built-in directory have one.
    pub hash: Option<Secret>,
    /// The identity that the pool gave, once it is known.
    pub identity: Option<String>,
    /// The active families, without expired ones.
    pub families: Vec<Family>,
    /// The active sessions for credentials, without expired ones.
    pub credentials: Vec<CredentialsSession>,
    /// The linked logins of other providers.
    pub links: Vec<Link>,
    /// The nonces that sessions may use for another link.
    pub nonces: Vec<LinkNonce>,
}

/// Nonce that was issued to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkNonce {
    /// The family of the session.
    pub family: SessionTag,
    /// The nonce.
    pub nonce: NonceTag,
}

impl Account {
    /// Returns the family of this name, if it is active.
    #[must_use]
    pub fn family(&self, tag: &SessionTag) -> Option<&Family> {
        self.families.iter().find(|family| family.tag == *tag)
    }

    /// Returns the nonce that a family may use.
    #[must_use]
    pub fn link_nonce(&self, family: &SessionTag) -> Option<&NonceTag> {
        self.nonces.iter().find(|nonce| nonce.family == *family).map(|nonce| &nonce.nonce)
    }
}
