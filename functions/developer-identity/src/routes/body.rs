//! Bodies and headers of requests.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use lifeguard_sign_in::secret::Secret;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, TokenProblem};

/// The most bytes of a body.
pub(crate) const MOST_BYTES: usize = 16 * 1024;
/// The most bytes of a token in a header.
pub(crate) const MOST_TOKEN_BYTES: usize = 2048;

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// The body of a form.
pub(crate) struct FormBody<T>(pub(crate) T);

/// A token in the header `Authorization`, behind `Bearer` or bare, as AWS SDKs send what
/// `AWS_CONTAINER_AUTHORIZATION_TOKEN` holds.
pub(crate) struct Bearer(pub(crate) Secret);

/// What is wrong with a body.
enum Unusable {
    ContentType,
    Size,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = read(request, "application/json").await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|_| Problem::Malformed)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormBody<T> {
    type Rejection = TokenProblem;

    async fn from_request(request: Request, _: &S) -> Result<Self, TokenProblem> {
        let bytes = read(request, "application/x-www-form-urlencoded").await?;
        serde_urlencoded::from_bytes(&bytes).map(Self).map_err(|_| TokenProblem::InvalidRequest)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let header = header.ok_or(Problem::NotAuthenticated)?.trim();
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            Some(_) => return Err(Problem::NotAuthenticated),
            None => header,
        };
        let usable = (1..=MOST_TOKEN_BYTES).contains(&token.len());
        usable.then(|| Self(Secret::new(token.to_owned()))).ok_or(Problem::NotAuthenticated)
    }
}

async fn read(request: Request, content_type: &str) -> Result<Vec<u8>, Unusable> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given = given.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !given.eq_ignore_ascii_case(content_type) {
        return Err(Unusable::ContentType);
    }
    let bytes = to_bytes(request.into_body(), MOST_BYTES).await;
    bytes.map(Vec::from).map_err(|_| Unusable::Size)
}

impl From<Unusable> for Problem {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::ContentType => Self::UnsupportedContentType,
            Unusable::Size => Self::TooLarge,
        }
    }
}

impl From<Unusable> for TokenProblem {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::ContentType => Self::UnsupportedContentType,
            Unusable::Size => Self::TooLarge,
        }
    }
}
