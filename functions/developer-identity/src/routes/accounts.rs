//! Registration in the built-in directory.

use crate::command::Command;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::{DirectoryErrors, RegistrationErrors};
use crate::wire::accounts::{ConfirmBody, HandleAnswer, RegisterBody};
use crate::wire::problems::ProblemBody;

/// Requests the code that confirms an e-mail address for the built-in directory.
///
/// The response is the same whether the address was free or not; a mail with a code is sent only
/// if it was. Nothing is reserved. Where the operator demands a challenge, its token is confirmed
/// first.
#[utoipa::path(
    post,
    path = "/v1/accounts",
    operation_id = "register",
    tag = "accounts",
    request_body = RegisterBody,
    responses(
        (status = 202, description = "The request is accepted.", body = HandleAnswer),
        (status = 400, description = "The e-mail address cannot be used.", body = ProblemBody),
        RegistrationErrors,
    ),
)]
pub(crate) fn register(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::Register(request.json()?))
}

/// Creates the account of an e-mail address with the code of its mail and a password.
///
/// The same request gets the same response for 30 seconds.
#[utoipa::path(
    post,
    path = "/v1/accounts/confirm",
    operation_id = "confirm",
    tag = "accounts",
    request_body = ConfirmBody,
    responses(
        (status = 204, description = "The account is active."),
        (status = 400, description = "The code is invalid or expired, or the password cannot be used.", body = ProblemBody),
        DirectoryErrors,
    ),
)]
pub(crate) fn confirm(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::Confirm(request.json()?))
}
