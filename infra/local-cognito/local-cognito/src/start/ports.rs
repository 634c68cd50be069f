//! The three ports of a local Cognito.

use anyhow::Context;

use crate::listen::{Port, port_above};

/// Distance above the main port at which S3 listens.
const S3_ABOVE: u16 = 1;
/// Distance above the main port at which DynamoDB listens.
const DYNAMO_ABOVE: u16 = 2;

/// Ports that are taken, but not served yet.
pub(super) struct Ports {
    pub(super) main: Port,
    pub(super) s3: Port,
    pub(super) dynamo: Port,
}

impl Ports {
    /// Takes the main port, 0 for any, and those above it.
    pub(super) async fn take(wanted: u16) -> anyhow::Result<Self> {
        Ok(Self {
            main: Port::take(wanted).await?,
            s3: take_above(wanted, S3_ABOVE).await.context("S3 cannot listen")?,
            dynamo: take_above(wanted, DYNAMO_ABOVE).await.context("DynamoDB cannot listen")?,
        })
    }
}

async fn take_above(wanted: u16, above: u16) -> anyhow::Result<Port> {
    Port::take(port_above(wanted, above)?).await
}
