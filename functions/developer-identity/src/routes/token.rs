//! The token endpoint: OAuth 2.0 (RFC 6749) with token exchange (RFC 8693).

use lifeguard_sign_in::secret::Secret;

use crate::command::{Command, Grant, MailedCode, Scope};
use crate::problem::TokenProblem;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::TokenErrors;
use crate::wire::token::{TokenAnswer, TokenForm};

/// The grant type of RFC 8693.
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// The types of subject token (RFC 8693, section 3) that are signed JWTs.
const SUBJECT_TOKEN_TYPES: [&str; 3] = [
    "urn:ietf:params:oauth:token-type:jwt",
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:access_token",
];

/// Signs in with a password, a refresh token, or a token of a trusted issuer.
#[utoipa::path(
    post,
    path = "/v1/token",
    operation_id = "token",
    tag = "tokens",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The tokens.", body = TokenAnswer),
        TokenErrors,
    ),
)]
pub(crate) fn grant(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::Grant(parse(request.form()?)?))
}

fn parse(form: TokenForm) -> Result<Grant, TokenProblem> {
    let given = |value: Option<String>| value.filter(|value| !value.is_empty());
    let needed = |value| given(value).ok_or(TokenProblem::InvalidRequest);
    let scope = Scope::parse(form.scope.as_deref()).ok_or(TokenProblem::InvalidScope)?;
    if given(form.actor_token).is_some() {
        return Err(TokenProblem::InvalidRequest);
    }
    match needed(form.grant_type)?.as_str() {
        "password" => Ok(Grant::Password {
            client: needed(form.client_id)?,
            name: needed(form.username).map(Secret::new)?,
            password: needed(form.password).map(Secret::new)?,
            mailed: MailedCode {
                given: given(form.handle).map(Secret::new).zip(given(form.code).map(Secret::new)),
                language: form.locale,
            },
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
