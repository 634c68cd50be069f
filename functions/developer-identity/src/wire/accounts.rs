//! Bodies of registration in the built-in directory.

use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A registration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterBody {
    /// The e-mail address to confirm.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 3, max_length = 254, format = "email")]
    pub(crate) email: Secret,
    /// At least 15 characters; at most 1,024 bytes.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 15, max_length = 1024, format = "password")]
    pub(crate) password: Secret,
    /// The language of the mail: a locale as platforms write it, such as `nl-NL`, `de_DE.UTF-8` or
    /// the value of `Accept-Language`. Null and an unreadable value count as absent.
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub(crate) locale: Language,
    /// The token of a passed challenge, where the operator demands one.
    #[serde(default, deserialize_with = "super::optional_secret")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 4096)]
    pub(crate) challenge_token: Option<Secret>,
}

/// The response to a request for a code, the same whether a mail is sent or not.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandleAnswer {
    /// To be sent with the code.
    #[schema(max_length = 1024)]
    pub(crate) handle: String,
    /// Lifetime of the code, in seconds.
    pub(crate) expires_in: u64,
}

/// A code from a mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmBody {
    /// The handle of the registration.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 1, max_length = 1024)]
    pub(crate) handle: Secret,
    /// The code, as the user typed or pasted it.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 1, max_length = 4096)]
    pub(crate) code: Secret,
}
