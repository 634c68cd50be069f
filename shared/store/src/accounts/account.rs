//! An account as its row says.

use lifeguard_identity::account::{AccountId, AccountKey, Kind, Status};
use lifeguard_identity::linking::{Link, NonceTag};
use lifeguard_identity::session::{CredentialsSession, Family, SessionTag};
use lifeguard_sign_in::secret::Secret;

/// An account as its row says.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its row.
    pub key: AccountKey,
    /// What the identity pool knows it by.
    pub id: AccountId,
    /// By what it is found.
    pub kind: Kind,
    /// Whether it may be used.
    pub status: Status,
    /// Rises with everything that ends all sessions: a new password, recovery, disabling.
    pub version: u64,
    /// The password's hash in the PHC format; only people of the built-in directory have one.
    pub hash: Option<Secret>,
    /// The identity that the pool gave, once it is known.
    pub identity: Option<String>,
    /// The families that live, dead ones left out.
    pub families: Vec<Family>,
    /// The sessions for credentials that live, dead ones left out.
    pub credentials: Vec<CredentialsSession>,
    /// The logins of other providers that lead here.
    pub links: Vec<Link>,
    /// The nonces that sessions may use for another link.
    pub nonces: Vec<LinkNonce>,
}

/// The nonce that a session was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkNonce {
    /// The family of the session.
    pub family: SessionTag,
    /// The nonce.
    pub nonce: NonceTag,
}

impl Account {
    /// The family of this name, if it lives.
    #[must_use]
    pub fn family(&self, tag: &SessionTag) -> Option<&Family> {
        self.families.iter().find(|family| family.tag == *tag)
    }

    /// The nonce that a family may use.
    #[must_use]
    pub fn link_nonce(&self, family: &SessionTag) -> Option<&NonceTag> {
        self.nonces.iter().find(|nonce| nonce.family == *family).map(|nonce| &nonce.nonce)
    }
}
