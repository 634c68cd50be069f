//! Calls with the events that they cause.

use std::time::Duration;

use local_cognito::functions::Outcome;
use local_cognito::journal::Entry;
use local_cognito::user_pool::Caller;
use serde_json::{Value, json};

use crate::handle::TestCognito;
use crate::input::{response, sign_up, start};
use crate::run::Run;

/// Time in which an invoked function returns.
const PATIENCE: Duration = Duration::from_secs(60);

impl TestCognito {
    /// Invokes a function, which must return.
    pub async fn invoke(&self, function: &str, event: &Value) -> Value {
        let payload = event.to_string().into_bytes();
        match self.functions.invoke(function, payload, PATIENCE).await {
            Outcome::Returned(answer) => serde_json::from_slice(&answer).unwrap(),
            other => panic!("{function} {event}: {other:?}"),
        }
    }

    /// Makes an unsigned call, at the handle's client unless the input says otherwise.
    pub async fn run(&self, action: &str, mut input: Value) -> Run {
        let needs_no_client = input.get("AccessToken").is_some();
        if input.get("ClientId").is_none() && !needs_no_client {
            input["ClientId"] = json!(self.client);
        }
        self.run_as(Caller::Public, action, input).await
    }

    /// Makes a signed call about the handle's pool and, where the action has one, its client.
    pub async fn run_signed(&self, action: &str, mut input: Value) -> Run {
        input["UserPoolId"] = json!(self.pool);
        if action.ends_with("Auth") || action.ends_with("Challenge") || action.ends_with("Client") {
            input["ClientId"] = json!(self.client);
        }
        self.run_as(Caller::Signed, action, input).await
    }

    async fn run_as(&self, caller: Caller, action: &str, input: Value) -> Run {
        let mark = self.journal.mark();
        let result = self.user_pools.call(caller, action, input).await;
        let events = self
            .journal
            .since(mark)
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::Invoked { event, .. } => Some(event),
                Entry::Called { .. } => None,
            })
            .collect();
        Run { result, events }
    }

    /// Signs an address up.
    pub async fn sign_up(&self, address: &str) -> Run {
        self.run("SignUp", sign_up(address)).await
    }

    /// Signs a user up and confirms the address with the code that was mailed.
    pub async fn join(&self, address: &str) {
        self.sign_up(address).await.ok();
        let code = self.code(address);
        let input = json!({"Username": address, "ConfirmationCode": code});
        self.run("ConfirmSignUp", input).await.ok();
    }

    /// Signs in with a password.
    pub async fn password(&self, address: &str, password: &str) -> Run {
        let parameters = json!({"USERNAME": address, "PASSWORD": password});
        let input = json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        self.run("InitiateAuth", input).await
    }

    /// Starts a custom sign-in.
    pub async fn start(&self, address: &str) -> Run {
        self.run("InitiateAuth", start(address)).await
    }

    /// Answers the challenge that `open` carries.
    pub async fn respond(&self, open: &Value, text: &str) -> Run {
        self.run("RespondToAuthChallenge", response(open, text)).await
    }

    /// Describes a user as an administrator sees it.
    pub async fn user(&self, name: &str) -> Run {
        self.run_signed("AdminGetUser", json!({"Username": name})).await
    }

    /// Returns the status of a user.
    pub async fn status(&self, name: &str) -> String {
        let user = self.user(name).await.ok();
        user["UserStatus"].as_str().unwrap().to_owned()
    }

    /// Returns one attribute of a user; null if there is none.
    pub async fn attribute(&self, name: &str, attribute: &str) -> Value {
        let user = self.user(name).await.ok();
        user["UserAttributes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["Name"] == attribute)
            .map_or(Value::Null, |entry| entry["Value"].clone())
    }

    /// Asserts that a user does not exist.
    pub async fn is_unknown(&self, name: &str) {
        self.user(name).await.fails("UserNotFoundException");
    }
}
