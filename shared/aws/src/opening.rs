//! Calls that do no more than open a connection.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;

/// Path at which an endpoint answers to anyone that it is healthy.
const PING: &str = "/ping";

/// Returns a client that opens a connection of `http` for the next call and leaves it there: of a
/// call of the SDK nothing but its endpoint leaves the process. `GET /ping` goes there, unsigned and
/// without a body, and whatever comes back, the call gets an empty JSON document.
#[must_use]
pub fn opening(http: SharedHttpClient) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Opening(http.http_connector(settings, components)))
    })
}

#[derive(Debug)]
struct Opening(SharedHttpConnector);

impl HttpConnector for Opening {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.0.clone();
        HttpConnectorFuture::new(async move {
            let response = connector.call(ping(&request)?).await?;
            // Read to its end: only then the connection takes the next request.
            let body = response.into_body().collect().await;
            body.map_err(ConnectorError::io)?;
            let empty = http::Response::new(SdkBody::from("{}"));
            HttpResponse::try_from(empty).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Returns the request for [`PING`] at the endpoint of another.
fn ping(request: &HttpRequest) -> Result<HttpRequest, ConnectorError> {
    let user = |error: http::Error| ConnectorError::user(error.into());
    let mut parts = request.uri().parse::<http::Uri>().map_err(|e| user(e.into()))?.into_parts();
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static(PING));
    let uri = http::Uri::from_parts(parts).map_err(|error| user(error.into()))?;
    let ping = http::Request::get(uri).body(SdkBody::empty()).map_err(user)?;
    HttpRequest::try_from(ping).map_err(|error| ConnectorError::user(error.into()))
}
