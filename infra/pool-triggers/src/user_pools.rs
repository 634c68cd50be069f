//! The control plane of user pools, spoken in raw JSON over the SDK's transport.
//!
//! The SDK signs, resolves the endpoint and retries; its model touches neither what is sent nor
//! what is kept of an answer, so a member that the model lacks survives both ways.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::http::HttpResponse;
use aws_sdk_cognitoidentityprovider::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_sdk_cognitoidentityprovider::config::{
    Config, ConfigBag, Credentials, Intercept, RuntimeComponents,
};
use aws_sdk_cognitoidentityprovider::error::{BoxError, ProvideErrorMetadata, SdkError};
use lifeguard_aws::{Roots, RootsError, http_client};
use serde_json::{Map, Value};

/// The longest that one attempt of a call may take.
const ATTEMPT: Duration = Duration::from_secs(20);

/// App clients asked for at a time, the most that the API takes.
const PAGE: i32 = 60;

/// Failed call of the API.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The service refused the request, with a status of 400 to 499.
    #[error("{code}: {message}")]
    Refused {
        /// The error's code, such as `InvalidParameterException`.
        code: String,
        /// The sentence beside the code.
        message: String,
    },
    /// The call failed on its way or in the service, or its answer is not JSON.
    #[error("{0}")]
    Failed(String),
}

/// An app client of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppClient {
    /// The client's id.
    pub id: String,
    /// The client's name.
    pub name: String,
}

/// Calls the API in one Region.
#[derive(Clone, Debug)]
pub struct UserPools {
    client: Client,
}

impl UserPools {
    /// Creates a caller. Without credentials the SDK looks for them, and without an endpoint, in
    /// the environment and in the AWS configuration file.
    ///
    /// # Errors
    ///
    /// The system has no root certificates.
    pub async fn new(
        region: &str,
        credentials: Option<Credentials>,
        endpoint: Option<&str>,
    ) -> Result<Self, RootsError> {
        let http = http_client(&Roots::System)?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .timeout_config(timeouts)
            .http_client(http);
        if let Some(credentials) = credentials {
            loader = loader.credentials_provider(credentials);
        }
        if let Some(endpoint) = endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        Ok(Self { client: Client::new(&loader.load().await) })
    }

    /// Returns the pool as `DescribeUserPool` shows it.
    ///
    /// # Errors
    ///
    /// The call fails, or its answer holds no pool.
    pub async fn describe(&self, pool: &str) -> Result<Map<String, Value>, CallError> {
        let raw = RawJson::default();
        let call = self.client.describe_user_pool().user_pool_id(pool).customize();
        let mut answer = raw.answer(call.interceptor(raw.clone()).send().await)?;
        match answer.remove("UserPool") {
            Some(Value::Object(pool)) => Ok(pool),
            _ => Err(CallError::Failed("DescribeUserPool answered without a pool".to_owned())),
        }
    }

    /// Returns the answer of `GetUserPoolMfaConfig`.
    ///
    /// # Errors
    ///
    /// The call fails.
    pub async fn mfa_config(&self, pool: &str) -> Result<Map<String, Value>, CallError> {
        let raw = RawJson::default();
        let call = self.client.get_user_pool_mfa_config().user_pool_id(pool).customize();
        raw.answer(call.interceptor(raw.clone()).send().await)
    }

    /// Sends `request` as the body of `UpdateUserPool`, once: a refusal of a second attempt says
    /// nothing of a first one that brought no answer.
    ///
    /// # Errors
    ///
    /// The call fails; after [`CallError::Failed`] the pool may have changed nevertheless.
    pub async fn update(&self, request: &Map<String, Value>) -> Result<(), CallError> {
        let raw = RawJson::sending(request);
        let once = Config::builder().retry_config(RetryConfig::disabled());
        let call = self.client.update_user_pool().user_pool_id(pool_of(request)).customize();
        let call = call.config_override(once);
        raw.answer(call.interceptor(raw.clone()).send().await).map(drop)
    }

    /// Sends `request` as the body of `SetUserPoolMfaConfig`.
    ///
    /// # Errors
    ///
    /// As [`UserPools::update`].
    pub async fn set_mfa_config(&self, request: &Map<String, Value>) -> Result<(), CallError> {
        let raw = RawJson::sending(request);
        let call =
            self.client.set_user_pool_mfa_config().user_pool_id(pool_of(request)).customize();
        raw.answer(call.interceptor(raw.clone()).send().await).map(drop)
    }

    /// Returns all app clients of the pool.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub async fn clients(&self, pool: &str) -> Result<Vec<AppClient>, CallError> {
        let mut clients = Vec::new();
        let call = self.client.list_user_pool_clients().user_pool_id(pool).max_results(PAGE);
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&error))?;
            clients.extend(page.user_pool_clients().iter().map(|client| AppClient {
                id: client.client_id().unwrap_or_default().to_owned(),
                name: client.client_name().unwrap_or_default().to_owned(),
            }));
        }
        Ok(clients)
    }

    /// Returns true if an app client of the pool has a secret, which is not kept.
    ///
    /// # Errors
    ///
    /// The call fails.
    pub async fn has_secret(&self, pool: &str, client: &str) -> Result<bool, CallError> {
        let call = self.client.describe_user_pool_client().user_pool_id(pool).client_id(client);
        let answer = call.send().await.map_err(|error| failure(&error))?;
        let client = answer.user_pool_client();
        let secret = client.and_then(|client| client.client_secret());
        Ok(secret.is_some_and(|secret| !secret.is_empty()))
    }
}

fn pool_of(request: &Map<String, Value>) -> String {
    request.get("UserPoolId").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Puts a body of its own into a request before it is signed, and keeps the answer as it came.
#[derive(Clone, Debug, Default)]
struct RawJson {
    request: Option<String>,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl RawJson {
    fn sending(request: &Map<String, Value>) -> Self {
        let request = Value::Object(request.clone()).to_string();
        Self { request: Some(request), ..Self::default() }
    }

    /// Returns the kept answer of a call that succeeded.
    fn answer<T, E>(
        &self,
        outcome: Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<Map<String, Value>, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        outcome.map_err(|error| failure(&error))?;
        let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        match serde_json::from_slice(&answer) {
            Ok(Value::Object(members)) => Ok(members),
            _ => Err(CallError::Failed("the answer is not a JSON object".to_owned())),
        }
    }
}

impl Intercept for RawJson {
    fn name(&self) -> &'static str {
        "RawJson"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(body) = &self.request {
            let request = context.request_mut();
            request.headers_mut().insert("content-length", body.len().to_string());
            *request.body_mut() = body.as_str().into();
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}

fn failure<E>(error: &SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(code) = error.code() {
        let message = error.message().unwrap_or_default().to_owned();
        let refused = error.raw_response().is_some_and(|answer| answer.status().is_client_error());
        return if refused {
            CallError::Refused { code: code.to_owned(), message }
        } else {
            CallError::Failed(format!("{code}: {message}"))
        };
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    CallError::Failed(text)
}
