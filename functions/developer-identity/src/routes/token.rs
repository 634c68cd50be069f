//! Tokens, in the shape of OAuth 2.0 (RFC 6749) and of its token exchange (RFC 8693).

use axum::response::IntoResponse;
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ask::{Ask, Grant, Scope};
use crate::problem::{TokenProblem, TokenProblemBody};
use crate::routes::body::FormBody;

/// The grant type of RFC 8693.
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// The kinds of subject token (RFC 8693, section 3): signed JWTs by one name or another.
const SUBJECT_TOKEN_TYPES: [&str; 3] = [
    "urn:ietf:params:oauth:token-type:jwt",
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:access_token",
];
/// What an exchange issues: the identity pool's OpenID token is a JWT.
pub(crate) const ISSUED_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";

/// What is presented. An empty parameter counts as absent; unknown ones are ignored.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TokenForm {
    /// `password`, `refresh_token`, or the grant type of RFC 8693.
    #[schema(max_length = 64)]
    grant_type: Option<String>,
    /// With a password: a first-party client.
    #[schema(max_length = 128)]
    client_id: Option<String>,
    /// With a password: the address, or the name in the operator's directory.
    #[schema(max_length = 254)]
    username: Option<String>,
    /// The password.
    #[schema(max_length = 1024, format = "password")]
    password: Option<String>,
    /// With `refresh_token`: the newest one of a family.
    #[schema(max_length = 2048)]
    refresh_token: Option<String>,
    /// With an exchange: a token of a trusted issuer.
    #[schema(max_length = 8192)]
    subject_token: Option<String>,
    /// With an exchange: `urn:ietf:params:oauth:token-type:jwt`, `…:id_token` or
    /// `…:access_token`.
    #[schema(max_length = 64)]
    subject_token_type: Option<String>,
    /// Never taken: nobody acts for somebody else here.
    #[schema(max_length = 8192)]
    actor_token: Option<String>,
    /// `credentials` asks for a session that opens `/v1/credentials` and nothing else.
    #[schema(max_length = 64)]
    scope: Option<String>,
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
    /// Opens `/v1/identity` and `/v1/logout`.
    #[schema(max_length = 2048)]
    pub(crate) access_token: String,
    /// For how many seconds both tokens live.
    pub(crate) expires_in: u64,
    /// The Region of the identity pool.
    #[schema(max_length = 32)]
    pub(crate) region: String,
    /// The identity pool.
    #[schema(max_length = 55)]
    pub(crate) identity_pool_id: String,
    /// For the next token; a new one each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2048)]
    pub(crate) refresh_token: Option<String>,
    /// Opens `/v1/credentials`; with `scope=credentials` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2048)]
    pub(crate) credentials_token: Option<String>,
    /// After an exchange: what `token` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub(crate) issued_token_type: Option<&'static str>,
}

/// Signs in with a password, a refresh token, or a token of a trusted issuer.
#[utoipa::path(
    post,
    path = "/v1/token",
    operation_id = "token",
    tag = "tokens",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Signed in.", body = TokenAnswer),
        (status = 400, description = "Not signed in.", body = TokenProblemBody),
        (status = 405, description = "Another method.", body = TokenProblemBody),
        (status = 413, description = "The request is too large.", body = TokenProblemBody),
        (status = 415, description = "The body is not a form.", body = TokenProblemBody),
        (status = 429, description = "The identity pool has too much to do.", body = TokenProblemBody),
        (status = 500, description = "Something broke.", body = TokenProblemBody),
    ),
)]
pub(crate) async fn grant(FormBody(form): FormBody<TokenForm>) -> impl IntoResponse {
    read(form).map(Ask::Token)
}

fn read(form: TokenForm) -> Result<Grant, TokenProblem> {
    let given = |value: Option<String>| value.filter(|value| !value.is_empty());
    let needed = |value| given(value).ok_or(TokenProblem::InvalidRequest);
    let scope = match given(form.scope).as_deref() {
        None => Scope::Session,
        Some("credentials") => Scope::Credentials,
        Some(_) => return Err(TokenProblem::InvalidScope),
    };
    if given(form.actor_token).is_some() {
        return Err(TokenProblem::InvalidRequest);
    }
    match needed(form.grant_type)?.as_str() {
        "password" => Ok(Grant::Password {
            client: needed(form.client_id)?,
            name: needed(form.username).map(Secret::new)?,
            password: needed(form.password).map(Secret::new)?,
            scope,
        }),
        "refresh_token" => {
            Ok(Grant::Refresh { token: needed(form.refresh_token).map(Secret::new)?, scope })
        }
        TOKEN_EXCHANGE => match scope {
            Scope::Credentials => Err(TokenProblem::InvalidScope),
            Scope::Session => {
                let kind = needed(form.subject_token_type)?;
                let known = SUBJECT_TOKEN_TYPES.contains(&kind.as_str());
                let subject_token = needed(form.subject_token).map(Secret::new)?;
                known
                    .then_some(Grant::Exchange { subject_token })
                    .ok_or(TokenProblem::InvalidRequest)
            }
        },
        _ => Err(TokenProblem::UnsupportedGrantType),
    }
}
