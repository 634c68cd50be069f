//! Requests to servers outside AWS: key sets of issuers, the operator's directory.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use thiserror::Error;

/// Timeout of one request.
const TIMEOUT: Duration = Duration::from_secs(1);
/// The most bytes of a response.
const MOST_BYTES: usize = 64 * 1024;

/// Reason why a request has no usable response. It holds nothing of either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebFault {
    /// The request could not be built.
    #[error("the address is not usable")]
    Address,
    /// The server did not respond in time.
    #[error("the server did not respond in time")]
    Timeout,
    /// The response has another status than 200.
    #[error("the response has status {0}")]
    Status(u16),
    /// The response is too large or incomplete.
    #[error("the response is too large or incomplete")]
    Size,
    /// The response is malformed.
    #[error("the response is malformed")]
    Form,
    /// A request failed a moment ago, and the next one is not due yet.
    #[error("the next request to the server is not due yet")]
    NotDue,
}

/// An HTTPS client.
pub trait Web {
    /// Sends one request, follows no redirect, and reads a response of status 200.
    ///
    /// # Errors
    /// [`WebFault`] if there is none.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, WebFault>>;
}

type HttpsClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// An HTTPS client on the TLS library of the AWS SDK. It loads the roots at the first request: most
/// instances never send one.
#[derive(Debug, Default)]
pub struct Https {
    client: OnceLock<HttpsClient>,
}

impl Https {
    fn client(&self) -> Result<&HttpsClient, WebFault> {
        if self.client.get().is_none() {
            let connector = HttpsConnectorBuilder::new().with_native_roots();
            let connector = connector.map_err(|_| WebFault::Address)?;
            // The settings allow plain HTTP to this machine only.
            let connector = connector.https_or_http().enable_http1().build();
            // No connection is kept: a frozen instance does not notice that it was closed.
            let client =
                Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
            let _ = self.client.set(client);
        }
        self.client.get().ok_or(WebFault::Address)
    }
}

impl Web for Https {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WebFault> {
        let client = self.client()?;
        let response = async {
            let response = client.request(request.map(Full::new)).await;
            let response = response.map_err(|_| WebFault::Timeout)?;
            if response.status() != StatusCode::OK {
                return Err(WebFault::Status(response.status().as_u16()));
            }
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MOST_BYTES).collect().await;
            let body = body.map_err(|_| WebFault::Size)?.to_bytes();
            Ok(Response::from_parts(head, body))
        };
        tokio::time::timeout(TIMEOUT, response).await.unwrap_or(Err(WebFault::Timeout))
    }
}
