//! The handle on a local Cognito.

use std::time::Duration;

use local_cognito::LocalCognito;
use local_cognito::clock::Clock;
use local_cognito::credentials::Credentials;
use local_cognito::functions::Functions;
use local_cognito::identity_pool::IdentityPools;
use local_cognito::journal::Journal;
use local_cognito::outbox::Outbox;
use local_cognito::user_pool::{ApiError, Caller, UserPools};
use serde_json::{Value, json};

use crate::calls::Calls;

/// A local Cognito of one test: the pools in the test's process, or the whole over HTTP.
pub struct TestCognito {
    /// Clock of all parts.
    pub clock: Clock,
    /// Temporary credentials that the identity pool has issued.
    pub credentials: Credentials,
    /// Functions, which a test may script.
    pub functions: Functions,
    /// Record of invocations and calls.
    pub journal: Journal,
    /// Messages that the pools have sent.
    pub outbox: Outbox,
    /// User pools.
    pub user_pools: UserPools,
    /// Identity pools.
    pub identity_pools: IdentityPools,
    /// Id of the user pool that signed calls are about.
    pub pool: String,
    /// Id of the app client of public calls.
    pub client: String,
    pub(crate) http: reqwest::Client,
    pub(crate) server: Option<LocalCognito>,
    pub(crate) calls: Option<Calls>,
}

impl TestCognito {
    /// Returns the local Cognito that is served over HTTP.
    #[must_use]
    #[track_caller]
    pub fn server(&self) -> &LocalCognito {
        self.server.as_ref().expect("the pools of this handle are not served")
    }

    /// Returns the local Cognito that is served over HTTP, so that a test can shut it down.
    #[must_use]
    #[track_caller]
    pub fn into_server(self) -> LocalCognito {
        self.server.expect("the pools of this handle are not served")
    }

    /// Returns the AWS calls of the functions, which [`Self::serve_recorded`] records.
    #[must_use]
    #[track_caller]
    pub fn calls(&self) -> &Calls {
        self.calls.as_ref().expect("the calls of this handle are not recorded")
    }

    /// Makes an unsigned call of the user pool.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn public(&self, action: &str, input: Value) -> Result<Value, ApiError> {
        self.user_pools.call(Caller::Public, action, input).await
    }

    /// Makes a signed call about the handle's user pool.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn signed(&self, action: &str, mut input: Value) -> Result<Value, ApiError> {
        input["UserPoolId"] = json!(self.pool);
        self.user_pools.call(Caller::Signed, action, input).await
    }

    /// Makes a signed call about the handle's user pool that must succeed.
    pub async fn admin(&self, action: &str, input: Value) -> Value {
        let answer = self.signed(action, input).await;
        answer.unwrap_or_else(|error| panic!("{action}: {error}"))
    }

    /// Moves the clock.
    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}
