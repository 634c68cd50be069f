//! API Gateway: the template's HTTP APIs in front of its functions.
//!
//! All of them answer under the local Cognito's own address, each also under
//! `APIID.execute-api.localhost`.
//! Events have payload format 2.0; answers, authorizers and CORS follow the documents.
//! Contract: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html>

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

use super::authorizer::Authorizers;
use super::event::Scene;
use super::refusal::Refusal;
use super::routing::{Door, Found};
use super::{answer, cors, event};
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::invocation::invoke;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_sam_template::{ACCOUNT, HttpApi, PARTITION};

/// The largest body that API Gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// The HTTP APIs of one local Cognito; cloning shares them.
#[derive(Clone)]
pub struct Gateway(Arc<Dependencies>);

/// Dependencies of the HTTP APIs.
pub struct Dependencies {
    /// HTTP APIs of the template.
    pub apis: Vec<HttpApi>,
    /// Access to their routes.
    pub authorizers: Authorizers,
    /// Functions behind the routes.
    pub functions: Functions,
    /// Journal that invocations are recorded in.
    pub journal: Journal,
    /// Clock of the events.
    pub clock: Clock,
    /// Region of ARNs and events.
    pub region: String,
}

impl Gateway {
    /// Returns a gateway for these APIs.
    #[must_use]
    pub fn new(dependencies: Dependencies) -> Self {
        Self(Arc::new(dependencies))
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
        let Dependencies { functions, journal, .. } = &*self.0;
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
pub async fn dispatch(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match Door::from_request(&gateway.0.apis, host, request.uri().path()) {
        Some(door) => gateway.serve(door, request).await,
        None => next.run(request).await,
    }
}
