//! Clients of the SDK for the services of a whole local Cognito.

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials as Keys, Region, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as HttpConnection;
use hyper_util::rt::TokioExecutor;

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
            .http_client(http())
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
            .http_client(http())
            .credentials_provider(keys);
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }
}

fn http() -> SharedHttpClient {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let connector = SharedHttpConnector::new(Connector(client));
    http_client_fn(move |_, _| connector.clone())
}

/// Sends the SDK's requests as they are, dots in a path included, to a server without TLS; every
/// error is one that may not pass.
#[derive(Debug)]
struct Connector(Client<HttpConnection, SdkBody>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(other)?;
            let response = client.request(request).await.map_err(other)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x)).map_err(other)
        })
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> ConnectorError {
    ConnectorError::other(error.into(), None)
}
