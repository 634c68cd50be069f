//! One SDK configuration for all clients of a function.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_secretsmanager::config::IdentityCache;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::Builder;
use thiserror::Error;

use crate::endpoints::{Endpoints, is_url};
use crate::http_client::{http_client, plain_http_client};
use crate::roots::{Roots, RootsError};

/// Time-out of one attempt of a call. Two attempts and the pause between them fit into the
/// handler's own deadline of 3.5 s.
const ATTEMPT: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 2;
/// The longest pause before the second attempt is this part of an attempt's time.
const PAUSE: u32 = 5;

/// Variables with the Region, in the order in which the SDK reads them.
const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// Variable with the path of a file of root certificates.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/setting-global-aws_ca_bundle.html>
const BUNDLE: &str = "AWS_CA_BUNDLE";
/// Variables that choose another kind of AWS's endpoints.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>
const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";
/// Variable that takes the endpoints of the other variables back.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
/// Variables with the credentials of the function's role, which AWS Lambda sets for each instance.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";

/// Error of the variables that configure the SDK.
#[derive(Debug, Error)]
pub enum ConfigurationError {
    /// The root certificates cannot be loaded; no call could succeed.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// A variable has neither of the values `true` and `false`.
    #[error("{0} is neither true nor false")]
    NoFlag(&'static str),
    /// `AWS_ENDPOINT_URL` is no address of HTTP or HTTPS.
    #[error("AWS_ENDPOINT_URL is no URL of HTTP or HTTPS")]
    NoUrl,
}

/// Returns the configuration of a deployed function: Region, endpoints and credentials from the
/// variables that Lambda sets or passes on, and the one HTTP client of the process. `look_up` reads
/// a variable. Files of profiles are not read, and no service is asked for credentials; without
/// them every call fails.
///
/// # Errors
/// [`ConfigurationError`] for what would be ignored at the cost of what was wanted.
pub fn configure(
    look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
) -> Result<SdkConfig, ConfigurationError> {
    let read = |name: &str| look_up(name).map(trimmed).filter(|value| !value.is_empty());
    let region = REGION.into_iter().find_map(read);
    let roots = Roots::choose(region.as_deref(), look_up(BUNDLE));
    let mut builder = shared(ATTEMPT, http_client(&roots)?);
    builder.set_region(region.map(Region::new));
    builder.set_use_fips(flag(FIPS, read(FIPS))?);
    builder.set_use_dual_stack(flag(DUAL_STACK, read(DUAL_STACK))?);
    builder.set_credentials_provider(credentials(read));
    if flag(IGNORE, read(IGNORE))? != Some(true) {
        let endpoints = Endpoints::new(look_up);
        let endpoint = endpoints.of_all();
        if !endpoint.as_deref().is_none_or(is_url) {
            return Err(ConfigurationError::NoUrl);
        }
        builder.set_endpoint_url(endpoint);
        builder.set_service_config(Some(endpoints));
    }
    if !roots.are_usual() {
        tracing::info!(target: "lifeguard", "connections to AWS trust {roots}");
    }
    Ok(builder.build())
}

/// Returns the configuration for a stand-in of AWS at `endpoint`, with fixed credentials: for tests.
/// It speaks plain HTTP and trusts no certificate.
#[must_use]
pub fn stand_in(endpoint: &str) -> SdkConfig {
    hasty_stand_in(endpoint, ATTEMPT)
}

/// Returns the configuration of [`stand_in`] with another time-out of an attempt and a pause in
/// proportion: for tests in which no answer comes.
#[must_use]
pub fn hasty_stand_in(endpoint: &str, attempt: Duration) -> SdkConfig {
    let keys = Credentials::new("stand-in", "stand-in", None, None, "stand-in");
    shared(attempt, plain_http_client())
        .region(Region::from_static("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .build()
}

/// Returns what all configurations share.
fn shared(attempt: Duration, http: SharedHttpClient) -> Builder {
    let pause = attempt / PAUSE;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(attempt * ATTEMPTS + pause);
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(pause);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts.build())
        .retry_config(retries)
        // An attempt is over long before a stalled stream would be noticed.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // Credentials are at hand: there is nothing to cache.
        .identity_cache(IdentityCache::no_cache())
}

/// Returns the credentials of the variables, which an instance of a function keeps for its life.
fn credentials(read: impl Fn(&str) -> Option<String>) -> Option<SharedCredentialsProvider> {
    let (id, secret) = (read(KEY_ID)?, read(SECRET_KEY)?);
    let keys = Credentials::new(id, secret, read(SESSION_TOKEN), None, "environment");
    Some(SharedCredentialsProvider::new(keys))
}

fn flag(name: &'static str, value: Option<String>) -> Result<Option<bool>, ConfigurationError> {
    value
        .map(|value| value.to_ascii_lowercase().parse())
        .transpose()
        .map_err(|_| ConfigurationError::NoFlag(name))
}

fn trimmed(value: String) -> String {
    value.trim().to_owned()
}

#[cfg(test)]
mod tests;
