//! The challenge table in DynamoDB.

use std::error::Error;

use aws::{SdkConfig, failed_call};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use sign_in::row::RowKey;
use sign_in::verdict::Judgement;

use crate::challenges::{Challenges, Issued, NewChallenge, Recorded};
use crate::fault::StoreFault;
use crate::issue;
use crate::item::{Item, n, s};
use crate::judge;
use crate::outbox::{Claim, Outbox};

/// The table of challenge rows.
#[derive(Clone, Debug)]
pub struct ChallengeTable {
    client: Client,
    table: String,
}

/// One conditional update of a row.
pub(crate) struct Update {
    expression: String,
    condition: String,
    names: Vec<(&'static str, &'static str)>,
    values: Vec<(&'static str, AttributeValue)>,
    returning: ReturnValue,
}

/// What an update came to.
pub(crate) enum Updated {
    /// The row as it is now; empty unless the update asked for it.
    Written(Item),
    /// The condition did not hold; the row as it is.
    Refused(Item),
}

impl Update {
    pub(crate) fn new(expression: String, condition: String) -> Self {
        Self {
            expression,
            condition,
            names: Vec::new(),
            values: Vec::new(),
            returning: ReturnValue::None,
        }
    }

    /// Asks for the row as it is after the update.
    pub(crate) fn returning_the_row(self) -> Self {
        Self { returning: ReturnValue::AllNew, ..self }
    }

    pub(crate) fn name(mut self, placeholder: &'static str, name: &'static str) -> Self {
        self.names.push((placeholder, name));
        self
    }

    pub(crate) fn value(mut self, placeholder: &'static str, value: AttributeValue) -> Self {
        self.values.push((placeholder, value));
        self
    }
}

impl ChallengeTable {
    /// The table of this name; the client is built here, once.
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { client: Client::new(config), table }
    }

    async fn update(
        &self,
        row: &RowKey,
        update: Update,
    ) -> Result<Updated, Box<dyn Error + Send + Sync>> {
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", s(row.as_str()))
            .update_expression(update.expression)
            .condition_expression(update.condition)
            .return_values(update.returning)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (placeholder, name) in update.names {
            request = request.expression_attribute_names(placeholder, name);
        }
        for (placeholder, value) in update.values {
            request = request.expression_attribute_values(placeholder, value);
        }
        match request.send().await {
            Ok(written) => Ok(Updated::Written(written.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    Ok(Updated::Refused(refused.item.clone().unwrap_or_default()))
                }
                _ => Err(failed_call(error)),
            },
        }
    }
}

impl Challenges for ChallengeTable {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreFault> {
        match self.update(&new.row, issue::update(new)).await.map_err(StoreFault::Issue)? {
            Updated::Written(row) => issue::fresh(&row),
            Updated::Refused(row) => issue::join(&row, new),
        }
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreFault> {
        let updated = self.update(&judgement.row, judge::update(judgement)).await;
        match updated.map_err(StoreFault::Record)? {
            Updated::Written(_) => Ok(Recorded::Counted),
            Updated::Refused(row) => judge::refused(&row, judgement),
        }
    }
}

impl Outbox for ChallengeTable {
    async fn claim(&self, row: &RowKey, number: u32) -> Result<Claim, StoreFault> {
        let update = Update::new(
            "SET sent = :number REMOVE #out".to_owned(),
            "seq >= :number AND sent < :number".to_owned(),
        );
        let update = update.name("#out", "out").value(":number", n(number));
        match self.update(row, update).await.map_err(StoreFault::Claim)? {
            Updated::Written(_) => Ok(Claim::Ours),
            Updated::Refused(_) => Ok(Claim::Taken),
        }
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreFault> {
        let update = Update::new("SET sent = :before".to_owned(), "sent = :number".to_owned())
            .value(":number", n(number))
            .value(":before", n(number.saturating_sub(1)));
        self.update(row, update).await.map(drop).map_err(StoreFault::GiveBack)
    }
}
