//! A person who is signed in to the provider of the directory.

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use crate::client::{Client, Grant, Keys, OWN_TOKEN, text};

pub(crate) const READ_CALL: &str = "developer-identity dynamodb:GetItem";
pub(crate) const WRITE_CALL: &str = "developer-identity dynamodb:UpdateItem";
pub(crate) const POOL_CALL: &str =
    "developer-identity cognito-identity:GetOpenIdTokenForDeveloperIdentity";

const INVALID_GRANT: &str = "invalid_grant";

/// A person with a token of the identity pool and credentials for it.
pub(crate) struct Person {
    pub(crate) pool_token: String,
    pub(crate) keys: Keys,
}

impl Person {
    /// Goes with the tokens of a grant to the identity pool.
    pub(crate) async fn arrive(client: &Client, tokens: &Value) -> anyhow::Result<Self> {
        let (identity, pool_token) = (text(tokens, "/identity_id")?, text(tokens, "/token")?);
        let keys = client.credentials(&identity, &json!({OWN_TOKEN: pool_token})).await?;
        ensure!(keys.identity == identity, "the credentials are of another identity");
        Ok(Self { pool_token, keys })
    }
}

/// The tokens of a grant that must bring some.
pub(crate) fn granted(grant: Grant) -> anyhow::Result<Value> {
    grant.map_err(|error| anyhow::anyhow!("it answers {error}"))
}

/// Takes the error of a grant that must bring none.
pub(crate) fn no_grant(grant: Grant) -> anyhow::Result<()> {
    match grant {
        Ok(_) => bail!("tokens were given"),
        Err(error) => {
            ensure!(error == INVALID_GRANT, "another error: {error}");
            Ok(())
        }
    }
}
