//! Schemas of the bodies of errors. [`crate::response`] writes them.

use serde::Serialize;
use utoipa::ToSchema;

/// The body of every error except those of `/v1/token`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProblemBody {
    /// A sentence for the user.
    #[schema(max_length = 128)]
    message: String,
    /// A stable code.
    #[schema(max_length = 32, pattern = "^[A-Za-z_]+$")]
    code: String,
}

/// The body of an error of API Gateway, which has no code, or of this function.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GatewayProblemBody {
    /// A sentence for the user.
    #[schema(max_length = 128)]
    message: String,
    /// A stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 32, pattern = "^[A-Za-z_]+$", nullable = false)]
    code: Option<String>,
}

/// The body of an error of `/v1/token` (RFC 6749, section 5.2).
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenProblemBody {
    /// A stable code.
    #[schema(max_length = 32, pattern = "^[a-z_]+$")]
    error: String,
    /// A sentence for the user.
    #[schema(max_length = 128)]
    error_description: String,
    /// With `code_required`: to be sent with the code of the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1024, nullable = false)]
    handle: Option<String>,
    /// With `code_required`: two letters that the mail of this request shows too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2, nullable = false)]
    mark: Option<String>,
}
