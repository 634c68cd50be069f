//! Passwords of the built-in directory: recovery by a mailed code, and change with the current
//! password.

use crate::command::{Command, Scope};
use crate::problem::Problem;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::{AccessTokenErrors, DirectoryErrors, ThrottlingErrors};
use crate::wire::accounts::HandleAnswer;
use crate::wire::passwords::{ChangePasswordBody, ConfirmRecoveryBody, RecoverBody};
use crate::wire::problems::ProblemBody;
use crate::wire::token::TokenAnswer;

/// Requests a code that sets a new password.
///
/// The response is the same whether the account exists or not; a mail with a code is sent only if
/// it does.
#[utoipa::path(
    post,
    path = "/v1/accounts/recovery",
    operation_id = "recover",
    tag = "accounts",
    request_body = RecoverBody,
    responses(
        (status = 202, description = "The request is accepted.", body = HandleAnswer),
        (status = 400, description = "The e-mail address cannot be used.", body = ProblemBody),
        DirectoryErrors,
    ),
)]
pub(crate) fn recover(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::Recover(request.json()?))
}

/// Sets a new password with the code of a recovery, revokes every session and begins a new one.
///
/// The response is that of a sign-in by password. The same request is accepted for 30 seconds.
#[utoipa::path(
    post,
    path = "/v1/accounts/recovery/confirm",
    operation_id = "confirmRecovery",
    tag = "accounts",
    request_body = ConfirmRecoveryBody,
    responses(
        (status = 200, description = "The password is set, and every earlier session is revoked.", body = TokenAnswer),
        (status = 400, description = "The code is invalid or expired, or the password, the client or the scope cannot be used.", body = ProblemBody),
        ThrottlingErrors,
        DirectoryErrors,
    ),
)]
pub(crate) fn confirm_recovery(request: &Request<'_>) -> Result<Command, Response> {
    let body: ConfirmRecoveryBody = request.json()?;
    let scope = Scope::parse(body.scope.as_deref()).ok_or(Problem::InvalidScope)?;
    Ok(Command::ConfirmRecovery(body, scope))
}

/// Sets a new password with the current one, and revokes every session, including this one.
#[utoipa::path(
    post,
    path = "/v1/accounts/password",
    operation_id = "changePassword",
    tag = "accounts",
    security(("access_token" = [])),
    request_body = ChangePasswordBody,
    responses(
        (status = 204, description = "The password is set, and every session is revoked."),
        (status = 400, description = "The e-mail address or the current password is wrong, or the new password cannot be used.", body = ProblemBody),
        AccessTokenErrors,
        DirectoryErrors,
    ),
)]
pub(crate) fn change(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::ChangePassword(request.bearer_token()?, request.json()?))
}
