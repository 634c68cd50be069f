//! One SDK configuration for all clients of a function.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

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

/// Returns the configuration of a deployed function: Region, endpoint and credentials from the
/// variables that Lambda sets, and the one HTTP client of the process. `look_up` reads a variable.
///
/// # Errors
/// [`RootsError`] if the root certificates cannot be loaded; no call could succeed.
pub async fn configure(look_up: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, RootsError> {
    let region = REGION.into_iter().find_map(&look_up);
    let roots = Roots::choose(region.as_deref(), look_up(BUNDLE));
    let http = http_client(&roots)?;
    if !roots.are_usual() {
        tracing::info!(target: "lifeguard", "connections to AWS trust {roots}");
    }
    Ok(shared(aws_config::defaults(BehaviorVersion::latest()), ATTEMPT, http)
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .load()
        .await)
}

/// Returns the configuration for a stand-in of AWS at `endpoint`, with fixed credentials: for tests.
/// It speaks plain HTTP and trusts no certificate.
pub async fn stand_in(endpoint: &str) -> SdkConfig {
    hasty_stand_in(endpoint, ATTEMPT).await
}

/// Returns the configuration of [`stand_in`] with another time-out of an attempt and a pause in
/// proportion: for tests in which no answer comes.
pub async fn hasty_stand_in(endpoint: &str, attempt: Duration) -> SdkConfig {
    shared(aws_config::defaults(BehaviorVersion::latest()), attempt, plain_http_client())
        .region("eu-west-1")
        .endpoint_url(endpoint)
        .test_credentials()
        .load()
        .await
}

fn shared(
    loader: aws_config::ConfigLoader,
    attempt: Duration,
    http: SharedHttpClient,
) -> aws_config::ConfigLoader {
    let pause = attempt / PAUSE;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(attempt * ATTEMPTS + pause);
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(pause);
    loader.http_client(http).timeout_config(timeouts.build()).retry_config(retries)
}
