//! Body of temporary AWS credentials.

use serde::Serialize;
use utoipa::ToSchema;

/// Credentials in the container format, which every AWS SDK and the AWS CLI fetch and refresh by
/// themselves.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(crate) struct CredentialsAnswer {
    /// The access key id.
    #[schema(max_length = 128)]
    pub(crate) access_key_id: String,
    /// The secret access key.
    #[schema(max_length = 128)]
    pub(crate) secret_access_key: String,
    /// The session token.
    #[schema(max_length = 8192)]
    pub(crate) token: String,
    /// The expiry time, in UTC.
    #[schema(format = "date-time", max_length = 20)]
    pub(crate) expiration: String,
}
