//! Members of the directory, and what administrators ask about them.

use serde_json::{Value, json};

use crate::client::{Client, text};
use crate::developer::person::{Person, granted};

pub(super) const QUINN: &str = "quinn@example.net";
pub(super) const ROSA: &str = "rosa@example.net";
pub(super) const PASSWORD: &str = "eleven lanterns on the quay";

pub(super) const FIND_CALL: &str = "developer-identity dynamodb:Query";
pub(super) const LOOK_UP_CALL: &str = "developer-identity cognito-identity:LookupDeveloperIdentity";

/// A person of the directory who has signed in.
pub(super) struct Member {
    pub(super) email: &'static str,
    pub(super) account: String,
    pub(super) access_token: String,
    pub(super) refresh_token: String,
    pub(super) person: Person,
}

impl Member {
    /// Signs in and goes to the identity pool.
    pub(super) async fn arrive(client: &Client, email: &'static str) -> anyhow::Result<Self> {
        let tokens = granted(client.grant_password(email, PASSWORD).await?)?;
        Ok(Self {
            email,
            account: account_of(client, email).await?,
            access_token: text(&tokens, "/access_token")?,
            refresh_token: text(&tokens, "/refresh_token")?,
            person: Person::arrive(client, &tokens).await?,
        })
    }

    /// Returns the content of the file below the own prefix.
    pub(super) fn note(&self) -> String {
        format!("what {} wrote", self.email)
    }
}

pub(super) async fn register(client: &Client, email: &str) -> anyhow::Result<()> {
    let before = client.mails_to(email).await?;
    let handle = client.register(email).await?;
    let code = client.code_of_mail(email, before + 1).await?;
    client.confirm(email, &handle, &code, PASSWORD).await
}

pub(super) async fn account_of(client: &Client, email: &str) -> anyhow::Result<String> {
    let found = client.expect_administration("look-up", &json!({"address": email})).await?;
    text(&found, "/accounts/0/account_id")
}

pub(super) fn merge(source: &Member, destination: &Member, mode: &str) -> Value {
    json!({"source": source.account, "destination": destination.account, "mode": mode})
}
