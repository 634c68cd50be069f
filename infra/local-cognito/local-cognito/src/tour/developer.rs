//! Chapter six: people of an own directory and of a trusted issuer, with files of their own too.

pub(super) mod directory;
mod forgery;
mod issuer;

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use super::client::{Client, Grant, Keys, OWN_TOKEN, text};
use super::{Stopped, Tour};

pub(super) const READ_CALL: &str = "developer-identity dynamodb:GetItem";
pub(super) const WRITE_CALL: &str = "developer-identity dynamodb:UpdateItem";
pub(super) const POOL_CALL: &str =
    "developer-identity cognito-identity:GetOpenIdTokenForDeveloperIdentity";

const INVALID_GRANT: &str = "invalid_grant";

/// Somebody with a token of the identity pool and credentials for it.
pub(super) struct Person {
    pub(super) pool_token: String,
    pub(super) keys: Keys,
}

impl Person {
    /// Goes with the tokens of a grant to the identity pool.
    pub(super) async fn arrive(client: &Client<'_>, tokens: &Value) -> anyhow::Result<Self> {
        let (identity, pool_token) = (text(tokens, "/identity_id")?, text(tokens, "/token")?);
        let keys = client.credentials(&identity, &json!({OWN_TOKEN: pool_token})).await?;
        ensure!(keys.identity == identity, "the credentials are of another identity");
        Ok(Self { pool_token, keys })
    }
}

pub(super) async fn play(tour: &mut Tour<'_>) -> Result<(), Stopped> {
    let pia = directory::play(tour).await?;
    let ravi = issuer::play(tour).await?;
    forgery::play(tour, &pia, &ravi).await
}

/// The tokens of a grant that must bring some.
pub(super) fn granted(grant: Grant) -> anyhow::Result<Value> {
    grant.map_err(|error| anyhow::anyhow!("it answers {error}"))
}

/// Takes the error of a grant that must bring none.
pub(super) fn no_grant(grant: Grant) -> anyhow::Result<()> {
    match grant {
        Ok(_) => bail!("tokens were given"),
        Err(error) => {
            ensure!(error == INVALID_GRANT, "another error: {error}");
            Ok(())
        }
    }
}
