//! One SDK configuration for all clients of a function.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

/// Time-out of one attempt of a call. Two attempts and the pause between them fit into the
/// handler's own deadline of 3.5 s.
const ATTEMPT: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 2;
/// The longest pause before the second attempt is this part of an attempt's time.
const PAUSE: u32 = 5;

/// Returns the configuration of a deployed function: Region, endpoint and credentials from the
/// variables that Lambda sets.
pub async fn configure() -> SdkConfig {
    shared(aws_config::defaults(BehaviorVersion::latest()), ATTEMPT)
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .load()
        .await
}

/// Returns the configuration for a stand-in of AWS at `endpoint`, with fixed credentials: for tests.
pub async fn stand_in(endpoint: &str) -> SdkConfig {
    hasty_stand_in(endpoint, ATTEMPT).await
}

/// Returns the configuration of [`stand_in`] with another time-out of an attempt and a pause in
/// proportion: for tests in which no answer comes.
pub async fn hasty_stand_in(endpoint: &str, attempt: Duration) -> SdkConfig {
    shared(aws_config::defaults(BehaviorVersion::latest()), attempt)
        .region("eu-west-1")
        .endpoint_url(endpoint)
        .test_credentials()
        .load()
        .await
}

fn shared(loader: aws_config::ConfigLoader, attempt: Duration) -> aws_config::ConfigLoader {
    let pause = attempt / PAUSE;
    let tls = Provider::Rustls(CryptoMode::Ring);
    let client = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(attempt * ATTEMPTS + pause);
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(pause);
    loader.http_client(client).timeout_config(timeouts.build()).retry_config(retries)
}
