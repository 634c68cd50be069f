//! The challenge table in DynamoDB.

use std::error::Error;

use aws_sdk_dynamodb::Client;
use lifeguard_aws::{SdkConfig, failed_call};
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::verdict::Judgement;

use crate::challenges::{Challenges, Issued, NewChallenge, Recorded};
use crate::connection;
use crate::error::{LayoutError, Operation, StoreError};
use crate::issue;
use crate::item::{Item, b, bytes, n, number as number_of, s};
use crate::judge;
use crate::outbox::{Claim, ClaimToken, Outbox};
use crate::ties::{Holder, Tie, Ties};
use crate::update::{Update, Updated};

/// The table of challenge rows.
#[derive(Clone, Debug)]
pub struct ChallengeTable {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl ChallengeTable {
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

    pub(crate) async fn update(
        &self,
        row: &RowKey,
        update: Update,
    ) -> Result<Updated, Box<dyn Error + Send + Sync>> {
        update.send(&self.client, &self.table, row.as_str()).await
    }

    /// Issues a challenge by an update, or finds the one to join.
    pub(crate) async fn issue_by(
        &self,
        new: &NewChallenge,
        update: Update,
    ) -> Result<Issued, StoreError> {
        let updated = self.update(&new.row, update).await;
        let issued = match updated.map_err(Operation::Issue.failed())? {
            Updated::Written(row) => issue::fresh(&row),
            Updated::Refused(row) => issue::join(&row, new),
        };
        issued.map_err(Operation::Issue.failed())
    }
}

impl Challenges for ChallengeTable {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        self.issue_by(new, issue::update(new)).await
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        let updated = self.update(&judgement.row, judge::update(judgement)).await;
        match updated.map_err(Operation::Record.failed())? {
            Updated::Written(_) => Ok(Recorded::Counted),
            Updated::Refused(row) => {
                judge::refused(&row, judgement).map_err(Operation::Record.failed())
            }
        }
    }
}

impl Ties for ChallengeTable {
    async fn issue_for(
        &self,
        new: &NewChallenge,
        holder: &Holder,
        tie: Option<&Tie>,
    ) -> Result<Issued, StoreError> {
        self.issue_by(new, issue::update_for(new, holder, tie)).await
    }

    async fn tie(&self, row: &RowKey) -> Result<Option<Tie>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", s(row.as_str()))
            .projection_expression("tie")
            .consistent_read(true);
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| StoreError::new(Operation::ReadTie, failed_call(error)))?;
        let Some(row) = answer.item else { return Ok(None) };
        match bytes(&row, "tie").map_err(Operation::ReadTie.failed())? {
            [] => Ok(None),
            tie => {
                let tie = tie.try_into().map_err(|_| LayoutError::Attribute("tie"));
                tie.map(|tie| Some(Tie::new(tie))).map_err(Operation::ReadTie.failed())
            }
        }
    }
}

impl Outbox for ChallengeTable {
    async fn claim(
        &self,
        row: &RowKey,
        number: u32,
        token: ClaimToken,
    ) -> Result<Claim, StoreError> {
        let update = Update::new(
            "SET sent = :number, ct = :token REMOVE #out".to_owned(),
            "seq >= :number AND sent < :number".to_owned(),
        );
        let update = update.name("#out", "out").value(":number", n(number));
        let update = update.value(":token", b(token.bytes()));
        match self.update(row, update).await.map_err(Operation::Claim.failed())? {
            Updated::Written(_) => Ok(Claim::Ours),
            Updated::Refused(row) if claimed(&row, number, token) => Ok(Claim::Ours),
            Updated::Refused(_) => Ok(Claim::Taken),
        }
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        let update = Update::new("SET sent = :before".to_owned(), "sent = :number".to_owned())
            .value(":number", n(number))
            .value(":before", n(number.saturating_sub(1)));
        self.update(row, update).await.map(drop).map_err(Operation::GiveBack.failed())
    }
}

/// True if a row says that this token claimed this message: the claim was written, its answer was
/// lost, and the SDK tried again. In doubt the message counts as claimed by another caller.
fn claimed(row: &Item, number: u32, token: ClaimToken) -> bool {
    let sent = number_of(row, "sent").ok() == Some(number.into());
    sent && bytes(row, "ct").ok() == Some(token.bytes())
}
