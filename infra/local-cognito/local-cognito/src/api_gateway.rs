//! API Gateway: the template's HTTP APIs in front of its functions.
//!
//! All of them answer under the host's own address, each also under
//! `APIID.execute-api.localhost`.
//! Events have payload format 2.0; answers, authorizers and CORS follow the documents.
//! Contract: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html>

mod answer;
mod authorizer;
mod claims;
mod cors;
mod event;
mod refusal;
mod route_key;
mod routing;

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

pub(crate) use self::authorizer::Authorizers;
use self::event::Scene;
use self::refusal::Refusal;
pub use self::route_key::{Match, Rank, RouteKey};
use self::routing::{Door, Found};
use crate::clock::Clock;
use crate::functions::Functions;
use crate::invocation::invoke;
use crate::journal::Journal;
use crate::template::{ACCOUNT, HttpApi, PARTITION};

/// The largest body that API Gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// The HTTP APIs of one host; cloning shares them.
#[derive(Clone)]
pub(crate) struct Gateway(Arc<Parts>);

/// What an API works on.
pub(crate) struct Parts {
    pub(crate) apis: Vec<HttpApi>,
    pub(crate) authorizers: Authorizers,
    pub(crate) functions: Functions,
    pub(crate) journal: Journal,
    pub(crate) clock: Clock,
    pub(crate) region: String,
}

impl Gateway {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    async fn serve(&self, door: Door<'_>, request: Request) -> Response {
        let id = Uuid::new_v4().to_string();
        let api = door.api(request.uri().path());
        let cors = api.and_then(|api| api.cors.as_ref());
        let headers = request.headers().clone();
        let mut response = match cors::preflight(cors, request.method(), &headers) {
            Some(answer) => answer,
            None => {
                let mut response =
                    self.answer(&door, request, &id).await.unwrap_or_else(Refusal::into_response);
                cors::apply(cors, &headers, response.headers_mut());
                response
            }
        };
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }

    async fn answer(
        &self,
        door: &Door<'_>,
        request: Request,
        id: &str,
    ) -> Result<Response, Refusal> {
        let (parts, body) = request.into_parts();
        let Found { api, route, parameters } =
            door.find(&parts.method, parts.uri.path()).ok_or(Refusal::NotFound)?;
        let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| Refusal::TooLarge)?;
        let place = self.place(api, &parts.method, parts.uri.path());
        let authorizer = self.0.authorizers.admit(&route.access, &parts, &body, &place)?;
        let scene = Scene {
            api: &api.id,
            region: &self.0.region,
            route_key: &route.key,
            parameters: &parameters,
            authorizer,
            request_id: id,
            now_millis: self.0.clock.now_millis(),
        };
        let event = event::compose(&scene, &parts, &body);
        let Parts { functions, journal, .. } = &*self.0;
        let outcome = invoke(functions, journal, &route.function, &event, route.limit).await;
        answer::respond(&outcome)
    }

    /// The ARN that a policy names to allow a request.
    fn place(&self, api: &HttpApi, method: &Method, path: &str) -> String {
        let (region, path) = (&self.0.region, event::path(path));
        format!("arn:{PARTITION}:execute-api:{region}:{ACCOUNT}:{}/$default/{method}{path}", api.id)
    }
}

/// Answers requests to an HTTP API and lets everything else through.
pub(crate) async fn dispatch(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match Door::of(&gateway.0.apis, host, request.uri().path()) {
        Some(door) => gateway.serve(door, request).await,
        None => next.run(request).await,
    }
}
