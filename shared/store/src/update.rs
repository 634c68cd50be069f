//! One conditional update of one row: the only way in which rows are changed.

use std::borrow::Cow;
use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use lifeguard_aws::failed_call;

use crate::item::{Item, s};

/// One conditional update of a row.
pub(crate) struct Update {
    expression: String,
    condition: String,
    names: Vec<(Cow<'static, str>, String)>,
    values: Vec<(Cow<'static, str>, AttributeValue)>,
    returning: ReturnValue,
}

/// Result of an update.
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

    /// Requests the row as it is after the update.
    pub(crate) fn returning_the_row(self) -> Self {
        Self { returning: ReturnValue::AllNew, ..self }
    }

    pub(crate) fn name(
        mut self,
        placeholder: impl Into<Cow<'static, str>>,
        name: impl Into<String>,
    ) -> Self {
        self.names.push((placeholder.into(), name.into()));
        self
    }

    pub(crate) fn value(
        mut self,
        placeholder: impl Into<Cow<'static, str>>,
        value: AttributeValue,
    ) -> Self {
        self.values.push((placeholder.into(), value));
        self
    }

    /// Sends it to a table; a refused condition is a result and no error.
    pub(crate) async fn send(
        self,
        client: &Client,
        table: &str,
        pk: &str,
    ) -> Result<Updated, Box<dyn Error + Send + Sync>> {
        let mut request = client
            .update_item()
            .table_name(table)
            .key("pk", s(pk))
            .update_expression(self.expression)
            .condition_expression(self.condition)
            .return_values(self.returning)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (placeholder, name) in self.names {
            request = request.expression_attribute_names(placeholder, name);
        }
        for (placeholder, value) in self.values {
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
