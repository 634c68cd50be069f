//! What a client reads that is told no: sentences of a closed list, with a stable code.

use axum::response::{IntoResponse, Response};
use lifeguard_identity::linking::NotLinked;
use lifeguard_sign_up::sign_up_policy::Denial;
use serde::Serialize;
use serde_json::json;
use thiserror::Error;
use utoipa::ToSchema;

use crate::answer::Answered;

/// Why a request is refused, everywhere but at `/v1/token`. No sentence depends on who has an
/// account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Problem {
    #[error("There is no such route")]
    NoSuchRoute,
    #[error("This route does not take this method")]
    MethodNotAllowed,
    #[error("This route takes another content type")]
    UnsupportedContentType,
    #[error("The request is too large")]
    TooLarge,
    #[error("The request has another form than this route takes")]
    Malformed,
    #[error("There is no built-in directory here")]
    NotOffered,
    #[error("This e-mail address cannot be used")]
    AddressNotUsable,
    #[error("Addresses of this domain cannot register")]
    DomainNotAllowed,
    #[error("The password is too short")]
    PasswordTooShort,
    #[error("The password is too long")]
    PasswordTooLong,
    #[error("The password has characters that cannot be used")]
    PasswordNotUsable,
    #[error("The password is one that others try first")]
    PasswordTooCommon,
    #[error("The address or the current password is not accepted")]
    PasswordNotAccepted,
    #[error("The code is not accepted")]
    CodeNotAccepted,
    #[error("The token is not accepted")]
    NotAuthenticated,
    #[error("This caller may not do this")]
    NotAllowed,
    #[error(transparent)]
    NotLinked(NotLinked),
    #[error("This is the login that the account consists of")]
    LastLogin,
    #[error("There is no such link")]
    NoSuchLink,
    #[error("There are too many requests at the moment")]
    TooManyRequests,
    #[error("Try again later")]
    Fault,
}

impl Problem {
    /// A stable name for clients and metrics.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NoSuchRoute => "NoSuchRoute",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::UnsupportedContentType => "UnsupportedContentType",
            Self::TooLarge => "TooLarge",
            Self::Malformed => "Malformed",
            Self::NotOffered => "NotOffered",
            Self::AddressNotUsable => "AddressNotUsable",
            Self::DomainNotAllowed => "DomainNotAllowed",
            Self::PasswordTooShort => "PasswordTooShort",
            Self::PasswordTooLong => "PasswordTooLong",
            Self::PasswordNotUsable => "PasswordNotUsable",
            Self::PasswordTooCommon => "PasswordTooCommon",
            Self::PasswordNotAccepted => "PasswordNotAccepted",
            Self::CodeNotAccepted => "CodeNotAccepted",
            Self::NotAuthenticated => "NotAuthenticated",
            Self::NotAllowed => "NotAllowed",
            Self::NotLinked(reason) => reason.code(),
            Self::LastLogin => "last_login",
            Self::NoSuchLink => "no_such_link",
            Self::TooManyRequests => "TooManyRequests",
            Self::Fault => "Fault",
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::NoSuchRoute | Self::NotOffered | Self::NoSuchLink => 404,
            Self::MethodNotAllowed => 405,
            Self::UnsupportedContentType => 415,
            Self::TooLarge => 413,
            Self::Malformed
            | Self::AddressNotUsable
            | Self::DomainNotAllowed
            | Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordNotUsable
            | Self::PasswordTooCommon
            | Self::PasswordNotAccepted
            | Self::CodeNotAccepted
            | Self::NotLinked(
                NotLinked::ForeignProof | NotLinked::StaleProof | NotLinked::ReplayedProof,
            ) => 400,
            Self::NotAuthenticated => 401,
            Self::NotAllowed | Self::NotLinked(NotLinked::SignInAgain) => 403,
            Self::NotLinked(NotLinked::AlreadyLinked) | Self::LastLogin => 409,
            Self::TooManyRequests => 429,
            Self::Fault => 500,
        }
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::AddressMissing | Denial::AddressUnusable => Self::AddressNotUsable,
            Denial::DomainDenied | Denial::DomainNotAllowed => Self::DomainNotAllowed,
            Denial::AttributeNotAllowed => Self::Malformed,
        }
    }
}

impl From<Problem> for Answered {
    fn from(problem: Problem) -> Self {
        let body = json!({"message": problem.to_string(), "code": problem.code()});
        let refused = Self::new(problem.status(), body, "refused").with_code(problem.code());
        match problem {
            Problem::NotAuthenticated => refused.with_header("www-authenticate", "Bearer"),
            Problem::TooManyRequests => refused.with_header("retry-after", "1"),
            _ => refused,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        Answered::from(self).into_response()
    }
}

/// Why `/v1/token` grants nothing: the codes of RFC 6749, section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TokenProblem {
    #[error("This route does not take this method")]
    MethodNotAllowed,
    #[error("This route takes application/x-www-form-urlencoded")]
    UnsupportedContentType,
    #[error("The request is too large")]
    TooLarge,
    #[error("A parameter is missing, stands twice or has no usable form")]
    InvalidRequest,
    #[error("This client may not use this grant")]
    UnauthorizedClient,
    #[error("What was presented is not accepted")]
    InvalidGrant,
    #[error("This grant is not offered")]
    UnsupportedGrantType,
    #[error("This scope is not offered for this grant, or too many of its sessions live")]
    InvalidScope,
    #[error("There are too many requests at the moment")]
    TooManyRequests,
    #[error("Try again later")]
    Fault,
}

impl TokenProblem {
    /// The code of RFC 6749; two are not there and are taken from its section 4.1.2.1.
    const fn error(self) -> &'static str {
        match self {
            Self::MethodNotAllowed
            | Self::UnsupportedContentType
            | Self::TooLarge
            | Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::TooManyRequests => "temporarily_unavailable",
            Self::Fault => "server_error",
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::MethodNotAllowed => 405,
            Self::UnsupportedContentType => 415,
            Self::TooLarge => 413,
            Self::InvalidRequest
            | Self::UnauthorizedClient
            | Self::InvalidGrant
            | Self::UnsupportedGrantType
            | Self::InvalidScope => 400,
            Self::TooManyRequests => 429,
            Self::Fault => 500,
        }
    }
}

impl From<TokenProblem> for Answered {
    fn from(problem: TokenProblem) -> Self {
        let body = json!({"error": problem.error(), "error_description": problem.to_string()});
        let refused = Self::new(problem.status(), body, "refused").with_code(problem.error());
        match problem {
            TokenProblem::TooManyRequests => refused.with_header("retry-after", "1"),
            _ => refused,
        }
    }
}

impl IntoResponse for TokenProblem {
    fn into_response(self) -> Response {
        Answered::from(self).into_response()
    }
}

/// The body of every error but those of `/v1/token`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProblemBody {
    /// A sentence for a person.
    #[schema(max_length = 128)]
    message: String,
    /// A stable code.
    #[schema(max_length = 32, pattern = "^[A-Za-z_]+$")]
    code: String,
}

/// The body of a refusal by the gateway, which knows no codes, or by this function.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GatewayProblemBody {
    /// A sentence for a person.
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
    /// A sentence for a person.
    #[schema(max_length = 128)]
    error_description: String,
}
