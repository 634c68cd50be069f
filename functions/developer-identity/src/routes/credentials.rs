//! Temporary AWS credentials.

use crate::command::Command;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::{CommonErrors, ThrottlingErrors};
use crate::wire::credentials::CredentialsAnswer;
use crate::wire::problems::ProblemBody;

/// Issues temporary AWS credentials of the identity, for a credentials session.
#[utoipa::path(
    get,
    path = "/v1/credentials",
    operation_id = "credentials",
    tag = "credentials",
    security(("credentials_token" = [])),
    responses(
        (status = 200, description = "Credentials for at most an hour.", body = CredentialsAnswer),
        (status = 401, description = "The token is invalid, or its session is expired or revoked.", body = ProblemBody),
        ThrottlingErrors,
        CommonErrors,
    ),
)]
pub(crate) fn issue(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::IssueCredentials(request.bearer_token()?))
}
