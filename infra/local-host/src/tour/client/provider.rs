//! The routes of `developer-identity`, and the issuer it trusts, as an application reaches them.

use anyhow::{Context, bail, ensure};
use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, Url};
use serde_json::{Value, json};

use super::{Client, at};
use crate::default_pool::DIRECTORY_CLIENT;

/// What `/v1/token` answers: tokens, or the code of its error.
pub(in crate::tour) type Grant = Result<Value, String>;

impl Client<'_> {
    /// Registers an address; the handle is for [`Client::confirm`].
    pub(in crate::tour) async fn register(
        &self,
        address: &str,
        password: &str,
    ) -> anyhow::Result<String> {
        let body = json!({"email": address, "password": password});
        let request = self.http.post(self.route("v1/accounts")).json(&body);
        let (status, answer) = answer(request).await?;
        ensure!(status == 202, "it answers {status}: {answer}");
        let handle = at(&answer, "/handle").as_str();
        handle.map(str::to_owned).context("there is no handle")
    }

    /// Confirms a registration with the code of its mail.
    pub(in crate::tour) async fn confirm(&self, handle: &str, code: &str) -> anyhow::Result<()> {
        let body = json!({"handle": handle, "code": code});
        let request = self.http.post(self.route("v1/accounts/confirm")).json(&body);
        let (status, answer) = answer(request).await?;
        ensure!(status == 204, "it answers {status}: {answer}");
        Ok(())
    }

    /// Asks for tokens with a name and a password of the directory.
    pub(in crate::tour) async fn grant_password(
        &self,
        name: &str,
        password: &str,
    ) -> anyhow::Result<Grant> {
        self.grant(&[
            ("grant_type", "password"),
            ("client_id", DIRECTORY_CLIENT),
            ("username", name),
            ("password", password),
        ])
        .await
    }

    /// Asks for tokens with a refresh token.
    pub(in crate::tour) async fn grant_refresh(&self, token: &str) -> anyhow::Result<Grant> {
        self.grant(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Asks for tokens with a token of the issuer.
    pub(in crate::tour) async fn grant_exchange(&self, token: &str) -> anyhow::Result<Grant> {
        self.grant(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("subject_token", token),
        ])
        .await
    }

    /// A token that the trusted issuer signs for somebody.
    pub(in crate::tour) async fn subject_token(&self, sub: &str) -> anyhow::Result<String> {
        let request = self.http.post(self.route("_local/issuer/token")).json(&json!({"sub": sub}));
        let (_, answer) = answer(request).await?;
        let token = at(&answer, "/token").as_str();
        token.map(str::to_owned).context("the issuer signs nothing")
    }

    async fn grant(&self, form: &[(&str, &str)]) -> anyhow::Result<Grant> {
        let url = self.route("v1/token");
        let form = Url::parse_with_params(&url, form)?.query().unwrap_or_default().to_owned();
        let request = self.http.post(&url).header(CONTENT_TYPE, FORM).body(form);
        let (status, answer) = answer(request).await?;
        match (status, at(&answer, "/error").as_str()) {
            (200, _) => Ok(Ok(answer)),
            (400, Some(error)) => Ok(Err(error.to_owned())),
            (_, _) => bail!("it answers {status}: {answer}"),
        }
    }

    fn route(&self, path: &str) -> String {
        format!("{}/{path}", self.host.url())
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The status and the JSON of an answer; `null` if it is empty.
async fn answer(request: RequestBuilder) -> anyhow::Result<(u16, Value)> {
    let answer = request.send().await.context("the host does not answer")?;
    let status = answer.status().as_u16();
    match answer.text().await?.as_str() {
        "" => Ok((status, Value::Null)),
        body => Ok((status, serde_json::from_str(body).context("it is not JSON")?)),
    }
}
