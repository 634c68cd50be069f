//! Bodies of password recovery and password change in the built-in directory.

use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

/// The account to recover.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecoverBody {
    /// The e-mail address of the account.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 3, max_length = 254, format = "email")]
    pub(crate) email: Secret,
    /// The language of the mail: a locale as platforms write it, such as `nl-NL`, `de_DE.UTF-8` or
    /// the value of `Accept-Language`. Null and an unreadable value count as absent.
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub(crate) locale: Language,
}

/// The code of a recovery, with the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmRecoveryBody {
    /// The e-mail address of the account; the new password must not be made of it.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 3, max_length = 254, format = "email")]
    pub(crate) email: Secret,
    /// The handle of the recovery.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 1, max_length = 1024)]
    pub(crate) handle: Secret,
    /// The code, as the user typed or pasted it.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 1, max_length = 4096)]
    pub(crate) code: Secret,
    /// At least 15 characters; at most 1,024 bytes.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 15, max_length = 1024, format = "password")]
    pub(crate) new_password: Secret,
    /// A first-party client.
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) client_id: String,
    /// `credentials` requests a credentials session, as at `/v1/token`; absent or empty, a session
    /// with a refresh token.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub(crate) scope: Option<String>,
}

/// The current password, with the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordBody {
    /// The e-mail address of the account; the new password must not be made of it.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 3, max_length = 254, format = "email")]
    pub(crate) email: Secret,
    /// The current password.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 1, max_length = 1024, format = "password")]
    pub(crate) current_password: Secret,
    /// At least 15 characters; at most 1,024 bytes.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 15, max_length = 1024, format = "password")]
    pub(crate) new_password: Secret,
}
