//! The routes of `developer-identity`, and the issuer it trusts, as an application reaches them.

use anyhow::{Context, bail, ensure};
use reqwest::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ORIGIN,
};
use reqwest::{RequestBuilder, Url};
use serde_json::{Value, json};

use super::{Client, Keys, at};
use crate::names::DIRECTORY_CLIENT;

/// Answer of `/v1/token`: tokens, or the code of its error.
pub(crate) type Grant = Result<Value, String>;

/// The members of its requests and answers that no log may hold.
const SECRETS: [&str; 7] = [
    "password",
    "refresh_token",
    "subject_token",
    "token",
    "access_token",
    "credentials_token",
    "handle",
];

impl Client {
    /// Asks for a registration; the handle is for [`Client::confirm`].
    pub(crate) async fn register(&self, address: &str) -> anyhow::Result<String> {
        let body = json!({"email": address});
        let request = self.http.post(self.route("v1/accounts")).json(&body);
        let (status, answer) = answer(request).await?;
        ensure!(status == 202, "it answers {status}: {answer}");
        self.keep_secrets(&answer);
        let handle = at(&answer, "/handle").as_str();
        handle.map(str::to_owned).context("there is no handle")
    }

    /// Confirms a registration with the code of its mail, and sets the password.
    pub(crate) async fn confirm(
        &self,
        address: &str,
        handle: &str,
        code: &str,
        password: &str,
    ) -> anyhow::Result<()> {
        self.keep_secret(password);
        let body = json!({"email": address, "handle": handle, "code": code, "password": password});
        let request = self.http.post(self.route("v1/accounts/confirm")).json(&body);
        let (status, answer) = answer(request).await?;
        ensure!(status == 204, "it answers {status}: {answer}");
        Ok(())
    }

    /// Asks for tokens with a name and a password of the directory.
    pub(crate) async fn grant_password(&self, name: &str, password: &str) -> anyhow::Result<Grant> {
        self.grant(&by_password(name, password)).await
    }

    /// Asks for tokens with a refresh token.
    pub(crate) async fn grant_refresh(&self, token: &str) -> anyhow::Result<Grant> {
        self.grant(&by_refresh(token)).await
    }

    /// Asks for a session for credentials with a name and a password of the directory.
    pub(crate) async fn grant_program(&self, name: &str, password: &str) -> anyhow::Result<Grant> {
        self.grant(&[&by_password(name, password)[..], &[FOR_CREDENTIALS]].concat()).await
    }

    /// Asks for a session for credentials with a refresh token, which is not used up.
    pub(crate) async fn grant_program_by_refresh(&self, token: &str) -> anyhow::Result<Grant> {
        self.grant(&[&by_refresh(token)[..], &[FOR_CREDENTIALS]].concat()).await
    }

    /// Asks for tokens with a token of the issuer.
    pub(crate) async fn grant_exchange(&self, token: &str) -> anyhow::Result<Grant> {
        self.grant(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("subject_token", token),
        ])
        .await
    }

    /// A token that the trusted issuer signs, with these claims.
    pub(crate) async fn subject_token(&self, claims: &Value) -> anyhow::Result<String> {
        let request = self.http.post(self.route("_local/issuer/token")).json(claims);
        let (_, answer) = answer(request).await?;
        let token = at(&answer, "/token").as_str();
        token.map(str::to_owned).context("the issuer signs nothing")
    }

    /// Asks for temporary credentials as an AWS SDK does, with a bare token: the keys, or the
    /// status of the refusal.
    pub(crate) async fn fetch(
        &self,
        identity: &str,
        token: &str,
    ) -> anyhow::Result<Result<Keys, u16>> {
        let request = self.http.get(self.route("v1/credentials")).header(AUTHORIZATION, token);
        let request = request.header(ORIGIN, &self.url);
        let response = request.send().await.context("the local Cognito does not answer")?;
        let status = response.status().as_u16();
        if status != 200 {
            return Ok(Err(status));
        }
        let headers = response.headers().clone();
        let no_page_reads_it = !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
        ensure!(no_page_reads_it, "pages may read credentials");
        let cached = headers.get(CACHE_CONTROL).is_none_or(|value| value != "no-store");
        ensure!(!cached, "credentials may be kept in a cache");
        let answer: Value = serde_json::from_str(&response.text().await?)?;
        let keys = Keys::of_container(identity, &answer)?;
        keys.secrets().for_each(|secret| self.keep_secret(secret));
        Ok(Ok(keys))
    }

    /// The status of `GET /v1/identity` with a token.
    pub(crate) async fn introduce(&self, token: &str) -> anyhow::Result<u16> {
        let request = self.http.get(self.route("v1/identity")).bearer_auth(token);
        Ok(answer(request).await?.0)
    }

    /// The status of `POST /v1/logout` with a token.
    pub(crate) async fn log_out(&self, token: &str) -> anyhow::Result<u16> {
        let request = self.http.post(self.route("v1/logout")).bearer_auth(token).json(&json!({}));
        Ok(answer(request).await?.0)
    }

    async fn grant(&self, form: &[(&str, &str)]) -> anyhow::Result<Grant> {
        let secrets = form.iter().filter(|(name, _)| SECRETS.contains(name));
        secrets.for_each(|(_, secret)| self.keep_secret(secret));
        let url = self.route("v1/token");
        let form = Url::parse_with_params(&url, form)?.query().unwrap_or_default().to_owned();
        let request = self.http.post(&url).header(CONTENT_TYPE, FORM).body(form);
        let (status, answer) = answer(request).await?;
        self.keep_secrets(&answer);
        match (status, at(&answer, "/error").as_str()) {
            (200, _) => Ok(Ok(answer)),
            (400, Some(error)) => Ok(Err(error.to_owned())),
            (_, _) => bail!("it answers {status}: {answer}"),
        }
    }

    /// Remembers the secrets among the members of an answer.
    pub(super) fn keep_secrets(&self, answer: &Value) {
        let members = SECRETS.iter().filter_map(|name| answer.get(name)?.as_str());
        members.for_each(|secret| self.keep_secret(secret));
    }

    pub(super) fn route(&self, path: &str) -> String {
        format!("{}/{path}", &self.url)
    }
}

/// Parameter that asks for a session for credentials.
const FOR_CREDENTIALS: (&str, &str) = ("scope", "credentials");

/// Returns the form for a name and a password.
fn by_password<'a>(name: &'a str, password: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "password"),
        ("client_id", DIRECTORY_CLIENT),
        ("username", name),
        ("password", password),
    ]
}

/// Returns the form for a refresh token.
fn by_refresh(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The status and the JSON of an answer; `null` if it is empty.
pub(super) async fn answer(request: RequestBuilder) -> anyhow::Result<(u16, Value)> {
    let answer = request.send().await.context("the local Cognito does not answer")?;
    let status = answer.status().as_u16();
    match answer.text().await?.as_str() {
        "" => Ok((status, Value::Null)),
        body => Ok((status, serde_json::from_str(body).context("it is not JSON")?)),
    }
}
