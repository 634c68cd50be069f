//! The connection: calls of the user-pool API, and a mailbox.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow, bail};
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_sigv4::{SigningKey, sign_call};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, Pending, Refused, at, pending};
use crate::names::WEB_CLIENT;

/// The password of all users that an administrator creates.
pub(super) const CREATED_PASSWORD: &str = "Whistle-twice-for-help-3";

/// An application's view of a local Cognito.
pub(crate) struct Client {
    pub(super) url: String,
    pub(super) deployment: Deployment,
    pub(super) http: reqwest::Client,
    /// Passwords and tokens that it sent or was given.
    secrets: Mutex<Vec<String>>,
}

/// Names that `/_local/deployment` tells.
#[derive(Deserialize)]
pub(super) struct Deployment {
    pub(super) region: String,
    user_pool: String,
    pub(super) identity_pool: String,
    pub(super) s3: String,
    pub(super) bucket: String,
    after_sign_in: AfterSignIn,
}

/// Triggers and AWS calls that follow a successful sign-in there.
#[derive(Deserialize)]
pub(crate) struct AfterSignIn {
    /// Trigger sources.
    pub(crate) triggers: Vec<String>,
    /// Calls of their functions, as `function service:Action`.
    pub(crate) aws_calls: Vec<String>,
}

impl Client {
    /// Connects to the local Cognito behind `url` and asks it for its names.
    pub(crate) async fn connect(url: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let asked = http.get(format!("{url}/_local/deployment")).send().await;
        let answer = asked.with_context(|| format!("nothing answers at {url}"))?;
        let deployment = answer.json().await.context("the deployment cannot be read")?;
        Ok(Self { url: url.to_owned(), deployment, http, secrets: Mutex::default() })
    }

    /// Remembers what no log may hold.
    pub(super) fn keep_secret(&self, secret: &str) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(secret.to_owned());
    }

    /// Returns everything that no log may hold of all that it sent to `developer-identity` and was
    /// given there.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls the user-pool API.
    pub(crate) async fn call(&self, action: &str, input: Value) -> anyhow::Result<Answer> {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        self.post("cognito-idp", &target, input).await
    }

    /// Calls the user-pool API and takes an error for a failure of the step.
    pub(crate) async fn expect(&self, action: &str, input: Value) -> anyhow::Result<Value> {
        self.call(action, input)
            .await?
            .map_err(|Refused { kind, message }| anyhow!("{action}: {kind}: {message}"))
    }

    /// Reads a row of a table.
    pub(crate) async fn row(&self, table: &str, pk: &str) -> anyhow::Result<Value> {
        let input = json!({"TableName": table, "Key": {"pk": {"S": pk}}, "ConsistentRead": true});
        match self.post("dynamodb", "DynamoDB_20120810.GetItem", input).await? {
            Ok(answer) => Ok(at(&answer, "/Item").clone()),
            Err(Refused { kind, message }) => bail!("GetItem: {kind}: {message}"),
        }
    }

    /// A call as the person at this machine signs it.
    pub(super) async fn post(
        &self,
        service: &str,
        target: &str,
        input: Value,
    ) -> anyhow::Result<Answer> {
        let (url, body) = (format!("{}/", self.url), input.to_string());
        let key = SigningKey::administrator(&self.deployment.region, service);
        let headers = sign_call(&url, target, &body, &key, now())
            .with_context(|| format!("{target} cannot be signed"))?;
        let request = headers
            .iter()
            .fold(self.http.post(&url), |request, (name, value)| request.header(name, value))
            .body(body);
        let response = request.send().await.context("the local Cognito does not answer")?;
        let succeeded = response.status().is_success();
        let body = response.text().await?;
        let answer: Value = match body.as_str() {
            "" => json!({}),
            body => serde_json::from_str(body).context("its answer is not JSON")?,
        };
        if succeeded {
            return Ok(Ok(answer));
        }
        let text = |pointer| at(&answer, pointer).as_str().unwrap_or_default().to_owned();
        Ok(Err(Refused { kind: text("/__type"), message: text("/message") }))
    }

    /// Starts a custom sign-in.
    pub(crate) async fn start(&self, client: &str, name: &str) -> anyhow::Result<Pending> {
        let input = json!({
            "ClientId": client,
            "AuthFlow": "CUSTOM_AUTH",
            "AuthParameters": {"USERNAME": name},
        });
        pending(self.expect("InitiateAuth", input).await?)
    }

    /// Answers a challenge of the one-round client.
    pub(crate) async fn answer(&self, pending: &Pending, answer: &str) -> anyhow::Result<Answer> {
        self.answer_at(WEB_CLIENT, pending, answer, json!({})).await
    }

    /// Answers a challenge.
    pub(crate) async fn answer_at(
        &self,
        client: &str,
        pending: &Pending,
        answer: &str,
        metadata: Value,
    ) -> anyhow::Result<Answer> {
        let input = json!({
            "ClientId": client,
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": pending.session,
            "ChallengeResponses": {"USERNAME": pending.user_name, "ANSWER": answer},
            "ClientMetadata": metadata,
        });
        self.call("RespondToAuthChallenge", input).await
    }

    /// Creates a user with a verified address, as an administrator.
    pub(crate) async fn create(&self, name: &str) -> anyhow::Result<()> {
        let input = json!({
            "UserPoolId": self.pool(),
            "Username": name,
            "MessageAction": "SUPPRESS",
            "UserAttributes": [
                {"Name": "email", "Value": name},
                {"Name": "email_verified", "Value": "true"},
            ],
        });
        self.expect("AdminCreateUser", input).await?;
        let input = json!({
            "UserPoolId": self.pool(),
            "Username": name,
            "Password": CREATED_PASSWORD,
            "Permanent": true,
        });
        self.expect("AdminSetUserPassword", input).await.map(drop)
    }

    /// Returns the address that links of the default pool lead to.
    pub(crate) fn page(&self) -> String {
        format!("{}/", self.url)
    }

    /// Opens the page that links lead to, as a scanner of mails does.
    pub(crate) async fn open_page(&self) -> anyhow::Result<()> {
        self.http.head(self.page()).send().await?;
        self.http.get(self.page()).send().await?;
        Ok(())
    }

    /// Returns the triggers and AWS calls that follow a successful sign-in.
    pub(crate) fn after_sign_in(&self) -> &AfterSignIn {
        &self.deployment.after_sign_in
    }

    /// The pool's id.
    pub(crate) fn pool(&self) -> String {
        self.deployment.user_pool.clone()
    }
}

/// The wall clock in seconds since 1970, which requests are signed by.
pub(super) fn now() -> u64 {
    Clock::default().wall()
}
