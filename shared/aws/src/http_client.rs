//! The HTTP client of the SDK: HTTP/1.1, one pool of connections for all clients that share it.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::iter::successors;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::client::legacy::{Client, connect};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::time::error::Elapsed;
use tower_service::Service;

use crate::roots::{Roots, RootsError};

/// Builds a client that believes servers with a certificate of these roots. Clones of it, and so all
/// clients of the SDK that are made from one configuration, share its connections. No proxy is used,
/// whatever the environment says.
///
/// # Errors
/// [`RootsError`] if the roots cannot be loaded.
pub fn http_client(roots: &Roots) -> Result<SharedHttpClient, RootsError> {
    Ok(client(roots.trust(ClientConfig::builder())?.with_no_client_auth()))
}

/// Builds a client for stand-ins of AWS, which speak plain HTTP: it believes no certificate.
#[must_use]
pub fn plain_http_client() -> SharedHttpClient {
    let tls = ClientConfig::builder().with_root_certificates(RootCertStore::empty());
    client(tls.with_no_client_auth())
}

/// Builds a client with this configuration of TLS.
fn client(tls: ClientConfig) -> SharedHttpClient {
    let mut tcp = connect::HttpConnector::new();
    tcp.set_nodelay(true);
    // The scheme is that of the endpoint.
    tcp.enforce_http(false);
    let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1();
    let https = https.wrap_connector(tcp);
    // One pool for each pair of time-outs; a process has one pair, and calls in one attempt another.
    let connectors = Mutex::new(BTreeMap::new());
    http_client_fn(move |settings: &HttpConnectorSettings, _| {
        let limits = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let connector = connectors
            .entry(limits)
            .or_insert_with(|| SharedHttpConnector::new(Connector::new(https.clone(), settings)));
        connector.clone()
    })
}

/// Mark of a request that goes over a connection of its own, which is closed after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnConnection;

/// Idle connections that are kept of an endpoint. The one may be stale: the endpoint closes it while
/// an instance is frozen. With a second one, both attempts of a call could meet a stale connection.
const IDLE: usize = 1;

/// Sends requests over the connections of one pool.
#[derive(Debug)]
struct Connector {
    pooled: Client<Connect, SdkBody>,
    /// For requests with the mark [`OwnConnection`].
    unpooled: Client<Connect, SdkBody>,
    read_limit: Option<Duration>,
}

impl Connector {
    fn new(https: Https, settings: &HttpConnectorSettings) -> Self {
        let connect = Connect { https, limit: settings.connect_timeout() };
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new());
        let unpooled = builder.pool_max_idle_per_host(0).build(connect.clone());
        let pooled = builder.pool_max_idle_per_host(IDLE).build(connect);
        Self { pooled, unpooled, read_limit: settings.read_timeout() }
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&connection));
        }
        let client = match request.extensions().get::<OwnConnection>() {
            Some(OwnConnection) => &self.unpooled,
            None => &self.pooled,
        };
        let response = within(self.read_limit, client.request(request));
        HttpConnectorFuture::new(async move {
            let response = response.await.map_err(classify)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Returns the handle by which the SDK closes a connection after an error that may pass.
fn metadata(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    connection.connection_metadata().as_ref()?;
    let connection = connection.clone();
    let close = move || {
        if let Some(connected) = connection.connection_metadata().as_ref() {
            connected.poison();
        }
    };
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(close).build())
}

type Https = HttpsConnector<connect::HttpConnector>;

/// Opens connections, each within a limit from the look-up of the name to the end of the handshake.
#[derive(Clone, Debug)]
struct Connect {
    https: Https,
    limit: Option<Duration>,
}

impl Service<Uri> for Connect {
    type Response = <Https as Service<Uri>>::Response;
    type Error = NotConnected;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NotConnected>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        self.https.poll_ready(context).map_err(NotConnected)
    }

    fn call(&mut self, endpoint: Uri) -> Self::Future {
        let connection = within(self.limit, self.https.call(endpoint));
        Box::pin(async move { connection.await.map_err(NotConnected) })
    }
}

/// Error of a connection that was never made: the name has no address, the endpoint refused, the
/// handshake failed, or the time was over.
#[derive(Debug, Error)]
#[error("no connection was made")]
struct NotConnected(#[source] BoxError);

/// True if the last attempt of a call found no connection, so that nothing of its request left the
/// process. It says nothing about attempts before, nor about a connection that broke later.
#[must_use]
pub fn is_not_connected<E, R>(error: &SdkError<E, R>) -> bool {
    let SdkError::DispatchFailure(failure) = error else { return false };
    let error = failure.as_connector_error();
    error.is_some_and(|error| causes(error).any(|cause| cause.is::<NotConnected>()))
}

/// Returns an error and what it came from, one after the other.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source())
}

async fn within<T, E: Into<BoxError>>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, BoxError> {
    match limit {
        Some(limit) => tokio::time::timeout(limit, work).await?.map_err(Into::into),
        None => work.await.map_err(Into::into),
    }
}

/// Sorts an error into the kinds of the SDK, which tries again after time-outs, after errors of the
/// network, and after a connection that was closed in the middle of a response.
fn classify(error: BoxError) -> ConnectorError {
    let causes = || causes(error.as_ref());
    let http = causes().find_map(|cause| cause.downcast_ref::<hyper::Error>());
    let is_timeout = causes().any(|cause| cause.is::<Elapsed>());
    let is_io = causes().any(|cause| cause.is::<NotConnected>() || cause.is::<io::Error>());
    match http {
        _ if is_timeout => ConnectorError::timeout(error),
        Some(http) if http.is_timeout() => ConnectorError::timeout(error),
        Some(http) if http.is_user() => ConnectorError::user(error),
        Some(http) if is_io || http.is_closed() || http.is_canceled() => ConnectorError::io(error),
        Some(http) if http.is_incomplete_message() => {
            ConnectorError::other(error, Some(ErrorKind::TransientError))
        }
        None if is_io => ConnectorError::io(error),
        Some(_) | None => ConnectorError::other(error, None),
    }
}
