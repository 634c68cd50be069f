//! The routes for passwords of the directory, as an application reaches them.

use anyhow::Context;
use serde_json::{Value, json};

use super::provider::{Grant, answer};
use super::{Client, at};
use crate::names::DIRECTORY_CLIENT;

/// Answer of a route for passwords: its status, and the code of its error or nothing.
pub(crate) type Reply = (u16, String);

/// Answer to a request for a recovery.
pub(crate) struct Recovery {
    pub(crate) status: u16,
    pub(crate) handle: String,
    /// Members of the answer with the length of their values.
    pub(crate) shape: Vec<(String, usize)>,
}

impl Client {
    /// Asks for the recovery of an address.
    pub(crate) async fn recover(&self, address: &str) -> anyhow::Result<Recovery> {
        let body = json!({"email": address});
        let request = self.http.post(self.route("v1/accounts/recovery")).json(&body);
        let (status, answer) = answer(request).await?;
        self.keep_secrets(&answer);
        let handle = at(&answer, "/handle").as_str().context("there is no handle")?.to_owned();
        let members = answer.as_object().into_iter().flatten();
        let shape = members.map(|(name, value)| (name.clone(), value.to_string().len()));
        Ok(Recovery { status, handle, shape: shape.collect() })
    }

    /// Sets another password with the code of a mail: tokens, or the code of the error.
    pub(crate) async fn confirm_recovery(
        &self,
        address: &str,
        handle: &str,
        code: &str,
        password: &str,
    ) -> anyhow::Result<Grant> {
        self.keep_secret(password);
        let body = json!({
            "email": address, "handle": handle, "code": code, "new_password": password,
            "client_id": DIRECTORY_CLIENT,
        });
        let request = self.http.post(self.route("v1/accounts/recovery/confirm")).json(&body);
        let (status, answer) = answer(request).await?;
        self.keep_secrets(&answer);
        match status {
            200 => Ok(Ok(answer)),
            _ => Ok(Err(reply((status, answer))?.1)),
        }
    }

    /// Sets another password with the current one.
    pub(crate) async fn change_password(
        &self,
        access_token: &str,
        address: &str,
        current: &str,
        password: &str,
    ) -> anyhow::Result<Reply> {
        self.keep_secret(current);
        self.keep_secret(password);
        let body = json!({
            "email": address, "current_password": current, "new_password": password,
        });
        let request = self.http.post(self.route("v1/accounts/password"));
        reply(answer(request.bearer_auth(access_token).json(&body)).await?)
    }
}

fn reply((status, answer): (u16, Value)) -> anyhow::Result<Reply> {
    Ok((status, at(&answer, "/code").as_str().unwrap_or_default().to_owned()))
}
