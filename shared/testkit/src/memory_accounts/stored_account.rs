//! Account in memory.

use lifeguard_identity::account::{AccountId, Kind, Status};
use lifeguard_identity::limits::{CREDENTIALS_SESSIONS, FAMILIES, GRACE};
use lifeguard_identity::linking::{Link, NonceTag};
use lifeguard_identity::session::{CredentialsSession, Family};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::LinkNonce;
use lifeguard_store::accounts::{NewSession, Rotation};

/// Account of a row.
pub(super) struct StoredAccount {
    pub(super) id: AccountId,
    pub(super) kind: Kind,
    pub(super) status: Status,
    pub(super) hash: Option<Secret>,
    pub(super) identity: Option<String>,
    pub(super) families: Vec<Family>,
    pub(super) credentials: Vec<CredentialsSession>,
    /// Links, each with the nonce that was used for it.
    pub(super) links: Vec<(Link, NonceTag)>,
    /// Nonces of families, and until when each may be used.
    pub(super) nonces: Vec<(LinkNonce, u64)>,
}

impl StoredAccount {
    pub(super) fn new(id: AccountId, kind: Kind) -> Self {
        Self {
            id,
            kind,
            status: Status::Active,
            hash: None,
            identity: None,
            families: Vec::new(),
            credentials: Vec::new(),
            links: Vec::new(),
            nonces: Vec::new(),
        }
    }

    pub(super) fn revoke(&mut self) {
        self.families.clear();
        self.credentials.clear();
    }

    pub(super) fn active_families(&self, now: u64) -> Vec<Family> {
        let active = |family: &&Family| now < family.idle && now < family.ends;
        self.families.iter().filter(active).cloned().collect()
    }

    pub(super) fn nonces(&self, now: u64) -> Vec<LinkNonce> {
        let nonces = self.nonces.iter().filter(|(_, end)| now < *end);
        let nonces = nonces.map(|(nonce, _)| nonce);
        nonces
            .filter(|nonce| self.families.iter().any(|family| family.tag == nonce.family))
            .cloned()
            .collect()
    }

    pub(super) fn credentials(&self, now: u64) -> Vec<CredentialsSession> {
        let families = self.active_families(now);
        let of_an_active_family = |session: &CredentialsSession| {
            families.iter().any(|family| family.tag == session.family)
        };
        let active =
            |session: &&CredentialsSession| now < session.expires && of_an_active_family(session);
        self.credentials.iter().filter(active).cloned().collect()
    }

    pub(super) fn keep(&mut self, identity: &str) -> Option<()> {
        let known = self.identity.get_or_insert_with(|| identity.to_owned());
        (known == identity).then_some(())
    }

    pub(super) fn add(&mut self, session: &CredentialsSession, now: u64) -> Option<()> {
        self.credentials = self.credentials(now);
        let known = self.credentials.iter().any(|other| other.tag == session.tag);
        if !known {
            (self.credentials.len() < CREDENTIALS_SESSIONS).then_some(())?;
            self.credentials.push(session.clone());
        }
        Some(())
    }

    pub(super) fn begin(&mut self, new: &NewSession) -> Option<()> {
        let known = self.identity.as_ref();
        known.is_none_or(|known| *known == new.identity).then_some(())?;
        let mut families = self.families.clone();
        if !families.iter().any(|family| family.tag == new.family.tag) {
            if families.len() >= FAMILIES {
                families = self.active_families(new.now);
                families.sort_by_key(|family| family.authenticated);
                families.drain(..(families.len() + 1).saturating_sub(FAMILIES));
            }
            families.push(new.family.clone());
        }
        let before = std::mem::replace(&mut self.families, families);
        if let Some(session) = &new.credentials
            && self.add(session, new.now).is_none()
        {
            self.families = before;
            return None;
        }
        self.keep(&new.identity)
    }

    /// The family of a generation that may be used, or was used up a moment ago.
    pub(super) fn usable(&mut self, rotation: &Rotation) -> Option<&mut Family> {
        let Rotation { family, generation, now, .. } = rotation;
        let family = self.families.iter_mut().find(|known| known.tag == *family)?;
        (*now < family.idle && *now < family.ends).then_some(())?;
        let newest = family.generation == *generation;
        let just_used = family.generation == generation + 1 && *now <= family.rotated + GRACE;
        (newest || just_used).then_some(family)
    }
}
