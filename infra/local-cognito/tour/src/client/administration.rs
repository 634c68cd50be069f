//! Administration, as a caller with rights in IAM reaches it: the signed routes, and functions
//! that are invoked.

use anyhow::{Context, ensure};
use serde_json::Value;

use super::connection::now;
use super::provider::answer;
use super::{Client, Keys, at};
use local_cognito_sigv4::{SigningKey, Unsigned, sign};

/// Caller of the administration.
#[derive(Clone, Copy)]
pub(crate) enum As<'a> {
    /// The person at this machine, who may do everything.
    Administrator,
    /// A holder of credentials of the identity pool.
    Holder(&'a Keys),
    /// A holder of a token.
    Bearer(&'a str),
    /// An unsigned request.
    Unsigned,
}

impl Client {
    /// Asks for administration: the status and the answer.
    pub(crate) async fn administer(
        &self,
        who: As<'_>,
        what: &str,
        body: &Value,
    ) -> anyhow::Result<(u16, Value)> {
        let (url, body) = (self.route(&format!("v1/admin/accounts/{what}")), body.to_string());
        let request = self.http.post(&url).header("content-type", "application/json");
        let region = &self.deployment.region;
        let key = match who {
            As::Administrator => Some(SigningKey::administrator(region, "execute-api")),
            As::Holder(keys) => Some(keys.signing(region, "execute-api")),
            As::Bearer(_) | As::Unsigned => None,
        };
        let mut request = match who {
            As::Bearer(token) => request.bearer_auth(token),
            As::Administrator | As::Holder(_) | As::Unsigned => request,
        };
        if let Some(key) = key {
            let unsigned = Unsigned { method: "POST", url, headers: vec![], body: body.as_bytes() };
            let headers = sign(&unsigned, &key, now());
            for (name, value) in headers.context("the request cannot be signed")? {
                request = request.header(name, value);
            }
        }
        answer(request.body(body)).await
    }

    /// Asks for administration as the administrator, and takes a refusal for a failure of the step.
    pub(crate) async fn expect_administration(
        &self,
        what: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let (status, answer) = self.administer(As::Administrator, what, body).await?;
        ensure!(status == 200, "{what}: {status} {answer}");
        Ok(answer)
    }

    /// Invokes a function as `aws lambda invoke` does, and takes an error for a failure.
    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> anyhow::Result<Value> {
        let path = format!("2015-03-31/functions/{function}/invocations");
        let request = self.http.post(self.route(&path)).json(event);
        let (status, answer) = answer(request).await?;
        ensure!(status == 200 && at(&answer, "/errorType").is_null(), "{status} {answer}");
        Ok(answer)
    }
}
