//! Requests as API Gateway sends them: payload format 2.0 of HTTP APIs, which function URLs and
//! `cargo lambda watch` have too.
//! Contract: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use lifeguard_sign_in::secret::Secret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use crate::caller::{IamPrincipal, PoolCaller};
use crate::matched_route::{MatchedRoute, Served};
use crate::problem::{Problem, TokenProblem};

/// The most bytes of a body.
const MOST_BYTES: usize = 16 * 1024;
/// The most bytes of a token in a header.
const MOST_TOKEN_BYTES: usize = 2048;

/// Reason why an event is not a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum EventError {
    /// The event has another format: it is not from an HTTP API, or its integration has format 1.0.
    #[error("the event is not a request of an HTTP API in payload format 2.0")]
    UnknownFormat,
    /// The event is a request, but its route, method, path or body cannot be parsed.
    #[error("the request is malformed")]
    Malformed,
}

/// An event of API Gateway.
#[derive(Debug)]
pub(crate) enum Incoming<'a> {
    /// A route of the API matched, or the server has no routes.
    Routed(Request<'a>),
    /// No route of the API matched, so no authorizer and no limit of a route applied: no command
    /// may come of it.
    Unrouted {
        /// The method.
        method: &'a str,
        /// The paths that the request may be for.
        paths: Vec<String>,
    },
}

/// A request that a route of the API matched.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The method.
    pub(crate) method: &'a str,
    /// The path behind the stage and the base path of a domain, escaped for a URI.
    pub(crate) path: String,
    /// The part in front of the path: the stage or the base path of a domain.
    pub(crate) base_path: String,
    /// True if methods arrive that the function does not list.
    pub(crate) takes_any_method: bool,
    /// The caller with credentials of an identity pool, if the authorizer found one.
    pub(crate) pool_caller: Option<PoolCaller>,
    principal: Option<IamPrincipal>,
    headers: Option<&'a Value>,
    body: Vec<u8>,
}

/// Reason why a body is not read.
enum BodyError {
    ContentType,
    Size,
}

impl<'a> Incoming<'a> {
    /// Reads an event.
    ///
    /// # Errors
    /// [`EventError`] if it is not a request that has a path and a method.
    pub(crate) fn from_event(event: &'a Value) -> Result<Self, EventError> {
        let text = |pointer| event.pointer(pointer).and_then(Value::as_str);
        let method = text("/requestContext/http/method").ok_or(EventError::UnknownFormat)?;
        let raw_path = text("/rawPath").ok_or(EventError::UnknownFormat)?;
        let route = MatchedRoute::from_event(event, method, raw_path);
        let is_method = Method::from_bytes(method.as_bytes()).is_ok();
        let is_path = |path: &String| path.starts_with('/');
        match route.filter(|_| is_method) {
            Some(MatchedRoute::Unrouted(paths)) if paths.iter().all(is_path) => {
                Ok(Self::Unrouted { method, paths })
            }
            Some(MatchedRoute::Served(served)) if is_path(&served.path) => {
                Request::new(event, method, served).map(Self::Routed)
            }
            Some(MatchedRoute::Unrouted(_) | MatchedRoute::Served(_)) | None => {
                Err(EventError::Malformed)
            }
        }
    }
}

impl<'a> Request<'a> {
    fn new(event: &'a Value, method: &'a str, served: Served) -> Result<Self, EventError> {
        let Served { path, base, is_exact, takes_any_method } = served;
        // The authorizer checked the route; where the client completes its path, not the result.
        let authorized = is_exact.then_some(event);
        Ok(Self {
            method,
            path,
            base_path: base,
            takes_any_method,
            pool_caller: authorized.and_then(PoolCaller::from_event),
            principal: authorized.and_then(IamPrincipal::from_event),
            headers: event.get("headers"),
            body: body(event)?,
        })
    }

    /// Parses a JSON body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = self.body_of_type("application/json")?;
        serde_json::from_slice(body).map_err(|_| Problem::Malformed)
    }

    /// Parses the body of a form.
    pub(crate) fn form<T: DeserializeOwned>(&self) -> Result<T, TokenProblem> {
        let body = self.body_of_type("application/x-www-form-urlencoded")?;
        serde_urlencoded::from_bytes(body).map_err(|_| TokenProblem::InvalidRequest)
    }

    /// Returns the token in the header `Authorization`, behind `Bearer` or bare, as AWS SDKs send
    /// the value of `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    pub(crate) fn bearer_token(&self) -> Result<Secret, Problem> {
        let header = self.header("authorization").ok_or(Problem::NotAuthenticated)?.trim();
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            Some(_) => return Err(Problem::NotAuthenticated),
            None => header,
        };
        let usable = (1..=MOST_TOKEN_BYTES).contains(&token.len());
        usable.then(|| Secret::new(token.to_owned())).ok_or(Problem::NotAuthenticated)
    }

    /// Returns the IAM principal that signed the request. The policies of IAM decide which
    /// principals reach the route; a caller of an identity pool is rejected here as well.
    pub(crate) fn principal(&self) -> Result<IamPrincipal, Problem> {
        self.principal.clone().ok_or(Problem::NotAllowed)
    }

    fn body_of_type(&self, content_type: &str) -> Result<&[u8], BodyError> {
        let given = self.header("content-type").unwrap_or_default();
        let given = given.split(';').next().unwrap_or_default().trim();
        if !given.eq_ignore_ascii_case(content_type) {
            Err(BodyError::ContentType)
        } else if self.body.len() > MOST_BYTES {
            Err(BodyError::Size)
        } else {
            Ok(&self.body)
        }
    }

    fn header(&self, name: &str) -> Option<&'a str> {
        header(self.headers, name)
    }
}

/// Returns the text of a header, if it is of visible characters.
pub(crate) fn header<'a>(headers: Option<&'a Value>, name: &str) -> Option<&'a str> {
    let mut headers = headers?.as_object()?.iter();
    let (_, value) = headers.find(|(given, _)| given.eq_ignore_ascii_case(name))?;
    let is_visible = |byte: u8| matches!(byte, b'\t' | b' '..=b'~');
    value.as_str().filter(|text| text.bytes().all(is_visible))
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::ContentType => Self::UnsupportedContentType,
            BodyError::Size => Self::TooLarge,
        }
    }
}

impl From<BodyError> for TokenProblem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::ContentType => Self::UnsupportedContentType,
            BodyError::Size => Self::TooLarge,
        }
    }
}

fn body(event: &Value) -> Result<Vec<u8>, EventError> {
    let text = event.get("body").and_then(Value::as_str).unwrap_or_default();
    match event.get("isBase64Encoded").and_then(Value::as_bool) {
        Some(true) => STANDARD.decode(text).map_err(|_| EventError::Malformed),
        Some(false) | None => Ok(text.as_bytes().to_vec()),
    }
}
