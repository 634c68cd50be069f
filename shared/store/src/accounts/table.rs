//! The table of accounts in DynamoDB.

use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use lifeguard_aws::{SdkConfig, failed_call};
use lifeguard_identity::account::{AccountId, AccountKey, Status};
use lifeguard_identity::session::CredentialsSession;

use super::account::Account;
use super::attempts;
use super::operations::{
    Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Rotation, Written,
};
use super::registration;
use super::row::{account, status_label};
use super::sessions::{self, Room};
use crate::connection;
use crate::error::{Operation, StoreError};
use crate::item::{n, s};
use crate::update::{Update, Updated};

/// Number of times that room is made for a session before it counts as a fault: each time other
/// sign-ins were faster.
const TRIES: usize = 4;

pub(super) type CallError = Box<dyn Error + Send + Sync>;

/// The table of accounts.
#[derive(Clone, Debug)]
pub struct AccountTable {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl AccountTable {
    /// Creates the client of the table with this name.
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { client: Client::new(config), table }
    }

    /// Opens the connection to the table ahead of the first call.
    ///
    /// # Errors
    /// [`StoreError`] if there is none; the first call opens it then.
    pub async fn open(&self) -> Result<(), StoreError> {
        connection::open(&self.client, &self.table).await
    }

    pub(super) async fn update(
        &self,
        key: &AccountKey,
        update: Update,
    ) -> Result<Updated, CallError> {
        update.send(&self.client, &self.table, key.as_str()).await
    }

    pub(super) async fn write(
        &self,
        key: &AccountKey,
        update: Update,
    ) -> Result<Written, CallError> {
        match self.update(key, update).await? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(_) => Ok(Written::Refused),
        }
    }

    /// Deletes a row on a condition.
    pub(super) async fn delete<const N: usize>(
        &self,
        key: &AccountKey,
        condition: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<Written, CallError> {
        let values = values.map(|(placeholder, value)| (placeholder.to_owned(), value));
        let request = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", s(key.as_str()))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values.into()));
        match request.send().await {
            Ok(_) => Ok(Written::Done),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(Written::Refused),
                _ => Err(failed_call(error)),
            },
        }
    }
}

impl Accounts for AccountTable {
    async fn register(&self, new: &Registration) -> Result<Written, StoreError> {
        let updated = self.update(&new.key, registration::register(new)).await;
        match updated.map_err(Operation::Register.failed())? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(row) => {
                registration::was_registered(&row, new).map_err(Operation::Register.failed())
            }
        }
    }

    async fn attempt(&self, key: &AccountKey, now: u64) -> Result<Attempt, StoreError> {
        let updated = self.update(key, attempts::attempt(now)).await;
        let updated = updated.map_err(Operation::Attempt.failed())?;
        attempts::attempted(updated, key, now).map_err(Operation::Attempt.failed())
    }

    async fn reset_attempts(&self, key: &AccountKey) -> Result<(), StoreError> {
        let updated = self.update(key, attempts::reset_attempts()).await;
        updated.map(drop).map_err(Operation::ResetAttempts.failed())
    }

    async fn mark_known(&self, key: &AccountKey) -> Result<(), StoreError> {
        let updated = self.update(key, attempts::mark_known()).await;
        updated.map(drop).map_err(Operation::ResetAttempts.failed())
    }

    async fn begin(&self, new: &NewSession) -> Result<Written, StoreError> {
        let mut room = Room::default();
        for _ in 0..TRIES {
            let updated = self.update(&new.key, sessions::begin(new, &room)).await;
            match updated.map_err(Operation::Begin.failed())? {
                Updated::Written(_) => return Ok(Written::Done),
                Updated::Refused(row) => {
                    let more = sessions::room_to_begin(&row, new);
                    match more.map_err(Operation::Begin.failed())? {
                        Some(more) => room = more,
                        None => return Ok(Written::Refused),
                    }
                }
            }
        }
        Err(StoreError::new(Operation::Begin, CROWDED))
    }

    async fn read(&self, key: &AccountKey, now: u64) -> Result<Option<Account>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", s(key.as_str()))
            .consistent_read(true);
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| StoreError::new(Operation::ReadAccount, failed_call(error)))?;
        let account = answer.item.as_ref().map_or(Ok(None), |row| account(row, key, now));
        account.map_err(Operation::ReadAccount.failed())
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Written, StoreError> {
        let updated = self.update(&rotation.key, sessions::rotate(rotation)).await;
        match updated.map_err(Operation::Rotate.failed())? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(row) => {
                let rotated = sessions::was_rotated(&row, rotation);
                match rotated.map_err(Operation::Rotate.failed())? {
                    true => Ok(Written::Done),
                    false => Ok(Written::Refused),
                }
            }
        }
    }

    async fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> Result<Written, StoreError> {
        let mut room = Room::default();
        for _ in 0..TRIES {
            let update = sessions::add(rotation, credentials, &room);
            let updated = self.update(&rotation.key, update).await;
            match updated.map_err(Operation::AddCredentials.failed())? {
                Updated::Written(_) => return Ok(Written::Done),
                Updated::Refused(row) => {
                    let more = sessions::room_to_add(&row, rotation, credentials);
                    match more.map_err(Operation::AddCredentials.failed())? {
                        Some(more) => room = more,
                        None => return Ok(Written::Refused),
                    }
                }
            }
        }
        Err(StoreError::new(Operation::AddCredentials, CROWDED))
    }

    async fn find_or_create(&self, new: &NewAccount) -> Result<Account, StoreError> {
        let updated = self.update(&new.key, registration::find_or_create(new)).await;
        let updated = updated.map_err(Operation::FindOrCreate.failed())?;
        registration::found_or_created(updated, new).map_err(Operation::FindOrCreate.failed())
    }

    async fn keep_identity(
        &self,
        key: &AccountKey,
        id: &AccountId,
        version: u64,
        identity: &str,
    ) -> Result<Written, StoreError> {
        let condition = "id = :id AND st = :active AND ver = :ver \
                         AND (attribute_not_exists(idn) OR idn = :idn)";
        let update = Update::new("SET idn = :idn".to_owned(), condition.to_owned())
            .value(":id", s(id.as_str()))
            .value(":active", s(status_label(Status::Active)))
            .value(":ver", n(version))
            .value(":idn", s(identity));
        self.write(key, update).await.map_err(Operation::KeepIdentity.failed())
    }

    async fn revoke(
        &self,
        key: &AccountKey,
        id: &AccountId,
        revocation: &Revocation,
    ) -> Result<Written, StoreError> {
        let update = sessions::revoke(id, revocation);
        self.write(key, update).await.map_err(Operation::Revoke.failed())
    }
}

/// Text of the error for a row without room, although there should be some.
const CROWDED: &str = "other sign-ins were faster every time";
