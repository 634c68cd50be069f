//! The front of AWS calls: finds the service and the caller of a request, notes both in the
//! journal, asks the caller's role, and hands the request to the stand-in.

mod asked;
mod call;
mod rights;
mod served;

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use self::call::Call;
pub(crate) use self::rights::Rights;
use self::served::{is_served, refuse};
use crate::mail::Mail;
use crate::secrets::Secrets;
use local_cognito_aws_emulation::aws_error::AwsError;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::journal::{Entry, Journal};
use local_cognito_aws_emulation::{Caller, wire};
use local_cognito_dynamodb::stream::Stream;
use local_cognito_identity_pool::IdentityPools;
use local_cognito_sigv4::{self as sigv4, SignatureError, credential_scope};

/// The largest body that DynamoDB takes; nothing else takes more.
const LARGEST_BODY: usize = 16 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// Services behind the front; cloning shares them.
#[derive(Clone)]
pub(crate) struct Front(Arc<Services>);

pub(crate) struct Services {
    pub(crate) functions: Functions,
    pub(crate) identity_pools: IdentityPools,
    pub(crate) journal: Journal,
    pub(crate) mail: Mail,
    pub(crate) secrets: Secrets,
    pub(crate) stream: Stream,
    pub(crate) rights: Rights,
    pub(crate) client: reqwest::Client,
    pub(crate) dynamo_url: String,
    pub(crate) region: String,
}

impl Front {
    pub(crate) fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }

    async fn answer(&self, request: Request, next: Next) -> Response {
        match Call::from_request(&request) {
            Some(call) => wire::readable(self.answer_call(call, request, next).await),
            None => next.run(request).await,
        }
    }

    async fn answer_call(&self, call: Call, request: Request, next: Next) -> Response {
        let (mut parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        let call = call.complete(&body);
        let signer = self.0.rights.signer(&parts, &body, &call);
        let function = match &signer {
            Ok(Some(caller)) => caller.function().to_owned(),
            Ok(None) => self.caller(&parts.headers),
            Err(_) => "-".to_owned(),
        };
        self.note(&call, function);
        if !is_served(&call) {
            return refuse(&call);
        }
        if let Ok(Some(signer)) = &signer
            && let Err(error) = self.0.rights.admit_function(signer, &call, &body)
        {
            return error.into_response();
        }
        match call.service.as_str() {
            "cognito-idp" => {
                parts.extensions.insert(caller(signer));
                return next.run(Request::from_parts(parts, Body::from(body))).await;
            }
            "cognito-identity" => {
                let answer = self.0.identity_pools.answer(caller(signer), &call.action, &body);
                return answer.await;
            }
            _ => {}
        }
        let admitted = match signer {
            Ok(signer) => self.0.rights.admit(signer.as_ref(), &call, body),
            Err(error) => Err(AwsError::new(error.kind(), error.to_string())),
        };
        let body = match admitted {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        };
        let answer = match (call.service.as_str(), call.action.as_str()) {
            ("dynamodb", _) => Ok(self.dynamo(&parts.headers, body).await),
            ("ses", "SendEmail") => self.0.mail.send_email(&body).await,
            ("secretsmanager", "GetSecretValue") => self
                .0
                .secrets
                .get_secret_value(&self.0.region, &body)
                .map(|value| axum::Json(value).into_response()),
            _ => return refuse(&call),
        };
        answer.unwrap_or_else(AwsError::into_response)
    }

    fn note(&self, call: &Call, function: String) {
        self.0.journal.record(Entry::Called {
            function,
            service: call.service.clone(),
            action: call.action.clone(),
        });
    }

    /// Returns the function with the credentials that a request claims; a function's key id is its
    /// name.
    fn caller(&self, headers: &HeaderMap) -> String {
        credential_scope(headers)
            .and_then(|scope| scope.split('/').next())
            .filter(|key_id| self.0.functions.contains(key_id))
            .unwrap_or("-")
            .to_owned()
    }

    async fn dynamo(&self, headers: &HeaderMap, body: Bytes) -> Response {
        let passed_on: HeaderMap = headers
            .iter()
            .filter(|(name, _)| !is_hop_by_hop(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let sent =
            self.0.client.post(&self.0.dynamo_url).headers(passed_on).body(body).send().await;
        let Ok(answer) = sent else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let status = answer.status();
        let headers: HeaderMap = answer
            .headers()
            .iter()
            .filter(|(name, _)| !is_hop_by_hop(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let Ok(body) = answer.bytes().await else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        self.0.stream.announce();
        (status, headers, Body::from(body)).into_response()
    }
}

/// Answers AWS calls and lets everything else through; every answer gets a request id.
pub(crate) async fn dispatch(State(front): State<Front>, request: Request, next: Next) -> Response {
    let mut response = front.answer(request, next).await;
    if !response.headers().contains_key(&REQUEST_ID)
        && let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string())
    {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Returns what a signature, if there was one, is worth to the Cognito APIs.
fn caller(signer: Result<Option<sigv4::Caller>, SignatureError>) -> Caller {
    match signer {
        Ok(None) => Caller::Public,
        Ok(Some(sigv4::Caller::Administrator | sigv4::Caller::Function(_))) => Caller::Signed,
        Ok(Some(sigv4::Caller::Holder(_))) => Caller::Holder,
        Err(error) => Caller::Unproved(error),
    }
}

fn is_hop_by_hop(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "host" | "content-length" | "connection" | "transfer-encoding" | "keep-alive"
    )
}
