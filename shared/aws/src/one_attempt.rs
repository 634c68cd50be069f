//! Calls that must not be made twice.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;

use crate::http_client::OwnConnection;

/// The part of an attempt's time in which its connection must be made: 600 of 1,000 ms. A time-out
/// of the attempt as a whole then means that there was a connection.
const CONNECT: (u32, u32) = (3, 5);

/// Returns the configuration of a client that makes each call in one attempt, over a connection of
/// its own, with the TLS configuration of all others.
///
/// An idle connection may be stale: the endpoint closed it while the instance was frozen. The attempt
/// on it fails, and nothing tells that failure from the loss of an answer. No clock tells a stale
/// connection either, since a monotonic one may stand still while an instance is frozen.
/// With no connection at all, [`is_not_connected`](crate::is_not_connected) is true for the error.
#[must_use]
pub fn one_attempt(config: &SdkConfig) -> SdkConfig {
    let mut once = config.to_builder().retry_config(RetryConfig::disabled());
    once.set_http_client(config.http_client().map(unpooled));
    if let Some(timeouts) = config.timeout_config()
        && let Some(attempt) = timeouts.operation_attempt_timeout()
    {
        let connect = attempt * CONNECT.0 / CONNECT.1;
        once.set_timeout_config(Some(timeouts.to_builder().connect_timeout(connect).build()));
    }
    once.build()
}

/// Returns a client that marks each request of `http` as one with a connection of its own.
fn unpooled(http: SharedHttpClient) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Unpooled(http.http_connector(settings, components)))
    })
}

#[derive(Debug)]
struct Unpooled(SharedHttpConnector);

impl HttpConnector for Unpooled {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        request.add_extension(OwnConnection);
        self.0.call(request)
    }
}
