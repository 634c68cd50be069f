//! Clients of the SDK for the services of a whole local Cognito.

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials as Keys, Region};
use lifeguard_aws::plain_http_client;

use crate::fixtures::REGION;
use crate::handle::TestCognito;

impl TestCognito {
    /// Returns the SDK's client of S3 with these keys.
    #[must_use]
    #[track_caller]
    pub fn s3(&self, keys: Keys) -> aws_sdk_s3::Client {
        self.s3_in(keys, REGION)
    }

    /// Returns the SDK's client of S3 that signs for a region.
    #[must_use]
    #[track_caller]
    pub fn s3_in(&self, keys: Keys, region: &'static str) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(region))
            .endpoint_url(self.server().s3_url())
            .force_path_style(true)
            .retry_config(RetryConfig::disabled())
            .http_client(plain_http_client())
            .credentials_provider(keys);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// Returns the SDK's client of DynamoDB with these keys.
    #[must_use]
    #[track_caller]
    pub fn dynamo(&self, keys: Keys) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .endpoint_url(self.server().url())
            .retry_config(RetryConfig::disabled())
            .http_client(plain_http_client())
            .credentials_provider(keys);
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }
}
