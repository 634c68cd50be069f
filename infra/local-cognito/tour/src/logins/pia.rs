//! Pia, who links her logins.

use crate::client::{Client, Keys};

pub(super) const DESCRIBE_CALL: &str = "developer-identity cognito-identity:DescribeIdentity";
pub(super) const FREE_CALL: &str = "developer-identity dynamodb:DeleteItem";

/// Pia's name at the social provider.
pub(super) const PIA_ELSEWHERE: &str = "pia-elsewhere";

/// Pia, who has just signed in.
pub(super) struct Pia {
    pub(super) access: String,
    pub(super) keys: Keys,
}

pub(super) async fn social_keys(client: &Client) -> anyhow::Result<Keys> {
    let token = client.social_token(PIA_ELSEWHERE, "none").await?;
    let logins = Client::social_logins(&token);
    client.credentials(&client.identity(&logins).await?, &logins).await
}
