//! Operations of administrators on accounts.

use lifeguard_aws::failed_call;
use lifeguard_identity::account::{AccountId, AccountKey, Status};

use super::operations::Written;
use super::row::status_label;
use super::table::AccountTable;
use crate::error::{Operation, StoreError};
use crate::item::{m, n, s, text};
use crate::update::Update;

/// The index that leads from an id to a row.
const BY_ID: &str = "by_id";

/// Status that an administrator sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewStatus {
    /// The account may be used.
    Active,
    /// The account may not be used, and all its sessions are revoked.
    Disabled,
}

/// Change of an account's identity.
#[derive(Clone, Debug)]
pub struct IdentityChange {
    /// The account's row.
    pub key: AccountKey,
    /// The account.
    pub id: AccountId,
    /// The identity before.
    pub from: String,
    /// The identity after; `None` after an unlinking, until the user signs in again.
    pub to: Option<String>,
}

/// Operations of administrators. Each is one call; those that write name the id, so that they
/// never change an account that was created later in the same row.
pub trait Administration {
    /// Finds the row of an account; an account of the last second may be missing.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; of every operation.
    fn find(
        &self,
        id: &AccountId,
    ) -> impl Future<Output = Result<Option<AccountKey>, StoreError>> + Send;

    /// Disables an account, which revokes every session, or enables it again.
    fn set_status(
        &self,
        key: &AccountKey,
        id: &AccountId,
        status: NewStatus,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Replaces or removes the identity of an account, which revokes every session; refused if it
    /// has a third one.
    fn change_identity(
        &self,
        change: &IdentityChange,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Erases the row of an account; refused if it does not exist, or still lists links.
    fn erase(
        &self,
        key: &AccountKey,
        id: &AccountId,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;
}

impl Administration for AccountTable {
    async fn find(&self, id: &AccountId) -> Result<Option<AccountKey>, StoreError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_ID)
            .key_condition_expression("id = :id")
            .expression_attribute_values(":id", s(id.as_str()))
            .limit(1);
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| StoreError::new(Operation::FindAccount, failed_call(error)))?;
        match answer.items().first() {
            None => Ok(None),
            Some(row) => {
                let key = text(row, "pk").map_err(Operation::FindAccount.failed())?;
                Ok(Some(AccountKey::from_stored(key.to_owned())))
            }
        }
    }

    async fn set_status(
        &self,
        key: &AccountKey,
        id: &AccountId,
        status: NewStatus,
    ) -> Result<Written, StoreError> {
        let condition = "id = :id AND (st = :active OR st = :disabled)".to_owned();
        let update = match status {
            NewStatus::Active => Update::new("SET st = :active".to_owned(), condition),
            NewStatus::Disabled => {
                let expression = "SET st = :disabled, ver = ver + :one, fam = :none, cs = :none";
                Update::new(expression.to_owned(), condition)
                    .value(":one", n(1u64))
                    .value(":none", m([]))
            }
        };
        let update = update
            .value(":id", s(id.as_str()))
            .value(":active", s(status_label(Status::Active)))
            .value(":disabled", s(status_label(Status::Disabled)));
        self.write(key, update).await.map_err(Operation::SetStatus.failed())
    }

    async fn change_identity(&self, change: &IdentityChange) -> Result<Written, StoreError> {
        let IdentityChange { key, id, from, to } = change;
        let revokes = "ver = ver + :one, fam = :none, cs = :none";
        let (expression, known) = match to {
            Some(_) => (format!("SET idn = :to, {revokes}"), "idn = :from OR idn = :to"),
            None => (format!("SET {revokes} REMOVE idn"), "idn = :from"),
        };
        let condition = format!(
            "id = :id AND (st = :active OR st = :disabled) \
             AND (attribute_not_exists(idn) OR {known})"
        );
        let update = Update::new(expression, condition)
            .value(":id", s(id.as_str()))
            .value(":active", s(status_label(Status::Active)))
            .value(":disabled", s(status_label(Status::Disabled)))
            .value(":from", s(from))
            .value(":one", n(1u64))
            .value(":none", m([]));
        let update = match to {
            Some(to) => update.value(":to", s(to)),
            None => update,
        };
        self.write(key, update).await.map_err(Operation::ChangeIdentity.failed())
    }

    async fn erase(&self, key: &AccountKey, id: &AccountId) -> Result<Written, StoreError> {
        // What its list names is still reserved for it.
        let condition = "id = :id AND (attribute_not_exists(lk) OR size(lk) = :zero)";
        let values = [(":id", s(id.as_str())), (":zero", n(0u64))];
        self.delete(key, condition, values).await.map_err(Operation::EraseAccount.failed())
    }
}
