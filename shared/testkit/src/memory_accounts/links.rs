//! Links of the accounts in memory.

use lifeguard_identity::account::AccountKey;
use lifeguard_identity::limits::NONCE_LIFE;
use lifeguard_identity::linking::{Link, LoginKey};
use lifeguard_store::StoreError;
use lifeguard_store::accounts::LinkNonce;
use lifeguard_store::accounts::Written;
use lifeguard_store::accounts::links::{LinkSession, Links};

use super::stored_account::StoredAccount;
use super::{AccountRow, MemoryAccounts};

impl AccountRow {
    /// Returns the account, if it is active and has the session of the caller.
    fn in_session(&mut self, session: &LinkSession) -> Option<&mut StoredAccount> {
        let stored = self.active(&session.id, session.version)?;
        let active_families = stored.active_families(session.now);
        active_families.iter().any(|family| family.tag == session.family).then_some(stored)
    }
}

impl StoredAccount {
    /// Uses a nonce up for a link, unless the link is there by this very nonce.
    fn list(&mut self, session: &LinkSession, link: &Link) -> Option<()> {
        let of_provider = |(known, _): &&(Link, _)| known.provider == link.provider;
        match self.links.iter().find(of_provider) {
            Some((known, _)) if known.login != link.login => return None,
            Some((_, nonce)) if *nonce == session.nonce => return Some(()),
            Some(_) | None => {}
        }
        let given = LinkNonce { family: session.family.clone(), nonce: session.nonce.clone() };
        self.nonces(session.now).contains(&given).then_some(())?;
        self.nonces.retain(|(nonce, _)| *nonce != given);
        self.links.retain(|(known, _)| known.provider != link.provider);
        self.links.push((link.clone(), session.nonce.clone()));
        self.links.sort_by(|(one, _), (other, _)| one.provider.cmp(&other.provider));
        Some(())
    }
}

fn row_of(login: &LoginKey) -> AccountKey {
    AccountKey::from_stored(login.as_str().to_owned())
}

impl Links for MemoryAccounts {
    async fn give_nonce(&self, session: &LinkSession) -> Result<Written, StoreError> {
        Ok(self.write(&session.key, |row| {
            let stored = row.in_session(session)?;
            let (family, nonce) = (session.family.clone(), session.nonce.clone());
            stored.nonces.retain(|(known, _)| known.family != family);
            stored.nonces.push((LinkNonce { family, nonce }, session.now + NONCE_LIFE));
            Some(())
        }))
    }

    async fn list_link(&self, session: &LinkSession, link: &Link) -> Result<Written, StoreError> {
        Ok(self.write(&session.key, |row| row.in_session(session)?.list(session, link)))
    }

    async fn reserve_login(
        &self,
        login: &LoginKey,
        key: &AccountKey,
    ) -> Result<Written, StoreError> {
        Ok(self.write(&row_of(login), |row| {
            let owner = row.reserved_for.get_or_insert_with(|| key.clone());
            (owner == key).then_some(())
        }))
    }

    async fn free_login(&self, login: &LoginKey, key: &AccountKey) -> Result<Written, StoreError> {
        Ok(self.write(&row_of(login), |row| {
            (row.reserved_for.as_ref() == Some(key)).then(|| row.reserved_for = None)
        }))
    }

    async fn unlist_link(&self, key: &AccountKey, link: &Link) -> Result<Written, StoreError> {
        Ok(self.write(key, |row| {
            let links = &mut row.stored.as_mut()?.links;
            let other = |(known, _): &(Link, _)| {
                known.provider == link.provider && known.login != link.login
            };
            (!links.iter().any(other)).then_some(())?;
            links.retain(|(known, _)| known.provider != link.provider);
            Some(())
        }))
    }
}
