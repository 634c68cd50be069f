//! The tables.

use serde_json::{Map, Value, json};

use super::complaint::TemplateError;
use super::properties::Stack;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The table as `CreateTable` takes it.
    pub definition: Value,
    /// The attribute in which a row says when it is to be deleted.
    pub time_to_live: Option<String>,
}

/// The members of a table that `CreateTable` takes and the engine heeds; how it is encrypted and
/// kept safe is no question on a laptop.
const HEEDED: [&str; 4] =
    ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"];

pub(super) fn tables(stack: &Stack<'_>) -> Result<Vec<Table>, TemplateError> {
    stack
        .all("AWS::DynamoDB::Table")
        .map(|resource| {
            let name = stack.id(resource.logical_id, "Resources")?;
            let mut definition = Map::from_iter([("TableName".to_owned(), json!(name))]);
            for heeded in HEEDED {
                if let Some(member) = stack.property(resource, heeded)? {
                    definition.insert(heeded.to_owned(), member);
                }
            }
            if let Some(stream) = stack.property(resource, "StreamSpecification")? {
                let kind = stream.get("StreamViewType").cloned();
                let stream = json!({"StreamEnabled": true, "StreamViewType": kind});
                definition.insert("StreamSpecification".to_owned(), stream);
            }
            let time_to_live = stack.property(resource, "TimeToLiveSpecification")?;
            let time_to_live = time_to_live
                .filter(|expiry| expiry.get("Enabled") == Some(&Value::Bool(true)))
                .and_then(|expiry| expiry.get("AttributeName")?.as_str().map(str::to_owned));
            Ok(Table { name, definition: Value::Object(definition), time_to_live })
        })
        .collect()
}
