//! Bodies of the token endpoint, in the shape of OAuth 2.0 (RFC 6749) and of its token exchange
//! (RFC 8693).

use lifeguard_sign_in::language::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The type of the token that an exchange issues: the identity pool's OpenID token is a JWT.
pub(crate) const ISSUED_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";

/// Parameters of a grant. An empty parameter counts as absent; unknown ones are ignored.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TokenForm {
    /// `password`, `refresh_token`, or the grant type of RFC 8693.
    #[schema(max_length = 64)]
    pub(crate) grant_type: Option<String>,
    /// With a password: a first-party client.
    #[schema(max_length = 128)]
    pub(crate) client_id: Option<String>,
    /// With a password: the e-mail address, or the name in the operator's directory.
    #[schema(max_length = 254)]
    pub(crate) username: Option<String>,
    /// The password.
    #[schema(max_length = 1024, format = "password")]
    pub(crate) password: Option<String>,
    /// With a password, after `code_required`: the handle of that response.
    #[schema(max_length = 1024)]
    pub(crate) handle: Option<String>,
    /// With a password, after `code_required`: the code of the mail, as the user typed or pasted it.
    #[schema(max_length = 4096)]
    pub(crate) code: Option<String>,
    /// With a password: the language of a mail with a code, in any form of locale.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) locale: Language,
    /// With `refresh_token`: the newest refresh token of a session.
    #[schema(max_length = 2048)]
    pub(crate) refresh_token: Option<String>,
    /// With an exchange: a token of a trusted issuer.
    #[schema(max_length = 8192)]
    pub(crate) subject_token: Option<String>,
    /// With an exchange: `urn:ietf:params:oauth:token-type:jwt`, `…:id_token` or
    /// `…:access_token`.
    #[schema(max_length = 64)]
    pub(crate) subject_token_type: Option<String>,
    /// Always rejected: delegation is not supported.
    #[schema(max_length = 8192)]
    pub(crate) actor_token: Option<String>,
    /// `credentials` requests a credentials session; its token is valid at `/v1/credentials` and
    /// nowhere else.
    #[schema(max_length = 64)]
    pub(crate) scope: Option<String>,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenAnswer {
    /// The identity in the identity pool.
    #[schema(max_length = 55)]
    pub(crate) identity_id: String,
    /// The OpenID token for `GetCredentialsForIdentity`, under `cognito-identity.amazonaws.com`.
    #[schema(max_length = 16384)]
    pub(crate) token: String,
    /// Always `Bearer`.
    #[schema(max_length = 6)]
    pub(crate) token_type: &'static str,
    /// The access token for every route with the security scheme `access_token`.
    #[schema(max_length = 2048)]
    pub(crate) access_token: String,
    /// Lifetime of both tokens, in seconds.
    pub(crate) expires_in: u64,
    /// The Region of the identity pool.
    #[schema(max_length = 32)]
    pub(crate) region: String,
    /// The identity pool.
    #[schema(max_length = 55)]
    pub(crate) identity_pool_id: String,
    /// The refresh token for the next grant; a new one each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2048)]
    pub(crate) refresh_token: Option<String>,
    /// The token for `/v1/credentials`; with `scope=credentials` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2048)]
    pub(crate) credentials_token: Option<String>,
    /// After an exchange: the type of `token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub(crate) issued_token_type: Option<&'static str>,
}
