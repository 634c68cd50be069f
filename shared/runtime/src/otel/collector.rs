//! The connection to the collector: plain HTTP to this machine, by the library that is linked for the
//! Runtime API anyway.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError};

/// The most bytes of an answer that are read.
const LARGEST_ANSWER: usize = 64 * 1024;

/// A client of one collector. Each request has a connection of its own: one that was kept would be
/// stale after the instance has slept.
#[derive(Debug)]
pub(crate) struct Collector(Client<HttpConnector, Full<Bytes>>);

impl Collector {
    /// A client that connects within this time.
    pub(crate) fn new(limit: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(limit));
        Self(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector))
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let response = self.0.request(request.map(Full::new)).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}
