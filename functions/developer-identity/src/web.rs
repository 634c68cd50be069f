//! Requests to servers that are none of AWS: key sets of issuers, the operator's directory.

use std::sync::OnceLock;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use thiserror::Error;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most bytes of an answer.
const MOST_BYTES: usize = 64 * 1024;

/// Why a server brought no usable answer. Nothing of the request or the answer is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebFault {
    /// The request could not be made.
    #[error("the address is not usable")]
    Address,
    /// There was no answer in time.
    #[error("there was no answer in time")]
    Silence,
    /// The answer has another status than 200.
    #[error("the answer has status {0}")]
    Status(u16),
    /// The answer is too large or broke off.
    #[error("the answer is too large or broke off")]
    Size,
    /// The answer is not what was asked for.
    #[error("the answer is not what was asked for")]
    Form,
    /// The server did not answer a moment ago and is not asked again yet.
    #[error("the server is not asked again yet")]
    Resting,
}

/// The web.
pub trait Web {
    /// Sends one request, follows nothing, and reads an answer of status 200.
    ///
    /// # Errors
    /// [`WebFault`] if there is none.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, WebFault>>;
}

type HttpsClient = Client<HttpsConnector<HttpConnector>, Body>;

/// HTTPS, by the TLS library that the SDK uses too. The roots are read when they are first needed:
/// most instances never ask anybody.
#[derive(Debug, Default)]
pub struct Https {
    client: OnceLock<HttpsClient>,
}

impl Https {
    fn client(&self) -> Result<&HttpsClient, WebFault> {
        if self.client.get().is_none() {
            let connector = HttpsConnectorBuilder::new().with_native_roots();
            let connector = connector.map_err(|_| WebFault::Address)?;
            // The settings admit plain HTTP to this machine alone.
            let connector = connector.https_or_http().enable_http1().build();
            // No connection is kept: a frozen instance does not see it die.
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
        let answer = async {
            let answer = client.request(request.map(Body::from)).await;
            let answer = answer.map_err(|_| WebFault::Silence)?;
            if answer.status() != StatusCode::OK {
                return Err(WebFault::Status(answer.status().as_u16()));
            }
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, MOST_BYTES).collect().await;
            let body = body.map_err(|_| WebFault::Size)?.to_bytes();
            Ok(Response::from_parts(head, body))
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or(Err(WebFault::Silence))
    }
}
