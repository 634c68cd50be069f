//! Temporary AWS credentials.

use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ask::Ask;
use crate::problem::ProblemBody;
use crate::routes::body::Bearer;

/// Credentials in the container format, which every AWS SDK and the AWS CLI fetch and refresh by
/// themselves.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct CredentialsAnswer {
    /// The id of the key.
    #[schema(max_length = 128)]
    pub(crate) access_key_id: String,
    /// The key.
    #[schema(max_length = 128)]
    pub(crate) secret_access_key: String,
    /// The session token.
    #[schema(max_length = 8192)]
    pub(crate) token: String,
    /// When they expire, in UTC.
    #[schema(format = "date-time", max_length = 20)]
    pub(crate) expiration: String,
}

/// Temporary AWS credentials of the identity, for a session for credentials.
#[utoipa::path(
    get,
    path = "/v1/credentials",
    operation_id = "credentials",
    tag = "credentials",
    security(("credentials_token" = [])),
    responses(
        (status = 200, description = "Credentials for at most an hour.", body = CredentialsAnswer),
        (status = 401, description = "The session does not live.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 429, description = "The identity pool has too much to do.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn vend(Bearer(token): Bearer) -> impl IntoResponse {
    Ask::Credentials(token)
}
