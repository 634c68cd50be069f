//! Passwords of the built-in directory: another one for somebody who knows the current one, and
//! for somebody who has forgotten it.

use axum::response::IntoResponse;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ask::{Ask, ChangePassword, ConfirmRecovery, Recover};
use crate::problem::ProblemBody;
use crate::routes::accounts::HandleAnswer;
use crate::routes::body::{Bearer, JsonBody};

/// Somebody who has forgotten the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecoverBody {
    /// The address of the account.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
    /// The language of the mail: a locale as platforms write it, such as `nl-NL`, `de_DE.UTF-8` or
    /// the value of `Accept-Language`. One that cannot be read, or null, is no wish.
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    locale: Language,
}

/// The code of a recovery, and the password that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmRecoveryBody {
    /// The address of the account; a password must not be made of it.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
    /// The handle of the recovery.
    #[schema(min_length = 1, max_length = 1024)]
    handle: String,
    /// The code, as the user has typed or pasted it.
    #[schema(min_length = 1, max_length = 4096)]
    code: String,
    /// At least 15 characters; at most 1,024 bytes.
    #[schema(min_length = 15, max_length = 1024, format = "password")]
    new_password: String,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordBody {
    /// The address of the account; a password must not be made of it.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
    /// The password as it is.
    #[schema(min_length = 1, max_length = 1024, format = "password")]
    current_password: String,
    /// At least 15 characters; at most 1,024 bytes.
    #[schema(min_length = 15, max_length = 1024, format = "password")]
    new_password: String,
}

/// Asks for a code that sets another password.
///
/// The answer is the same whether there is such an account or not; a mail with a code goes out
/// only if there is.
#[utoipa::path(
    post,
    path = "/v1/accounts/recovery",
    operation_id = "recover",
    tag = "accounts",
    request_body = RecoverBody,
    responses(
        (status = 202, description = "A code may be on its way.", body = HandleAnswer),
        (status = 400, description = "The address cannot be used.", body = ProblemBody),
        (status = 404, description = "There is no built-in directory.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn recover(JsonBody(body): JsonBody<RecoverBody>) -> impl IntoResponse {
    let RecoverBody { email, locale: language } = body;
    Ask::Recover(Recover { email: Secret::new(email), language })
}

/// Sets another password with the code of a recovery, and ends every session.
///
/// The same request again within 30 seconds is answered alike.
#[utoipa::path(
    post,
    path = "/v1/accounts/recovery/confirm",
    operation_id = "confirmRecovery",
    tag = "accounts",
    request_body = ConfirmRecoveryBody,
    responses(
        (status = 204, description = "The password is set, and every session has ended."),
        (status = 400, description = "The code is not accepted, or the password cannot be used.", body = ProblemBody),
        (status = 404, description = "There is no built-in directory.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn confirm_recovery(
    JsonBody(body): JsonBody<ConfirmRecoveryBody>,
) -> impl IntoResponse {
    let ConfirmRecoveryBody { email, handle, code, new_password } = body;
    Ask::ConfirmRecovery(ConfirmRecovery {
        email: Secret::new(email),
        handle: Secret::new(handle),
        code: Secret::new(code),
        password: Secret::new(new_password),
    })
}

/// Sets another password with the current one, and ends every session, this one too.
#[utoipa::path(
    post,
    path = "/v1/accounts/password",
    operation_id = "changePassword",
    tag = "accounts",
    security(("access_token" = [])),
    request_body = ChangePasswordBody,
    responses(
        (status = 204, description = "The password is set, and every session has ended."),
        (status = 400, description = "Address or current password are not accepted, or the new one cannot be used.", body = ProblemBody),
        (status = 401, description = "The token is not accepted.", body = ProblemBody),
        (status = 404, description = "There is no built-in directory.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn change(
    Bearer(token): Bearer,
    JsonBody(body): JsonBody<ChangePasswordBody>,
) -> impl IntoResponse {
    let ChangePasswordBody { email, current_password, new_password } = body;
    Ask::ChangePassword(ChangePassword {
        token,
        email: Secret::new(email),
        current: Secret::new(current_password),
        new: Secret::new(new_password),
    })
}
