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
    /// The language of the mail: a locale as platforms write it, such as `nl-NL`, `de_DE.UTF-8` or
    /// the value of `Accept-Language`. Null and an unreadable value count as absent.
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub(crate) locale: Language,
    /// The token of a passed challenge, of at most 4,096 bytes, where the operator demands one;
    /// ignored elsewhere.
    #[serde(default, deserialize_with = "super::optional_secret")]
    #[schema(value_type = Option<String>)]
    pub(crate) challenge_token: Option<Secret>,
}

/// The response to a request for a code, the same whether a mail is sent or not.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandleAnswer {
    /// To be sent with the code.
    #[schema(max_length = 1024)]
    pub(crate) handle: String,
    /// Two letters that the mail of this request shows too. A mail with other letters is of another
    /// request, and its codes work as well if it is the newest.
    #[schema(min_length = 2, max_length = 2, pattern = "^[A-HJ-NP-Z]{2}$")]
    pub(crate) mark: String,
    /// Lifetime of the short code, in seconds: always the same.
    pub(crate) expires_in: u64,
}

/// The code from a mail, with the password of the new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmBody {
    /// The e-mail address of the registration; the password must not be made of it.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 3, max_length = 254, format = "email")]
    pub(crate) email: Secret,
    /// The handle of the registration.
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
    pub(crate) password: Secret,
}
