//! Logins of other providers, as an application links them to an account.

use anyhow::{Context, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use super::connection::CREATED_PASSWORD;
use super::provider::answer;
use super::{Client, at, text};
use crate::names::SOCIAL_PROVIDER;
use crate::names::WEB_CLIENT;

/// Answer of a route: the body, or the code of its error.
pub(crate) type Said = Result<Value, String>;

impl Client {
    /// A nonce for the proof of another login.
    pub(crate) async fn link_nonce(&self, access_token: &str) -> anyhow::Result<String> {
        let said = self.of_links(Method::POST, "/nonce", access_token, None).await?;
        let said = said.map_err(|code| anyhow::anyhow!("it answers {code}"))?;
        let nonce = text(&said, "/nonce")?;
        self.keep_secret(&nonce);
        Ok(nonce)
    }

    /// Links the login that an ID token proves.
    pub(crate) async fn link(&self, access_token: &str, id_token: &str) -> anyhow::Result<Said> {
        self.keep_secret(id_token);
        let body = json!({"id_token": id_token});
        self.of_links(Method::POST, "", access_token, Some(body)).await
    }

    /// Takes the login at a provider away.
    pub(crate) async fn unlink(&self, access_token: &str, provider: &str) -> anyhow::Result<Said> {
        let path = format!("/{}", provider.replace('/', "%2F"));
        self.of_links(Method::DELETE, &path, access_token, None).await
    }

    /// The providers of the logins that lead to an account.
    pub(crate) async fn linked(&self, access_token: &str) -> anyhow::Result<Vec<String>> {
        let request = self.http.get(self.route("v1/identity")).bearer_auth(access_token);
        let (status, who) = answer(request).await?;
        ensure!(status == 200, "it answers {status}: {who}");
        let links = at(&who, "/links").as_array().context("there are no links")?;
        links.iter().map(|link| text(link, "/provider")).collect()
    }

    /// An ID token that the stand-in for social providers signs for a subject.
    pub(crate) async fn social_token(&self, sub: &str, nonce: &str) -> anyhow::Result<String> {
        let wanted = json!({"sub": sub, "nonce": nonce});
        let request = self.http.post(self.route("_local/social/token")).json(&wanted);
        text(&answer(request).await?.1, "/id_token")
    }

    /// An ID token of a sign-in at the pages of the user pool, with the password that
    /// [`Client::create`] has set.
    pub(crate) async fn managed_login(&self, name: &str, nonce: &str) -> anyhow::Result<String> {
        let input = json!({
            "ClientId": WEB_CLIENT, "Username": name, "Password": CREATED_PASSWORD, "Nonce": nonce,
        });
        let request = self.http.post(self.route("_local/managed-login")).json(&input);
        text(&answer(request).await?.1, "/id_token")
    }

    /// Returns the logins of a subject at the social provider.
    pub(crate) fn social_logins(id_token: &str) -> Value {
        json!({SOCIAL_PROVIDER: id_token})
    }

    async fn of_links(
        &self,
        method: Method,
        path: &str,
        access_token: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Said> {
        let request = self.http.request(method, self.route(&format!("v1/identity/links{path}")));
        let request = match access_token {
            "" => request,
            token => request.bearer_auth(token),
        };
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let (status, answer) = answer(request).await?;
        match (status, at(&answer, "/code").as_str()) {
            (200 | 204, _) => Ok(Ok(answer)),
            (400..=409, Some(code)) => Ok(Err(code.to_owned())),
            (_, _) => bail!("it answers {status}: {answer}"),
        }
    }
}
