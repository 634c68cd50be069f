//! Identities, temporary credentials and files, as an application reaches them.

use anyhow::{Context, anyhow, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use super::connection::now;
use super::{Answer, Client, Refused, at};
use local_cognito_sigv4::{SigningKey, Unsigned, sign};

/// The key of the identity pool's own tokens among logins.
pub(crate) const OWN_TOKEN: &str = "cognito-identity.amazonaws.com";

/// Temporary credentials, and the identity they are of.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) identity: String,
    access_key_id: String,
    secret_key: String,
    session_token: Option<String>,
}

impl Keys {
    /// Returns the key of a note below the own prefix.
    pub(crate) fn note(&self) -> String {
        format!("private/{}/note", self.identity)
    }

    /// The keys in an answer of the container format.
    pub(super) fn of_container(identity: &str, answer: &Value) -> anyhow::Result<Self> {
        let expiration = text(answer, "/Expiration")?;
        ensure!(expiration.len() == 20 && expiration.ends_with('Z'), "{expiration} is no time");
        Ok(Self {
            identity: identity.to_owned(),
            access_key_id: text(answer, "/AccessKeyId")?,
            secret_key: text(answer, "/SecretAccessKey")?,
            session_token: Some(text(answer, "/Token")?),
        })
    }

    /// The parts that no log may hold.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        [Some(self.secret_key.as_str()), self.session_token.as_deref()].into_iter().flatten()
    }

    pub(crate) fn session_token(&self) -> Option<String> {
        self.session_token.clone()
    }

    /// Returns the key that a request to a service is signed with.
    pub(super) fn signing<'k>(&'k self, region: &'k str, service: &'k str) -> SigningKey<'k> {
        SigningKey {
            access_key_id: &self.access_key_id,
            secret_key: &self.secret_key,
            session_token: self.session_token.as_deref(),
            region,
            service,
        }
    }

    /// The same keys with another session token, or none.
    pub(crate) fn with_token(&self, session_token: Option<String>) -> Self {
        Self { session_token, ..self.clone() }
    }
}

/// Answer of S3: the body, or the code of its error.
pub(crate) type FileAnswer = Result<String, String>;

impl Client {
    /// Calls the identity-pool API.
    pub(crate) async fn call_identity_pool(
        &self,
        action: &str,
        input: Value,
    ) -> anyhow::Result<Answer> {
        let target = format!("AWSCognitoIdentityService.{action}");
        self.post("cognito-identity", &target, input).await
    }

    /// Calls the identity-pool API and takes an error for a failure of the step.
    pub(crate) async fn expect_identity_pool(
        &self,
        action: &str,
        input: Value,
    ) -> anyhow::Result<Value> {
        self.call_identity_pool(action, input)
            .await?
            .map_err(|Refused { kind, message }| anyhow!("{action}: {kind}: {message}"))
    }

    /// Returns the logins of a user of the user pool.
    pub(crate) fn logins(&self, id_token: &str) -> Value {
        json!({self.user_pool_provider(): id_token})
    }

    /// The name that identity pools have for the user pool.
    pub(crate) fn user_pool_provider(&self) -> String {
        format!("cognito-idp.{}.amazonaws.com/{}", self.deployment.region, self.pool())
    }

    /// The identity that logins lead to.
    pub(crate) async fn identity(&self, logins: &Value) -> anyhow::Result<String> {
        let input = json!({"IdentityPoolId": self.identity_pool(), "Logins": logins});
        let answer = self.expect_identity_pool("GetId", input).await?;
        text(&answer, "/IdentityId")
    }

    /// Temporary credentials for an identity.
    pub(crate) async fn credentials(&self, identity: &str, logins: &Value) -> anyhow::Result<Keys> {
        let input = json!({"IdentityId": identity, "Logins": logins});
        let answer = self.expect_identity_pool("GetCredentialsForIdentity", input).await?;
        Ok(Keys {
            identity: text(&answer, "/IdentityId")?,
            access_key_id: text(&answer, "/Credentials/AccessKeyId")?,
            secret_key: text(&answer, "/Credentials/SecretKey")?,
            session_token: Some(text(&answer, "/Credentials/SessionToken")?),
        })
    }

    /// Asks S3 for an object of the bucket, signed if there are keys.
    pub(crate) async fn file(
        &self,
        method: Method,
        key: &str,
        keys: Option<&Keys>,
        body: &str,
    ) -> anyhow::Result<FileAnswer> {
        let bucket = &self.deployment.bucket;
        let url = format!("{}/{bucket}/{}", self.deployment.s3, key.replace(':', "%3A"));
        let mut request = self.http.request(method.clone(), &url).body(body.to_owned());
        if let Some(keys) = keys {
            let unsigned =
                Unsigned { method: method.as_str(), url, headers: vec![], body: body.as_bytes() };
            let key = keys.signing(&self.deployment.region, "s3");
            let now = now();
            let headers = sign(&unsigned, &key, now).context("the request cannot be signed")?;
            for (name, value) in headers {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.context("S3 does not answer")?;
        let succeeded = answer.status().is_success();
        let body = answer.text().await?;
        let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        Ok(match code {
            _ if succeeded => Ok(body),
            Some((code, _)) => Err(code.to_owned()),
            None => Err("no code".to_owned()),
        })
    }

    /// A published document, such as a key set.
    pub(crate) async fn document(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.http.get(format!("{}/{path}", &self.url)).send().await?;
        serde_json::from_str(&answer.text().await?).context("it is not JSON")
    }

    /// The identity pool's id.
    pub(crate) fn identity_pool(&self) -> String {
        self.deployment.identity_pool.clone()
    }
}

/// The text under a JSON pointer, which must be there.
pub(crate) fn text(answer: &Value, pointer: &str) -> anyhow::Result<String> {
    let text = at(answer, pointer).as_str();
    text.map(str::to_owned).with_context(|| format!("there is no {pointer}"))
}
