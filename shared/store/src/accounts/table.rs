//! The table of accounts in DynamoDB.

use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use lifeguard_aws::{SdkConfig, failed_call};
use lifeguard_identity::account::{AccountKey, Status};
use lifeguard_identity::session::CredentialsSession;

use super::row::{account, status_label};
use super::sessions::{self, Room};
use super::{
    Account, Accounts, Attempt, Ending, NewSession, Newcomer, Registered, Registration, Rotation,
    Written, registration,
};
use crate::fault::StoreFault;
use crate::item::{n, s};
use crate::update::{Update, Updated};

/// How often room is made for a session before it counts as a fault: each time others were faster.
const TRIES: usize = 4;

pub(super) type CallError = Box<dyn Error + Send + Sync>;

/// The table of accounts.
#[derive(Clone, Debug)]
pub struct AccountTable {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl AccountTable {
    /// The table of this name; the client is built here, once.
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { client: Client::new(config), table }
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

    /// Takes a row away on a condition.
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
    async fn register(&self, new: &Registration) -> Result<Registered, StoreFault> {
        let written = self.write(&new.key, registration::register(new)).await;
        match written.map_err(StoreFault::Register)? {
            Written::Done => Ok(Registered::Reserved),
            Written::Refused => Ok(Registered::Taken),
        }
    }

    async fn confirm(
        &self,
        key: &AccountKey,
        registration: [u8; 16],
        now: u64,
    ) -> Result<Written, StoreFault> {
        let update = registration::confirm(registration, now);
        self.write(key, update).await.map_err(StoreFault::Confirm)
    }

    async fn attempt(&self, key: &AccountKey, now: u64) -> Result<Attempt, StoreFault> {
        let updated = self.update(key, registration::attempt(now)).await;
        registration::attempted(updated.map_err(StoreFault::Attempt)?, key, now)
    }

    async fn take_back(&self, key: &AccountKey) -> Result<(), StoreFault> {
        let updated = self.update(key, registration::take_back()).await;
        updated.map(drop).map_err(StoreFault::TakeBack)
    }

    async fn recognise(&self, key: &AccountKey) -> Result<(), StoreFault> {
        let updated = self.update(key, registration::recognise()).await;
        updated.map(drop).map_err(StoreFault::TakeBack)
    }

    async fn begin(&self, new: &NewSession) -> Result<Written, StoreFault> {
        let mut room = Room::default();
        for _ in 0..TRIES {
            let updated = self.update(&new.key, sessions::begin(new, &room)).await;
            match updated.map_err(StoreFault::Begin)? {
                Updated::Written(_) => return Ok(Written::Done),
                Updated::Refused(row) => match sessions::room_to_begin(&row, new)? {
                    Some(more) => room = more,
                    None => return Ok(Written::Refused),
                },
            }
        }
        Err(StoreFault::Begin(CROWDED.into()))
    }

    async fn read(&self, key: &AccountKey, now: u64) -> Result<Option<Account>, StoreFault> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", s(key.as_str()))
            .consistent_read(true);
        let answer = request.send().await;
        let answer = answer.map_err(|error| StoreFault::ReadAccount(failed_call(error)))?;
        answer.item.as_ref().map_or(Ok(None), |row| account(row, key, now))
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Written, StoreFault> {
        let updated = self.update(&rotation.key, sessions::rotate(rotation)).await;
        match updated.map_err(StoreFault::Rotate)? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(row) => match sessions::was_rotated(&row, rotation)? {
                true => Ok(Written::Done),
                false => Ok(Written::Refused),
            },
        }
    }

    async fn add_credentials(
        &self,
        rotation: &Rotation,
        credentials: &CredentialsSession,
    ) -> Result<Written, StoreFault> {
        let mut room = Room::default();
        for _ in 0..TRIES {
            let update = sessions::add(rotation, credentials, &room);
            let updated = self.update(&rotation.key, update).await;
            match updated.map_err(StoreFault::AddCredentials)? {
                Updated::Written(_) => return Ok(Written::Done),
                Updated::Refused(row) => {
                    match sessions::room_to_add(&row, rotation, credentials)? {
                        Some(more) => room = more,
                        None => return Ok(Written::Refused),
                    }
                }
            }
        }
        Err(StoreFault::AddCredentials(CROWDED.into()))
    }

    async fn admit(&self, newcomer: &Newcomer) -> Result<Account, StoreFault> {
        let updated = self.update(&newcomer.key, registration::admit(newcomer)).await;
        registration::admitted(updated.map_err(StoreFault::Admit)?, newcomer)
    }

    async fn keep_identity(
        &self,
        key: &AccountKey,
        version: u64,
        identity: &str,
    ) -> Result<Written, StoreFault> {
        let condition =
            "st = :active AND ver = :ver AND (attribute_not_exists(idn) OR idn = :idn)".to_owned();
        let update = Update::new("SET idn = :idn".to_owned(), condition)
            .value(":active", s(status_label(Status::Active)))
            .value(":ver", n(version))
            .value(":idn", s(identity));
        self.write(key, update).await.map_err(StoreFault::KeepIdentity)
    }

    async fn end(&self, key: &AccountKey, ending: &Ending) -> Result<Written, StoreFault> {
        self.write(key, sessions::end(ending)).await.map_err(StoreFault::End)
    }
}

/// Why there was no room, although there should be.
const CROWDED: &str = "others were faster every time";
