//! Registration in the built-in directory.

use axum::response::IntoResponse;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ask::{Ask, Confirm, Register};
use crate::problem::ProblemBody;
use crate::routes::body::JsonBody;

/// A registration.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterBody {
    /// The address that is to be confirmed.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
    /// At least 15 characters; at most 1,024 bytes.
    #[schema(min_length = 15, max_length = 1024, format = "password")]
    password: String,
    /// The language of the mail: a locale as platforms write it, such as `nl-NL`, `de_DE.UTF-8` or
    /// the value of `Accept-Language`. One that cannot be read, or null, is no wish.
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    locale: Language,
}

/// What asking for a code brings, whether one is on its way or not.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandleAnswer {
    /// To be sent with the code.
    #[schema(max_length = 1024)]
    pub(crate) handle: String,
    /// For how many seconds the code can be answered.
    pub(crate) expires_in: u64,
}

/// A code that came by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmBody {
    /// The handle of the registration.
    #[schema(min_length = 1, max_length = 1024)]
    handle: String,
    /// The code, as the user has typed or pasted it.
    #[schema(min_length = 1, max_length = 4096)]
    code: String,
}

/// Registers an address in the built-in directory.
///
/// The answer is the same whether the address was free or not; a mail with a code goes out only
/// if it was.
#[utoipa::path(
    post,
    path = "/v1/accounts",
    operation_id = "register",
    tag = "accounts",
    request_body = RegisterBody,
    responses(
        (status = 202, description = "A code may be on its way.", body = HandleAnswer),
        (status = 400, description = "The address or the password cannot be used.", body = ProblemBody),
        (status = 404, description = "There is no built-in directory.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn register(JsonBody(body): JsonBody<RegisterBody>) -> impl IntoResponse {
    let RegisterBody { email, password, locale: language } = body;
    let (email, password) = (Secret::new(email), Secret::new(password));
    Ask::Register(Register { email, password, language })
}

/// Confirms a registration with the code of its mail.
#[utoipa::path(
    post,
    path = "/v1/accounts/confirm",
    operation_id = "confirm",
    tag = "accounts",
    request_body = ConfirmBody,
    responses(
        (status = 204, description = "The account can be used."),
        (status = 400, description = "The code is not accepted.", body = ProblemBody),
        (status = 404, description = "There is no built-in directory.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn confirm(JsonBody(body): JsonBody<ConfirmBody>) -> impl IntoResponse {
    let ConfirmBody { handle, code } = body;
    Ask::Confirm(Confirm { handle: Secret::new(handle), code: Secret::new(code) })
}
