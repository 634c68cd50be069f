//! Changing a password.

use lifeguard_identity::account::{AccountId, AccountKey, Status};
use lifeguard_sign_in::secret::Secret;

use super::attempts::{self, counted};
use super::operations::{Attempt, Written};
use super::row;
use super::row::status_label;
use super::table::AccountTable;
use crate::error::{LayoutError, Operation, StoreError};
use crate::item::{Item, m, n, number, s, text};
use crate::update::{Update, Updated};

/// New password of an account.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The account's row.
    pub key: AccountKey,
    /// The account that was read.
    pub id: AccountId,
    /// The version that was read when the user authenticated.
    pub version: u64,
    /// Its hash in the PHC format, salted anew.
    pub hash: Secret,
}

/// New hash of an unchanged password.
#[derive(Clone, Debug)]
pub struct Rehash {
    /// The account's row.
    pub key: AccountKey,
    /// The hash that the password matched.
    pub old: Secret,
    /// Its successor in the PHC format.
    pub new: Secret,
}

/// The passwords of the built-in directory. Every operation is one call.
pub trait Passwords {
    /// Counts a wrong current password in advance and reads the account. The count is of its own:
    /// it needs a session of the account, and no attempt to sign in adds to it.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; of every operation.
    fn attempt_change(
        &self,
        key: &AccountKey,
        id: &AccountId,
        now: u64,
    ) -> impl Future<Output = Result<Attempt, StoreError>> + Send;

    /// Sets the password of an active account and revokes every session: the version rises, and
    /// every counted attempt is reset.
    fn replace(
        &self,
        new: &NewPassword,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Replaces the hash of an active account by that of the same password; no session is revoked.
    fn rehash(&self, rehash: &Rehash) -> impl Future<Output = Result<Written, StoreError>> + Send;
}

impl Passwords for AccountTable {
    async fn attempt_change(
        &self,
        key: &AccountKey,
        id: &AccountId,
        now: u64,
    ) -> Result<Attempt, StoreError> {
        let updated = self.update(key, attempts::attempt_change(id, now)).await;
        let updated = updated.map_err(Operation::Attempt.failed())?;
        attempts::attempted(updated, key, now).map_err(Operation::Attempt.failed())
    }

    async fn replace(&self, new: &NewPassword) -> Result<Written, StoreError> {
        let expression = format!(
            "SET ph = :ph, ver = :next, fam = :none, cs = :none, bad = :zero REMOVE {}",
            counted()
        );
        let condition = "id = :id AND st = :active AND ver = :ver AND attribute_exists(ph)";
        let update = Update::new(expression, condition.to_owned())
            .value(":id", s(new.id.as_str()))
            .value(":ph", s(new.hash.expose()))
            .value(":next", n(new.version + 1))
            .value(":none", m([]))
            .value(":zero", n(0u64))
            .value(":active", s(status_label(Status::Active)))
            .value(":ver", n(new.version));
        match self.update(&new.key, update).await.map_err(Operation::ReplacePassword.failed())? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(row) => {
                was_replaced(&row, new).map_err(Operation::ReplacePassword.failed())
            }
        }
    }

    async fn rehash(&self, rehash: &Rehash) -> Result<Written, StoreError> {
        let condition = "st = :active AND (ph = :old OR ph = :new)".to_owned();
        let update = Update::new("SET ph = :new".to_owned(), condition)
            .value(":active", s(status_label(Status::Active)))
            .value(":old", s(rehash.old.expose()))
            .value(":new", s(rehash.new.expose()));
        self.write(&rehash.key, update).await.map_err(Operation::Rehash.failed())
    }
}

/// Returns `Done` if the row of a refused change holds the same hash: it is salted, so no other
/// caller wrote it, and the first of two attempts had arrived.
fn was_replaced(stored: &Item, new: &NewPassword) -> Result<Written, LayoutError> {
    let same = row::status(stored)? == Some(Status::Active)
        && number(stored, "ver")? == new.version + 1
        && new.hash.matches(&Secret::new(text(stored, "ph")?.to_owned()));
    Ok(if same { Written::Done } else { Written::Refused })
}
