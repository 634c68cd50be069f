//! Identity, sessions and logout.

use lifeguard_identity::session::SessionTag;

use crate::command::{Command, LogoutTarget};
use crate::problem::Problem;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::{AccessTokenErrors, CommonErrors, JsonErrors};
use crate::wire::problems::{GatewayProblemBody, ProblemBody};
use crate::wire::sessions::{IdentityAnswer, LogoutBody, WhoAmIAnswer};

/// The most bytes of a session's name.
const MOST_NAME_BYTES: usize = 64;

/// Describes the account of an access token.
#[utoipa::path(
    get,
    path = "/v1/identity",
    operation_id = "identity",
    tag = "sessions",
    security(("access_token" = [])),
    responses(
        (status = 200, description = "The identity, with sessions and links.", body = IdentityAnswer),
        AccessTokenErrors,
        CommonErrors,
    ),
)]
pub(crate) fn identity(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::DescribeIdentity(request.bearer_token()?))
}

/// Revokes the session of an access token, or one credentials session.
///
/// AWS credentials that were issued before stay valid for up to an hour.
#[utoipa::path(
    post,
    path = "/v1/logout",
    operation_id = "logout",
    tag = "sessions",
    security(("access_token" = [])),
    request_body = LogoutBody,
    responses(
        (status = 204, description = "The session is revoked."),
        (status = 400, description = "The body is invalid.", body = ProblemBody),
        AccessTokenErrors,
        JsonErrors,
    ),
)]
pub(crate) fn logout(request: &Request<'_>) -> Result<Command, Response> {
    let token = request.bearer_token()?;
    let LogoutBody { session } = request.json()?;
    match session {
        None => Ok(Command::LogOut(token, LogoutTarget::Current)),
        Some(name) if (1..=MOST_NAME_BYTES).contains(&name.len()) => {
            Ok(Command::LogOut(token, LogoutTarget::Credentials(SessionTag::from_stored(name))))
        }
        Some(_) => Err(Problem::Malformed.into()),
    }
}

/// Describes the identity that signed the request; a sample of a route behind IAM.
///
/// API Gateway demands AWS Signature Version 4 with credentials of the identity pool. Its own
/// refusals, with 403, also cover unsigned requests.
#[utoipa::path(
    get,
    path = "/v1/whoami",
    operation_id = "whoami",
    tag = "sessions",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    responses(
        (status = 200, description = "The identity that signed the request.", body = WhoAmIAnswer),
        (status = 403, description = "The request is not signed with credentials of the pool.", body = GatewayProblemBody),
        (status = 405, description = "The method is not allowed.", body = ProblemBody),
    ),
)]
pub(crate) fn who_am_i(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::DescribeCaller(request.pool_caller.clone()))
}
