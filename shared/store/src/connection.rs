//! The connection to DynamoDB, opened ahead of the first call.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::{Client, Config};
use lifeguard_aws::{failed_call, opening};

use crate::error::{Operation, StoreError};

/// Opens the connection that the next call on a table takes, and lets the SDK find credentials and
/// endpoint on the way. No call of DynamoDB is made, so no role has to grant one.
pub(crate) async fn open(client: &Client, table: &str) -> Result<(), StoreError> {
    let Some(http) = client.config().http_client() else { return Ok(()) };
    let once = Config::builder().http_client(opening(http)).retry_config(RetryConfig::disabled());
    let opened = client.get_item().table_name(table).customize().config_override(once).send().await;
    opened.map(drop).map_err(failed_call).map_err(Operation::Open.failed())
}
