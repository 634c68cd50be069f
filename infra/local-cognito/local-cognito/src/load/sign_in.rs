//! A user with a mailbox, who signs in as an application has it: over HTTP.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::default_pool::{WEB_CLIENT, pool_id};
use crate::instance::LocalCognito;
use local_cognito_aws_emulation::outbox::Outbox;
use local_cognito_tour::short_code;
use local_cognito_user_pool::Caller;

/// The longest that a mail may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause between two looks into the mailbox.
const GLANCE: Duration = Duration::from_millis(1);
const PASSWORD: &str = "Count-every-buoy-4";

/// One user.
#[derive(Clone)]
pub(super) struct Mailbox {
    address: String,
    url: String,
    http: reqwest::Client,
    outbox: Outbox,
}

/// Creates users with verified addresses.
pub(super) async fn create_users(
    local_cognito: &LocalCognito,
    count: usize,
) -> anyhow::Result<Vec<Mailbox>> {
    let (pools, pool) = (local_cognito.user_pools(), pool_id(local_cognito.region()));
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut mailboxes = Vec::with_capacity(count);
    for number in 0..count {
        let address = format!("load-{number}@example.net");
        let create = json!({
            "UserPoolId": pool, "Username": address, "MessageAction": "SUPPRESS",
            "UserAttributes": [
                {"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"},
            ],
        });
        let confirm = json!({
            "UserPoolId": pool, "Username": address, "Password": PASSWORD, "Permanent": true,
        });
        for (action, input) in [("AdminCreateUser", create), ("AdminSetUserPassword", confirm)] {
            let done = pools.call(Caller::Signed, action, input).await;
            done.map_err(|error| anyhow!("{action} of {address}: {error}"))?;
        }
        mailboxes.push(Mailbox {
            address,
            url: local_cognito.url().to_owned(),
            http: http.clone(),
            outbox: local_cognito.outbox().clone(),
        });
    }
    Ok(mailboxes)
}

impl Mailbox {
    /// Asks for a code, waits for its mail and answers with it.
    pub(super) async fn sign_in(&self) -> anyhow::Result<()> {
        let before = self.newest();
        let start = json!({
            "ClientId": WEB_CLIENT, "AuthFlow": "CUSTOM_AUTH",
            "AuthParameters": {"USERNAME": self.address},
        });
        let started = self.call("InitiateAuth", start).await?;
        let code = self.code_after(before).await?;
        let answer = json!({
            "ClientId": WEB_CLIENT, "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": started.get("Session"),
            "ChallengeResponses": {
                "USERNAME": started.pointer("/ChallengeParameters/USERNAME"), "ANSWER": code,
            },
        });
        let answered = self.call("RespondToAuthChallenge", answer).await?;
        match answered.pointer("/AuthenticationResult/AccessToken") {
            Some(_) => Ok(()),
            None => bail!("{} has no tokens", self.address),
        }
    }

    fn newest(&self) -> usize {
        self.outbox.newest_to(&self.address).map_or(0, |(number, _)| number)
    }

    async fn code_after(&self, before: usize) -> anyhow::Result<String> {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                match self.outbox.newest_to(&self.address) {
                    Some((number, mail)) if number > before => return mail.text,
                    Some(_) | None => tokio::time::sleep(GLANCE).await,
                }
            }
        });
        let text = waited.await.with_context(|| format!("no mail to {} arrived", self.address))?;
        short_code(&text).context("the mail holds no code")
    }

    async fn call(&self, action: &str, input: Value) -> anyhow::Result<Value> {
        let request = self.http.post(&self.url).body(input.to_string());
        let request = request
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{action}"))
            .header(CONTENT_TYPE, "application/x-amz-json-1.1");
        let response = request.send().await.context("the local Cognito does not answer")?;
        let status = response.status();
        let answer: Value = serde_json::from_slice(&response.bytes().await?)?;
        if status.is_success() {
            return Ok(answer);
        }
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        Err(anyhow!("{action} of {}: {}: {}", self.address, text("__type"), text("message")))
    }
}
