//! Passwords and administration of the accounts in memory.

use lifeguard_identity::account::{AccountId, AccountKey, Status};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::StoreError;
use lifeguard_store::accounts::administration::{Administration, IdentityChange, NewStatus};
use lifeguard_store::accounts::passwords::{NewPassword, Passwords, Rehash};
use lifeguard_store::accounts::{Attempt, Written};

use super::MemoryAccounts;

fn same(hash: Option<&Secret>, other: &Secret) -> bool {
    hash.is_some_and(|hash| hash.matches(other))
}

impl Passwords for MemoryAccounts {
    async fn attempt_change(
        &self,
        key: &AccountKey,
        id: &AccountId,
        now: u64,
    ) -> Result<Attempt, StoreError> {
        Ok(self.change(key, |row| {
            if row.known_as(id).is_none() || !row.changes.count(now) {
                return Attempt::Blocked;
            }
            Attempt::Reserved(row.account(key, now))
        }))
    }

    async fn replace(&self, new: &NewPassword) -> Result<Written, StoreError> {
        Ok(self.write(&new.key, |row| {
            let repeated = row.active(&new.id, new.version + 1);
            if repeated.is_some_and(|stored| same(stored.hash.as_ref(), &new.hash)) {
                return Some(());
            }
            let stored = row.active(&new.id, new.version)?;
            stored.hash.is_some().then_some(())?;
            stored.hash = Some(new.hash.clone());
            stored.revoke();
            row.versions += 1;
            row.reset();
            Some(())
        }))
    }

    async fn rehash(&self, rehash: &Rehash) -> Result<Written, StoreError> {
        Ok(self.write(&rehash.key, |row| {
            let id = row.stored.as_ref()?.id.clone();
            let stored = row.active(&id, row.versions)?;
            let hash = stored.hash.as_ref();
            (same(hash, &rehash.old) || same(hash, &rehash.new)).then_some(())?;
            stored.hash = Some(rehash.new.clone());
            Some(())
        }))
    }
}

impl Administration for MemoryAccounts {
    async fn find(&self, id: &AccountId) -> Result<Option<AccountKey>, StoreError> {
        let mut rows = self.0.lock().expect("no test panicked inside");
        let found = rows.iter_mut().find_map(|(key, row)| row.known_as(id).map(|_| key.clone()));
        Ok(found)
    }

    async fn set_status(
        &self,
        key: &AccountKey,
        id: &AccountId,
        status: NewStatus,
    ) -> Result<Written, StoreError> {
        Ok(self.write(key, |row| {
            let stored = row.known_as(id)?;
            match status {
                NewStatus::Active => stored.status = Status::Active,
                NewStatus::Disabled => {
                    stored.status = Status::Disabled;
                    stored.revoke();
                    row.versions += 1;
                }
            }
            Some(())
        }))
    }

    async fn change_identity(&self, change: &IdentityChange) -> Result<Written, StoreError> {
        Ok(self.write(&change.key, |row| {
            let stored = row.known_as(&change.id)?;
            let known = stored.identity.as_ref();
            let fits = known.is_none_or(|known| {
                *known == change.from || change.to.as_ref().is_some_and(|to| known == to)
            });
            fits.then_some(())?;
            stored.identity.clone_from(&change.to);
            stored.revoke();
            row.versions += 1;
            Some(())
        }))
    }

    async fn erase(&self, key: &AccountKey, id: &AccountId) -> Result<Written, StoreError> {
        let mut rows = self.0.lock().expect("no test panicked inside");
        let ours = rows
            .get_mut(key)
            .is_some_and(|row| row.known_as(id).is_some_and(|stored| stored.links.is_empty()));
        if ours {
            rows.remove(key);
        }
        Ok(if ours { Written::Done } else { Written::Refused })
    }
}
