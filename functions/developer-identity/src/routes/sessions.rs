//! Who one is, and ending sessions.

use axum::Extension;
use axum::response::IntoResponse;
use lifeguard_identity::session::SessionTag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ask::{Ask, LogoutOf};
use crate::gateway::Vouched;
use crate::problem::{GatewayProblemBody, Problem, ProblemBody};
use crate::routes::body::{Bearer, JsonBody};
use crate::routes::links::LinkAnswer;

/// The most bytes of a session's name.
const MOST_NAME_BYTES: usize = 64;

/// Who one is.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityAnswer {
    /// The identity in the identity pool; absent before the first token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55)]
    pub(crate) identity_id: Option<String>,
    /// `directory`, `adapter` or `issuer`.
    #[schema(max_length = 16)]
    pub(crate) kind: &'static str,
    /// The sessions for credentials that live.
    #[schema(max_items = 5)]
    pub(crate) sessions: Vec<SessionAnswer>,
    /// The logins of other providers that lead here.
    #[schema(max_items = 19)]
    pub(crate) links: Vec<LinkAnswer>,
}

/// A session for credentials.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionAnswer {
    /// Its name, for a logout.
    #[schema(max_length = 64)]
    pub(crate) session: String,
    /// When it was minted, in seconds since 1970.
    pub(crate) created: u64,
    /// When it ends, in seconds since 1970.
    pub(crate) expires: u64,
}

/// What a logout ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogoutBody {
    /// One session for credentials; without it, the session of the token itself.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    session: Option<String>,
}

/// The identity that API Gateway vouches for.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhoAmIAnswer {
    /// The identity.
    #[schema(max_length = 55)]
    pub(crate) identity_id: String,
    /// Its pool.
    #[schema(max_length = 55)]
    pub(crate) identity_pool_id: String,
}

/// Who the owner of an access token is.
#[utoipa::path(
    get,
    path = "/v1/identity",
    operation_id = "identity",
    tag = "sessions",
    security(("access_token" = [])),
    responses(
        (status = 200, description = "Who one is.", body = IdentityAnswer),
        (status = 401, description = "The token is not accepted.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn identity(Bearer(token): Bearer) -> impl IntoResponse {
    Ask::Identity(token)
}

/// Ends the session of an access token, or one session for credentials.
///
/// Credentials that were handed out already live on for up to an hour.
#[utoipa::path(
    post,
    path = "/v1/logout",
    operation_id = "logout",
    tag = "sessions",
    security(("access_token" = [])),
    request_body = LogoutBody,
    responses(
        (status = 204, description = "It has ended."),
        (status = 400, description = "The body has another form.", body = ProblemBody),
        (status = 401, description = "The token is not accepted.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn logout(
    Bearer(token): Bearer,
    JsonBody(body): JsonBody<LogoutBody>,
) -> impl IntoResponse {
    match body.session {
        None => Ok(Ask::Logout(token, LogoutOf::This)),
        Some(name) if (1..=MOST_NAME_BYTES).contains(&name.len()) => {
            Ok(Ask::Logout(token, LogoutOf::Credentials(SessionTag::from_stored(name))))
        }
        Some(_) => Err(Problem::Malformed),
    }
}

/// A sample of a route behind IAM: the identity whose credentials signed the request.
///
/// The gateway asks for AWS Signature Version 4 with credentials of the identity pool, and refuses
/// in its own way, with 403, also who signs nothing.
#[utoipa::path(
    get,
    path = "/v1/whoami",
    operation_id = "whoami",
    tag = "sessions",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    responses(
        (status = 200, description = "Who signed the request.", body = WhoAmIAnswer),
        (status = 403, description = "Not signed with credentials of the pool.", body = GatewayProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
    ),
)]
pub(crate) async fn who_am_i(vouched: Option<Extension<Vouched>>) -> impl IntoResponse {
    Ask::WhoAmI(vouched.map(|Extension(vouched)| vouched))
}
