//! Registration in the built-in directory.

use crate::command::Command;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::{DirectoryErrors, RegistrationErrors};
use crate::wire::accounts::{ConfirmBody, HandleAnswer, RegisterBody};
use crate::wire::problems::ProblemBody;

/// Registers an e-mail address in the built-in directory.
///
/// The response is the same whether the address was free or not; a mail with a code is sent only
/// if it was. Where the operator demands a challenge, its token is confirmed first.
#[utoipa::path(
    post,
    path = "/v1/accounts",
    operation_id = "register",
    tag = "accounts",
    request_body = RegisterBody,
    responses(
        (status = 202, description = "The request is accepted.", body = HandleAnswer),
        (status = 400, description = "The e-mail address or the password cannot be used.", body = ProblemBody),
        RegistrationErrors,
    ),
)]
pub(crate) fn register(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::Register(request.json()?))
}

/// Confirms a registration with the code of its mail.
#[utoipa::path(
    post,
    path = "/v1/accounts/confirm",
    operation_id = "confirm",
    tag = "accounts",
    request_body = ConfirmBody,
    responses(
        (status = 204, description = "The account is active."),
        (status = 400, description = "The code is invalid or expired.", body = ProblemBody),
        DirectoryErrors,
    ),
)]
pub(crate) fn confirm(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::Confirm(request.json()?))
}
