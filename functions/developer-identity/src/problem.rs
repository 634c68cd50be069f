//! Problems that a client reads: a closed list of sentences, each with a stable code.

use lifeguard_identity::linking::NotLinked;
use lifeguard_sign_up::sign_up_policy::Denial;
use thiserror::Error;

/// Reason for a refusal at every route except `/v1/token`. No sentence depends on the existence of
/// an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Problem {
    #[error("Use the address of the API that your operator names")]
    WrongOrigin,
    #[error("Route not found")]
    NoSuchRoute,
    #[error("Method not allowed")]
    MethodNotAllowed,
    #[error("Unsupported content type")]
    UnsupportedContentType,
    #[error("The request is too large")]
    TooLarge,
    #[error("Invalid request")]
    Malformed,
    #[error("The built-in directory is not enabled")]
    NotOffered,
    #[error("The e-mail address cannot be used")]
    AddressNotUsable,
    #[error("The e-mail domain is not allowed")]
    DomainNotAllowed,
    #[error("The password is too short")]
    PasswordTooShort,
    #[error("The password is too long")]
    PasswordTooLong,
    #[error("The password contains characters that are not allowed")]
    PasswordNotUsable,
    #[error("The password is too common")]
    PasswordTooCommon,
    #[error("Invalid e-mail address or current password")]
    PasswordNotAccepted,
    #[error("Invalid or expired code")]
    CodeNotAccepted,
    #[error("The client is not allowed to use this route")]
    UnauthorizedClient,
    #[error("The scope is not available, or its limit of sessions is reached")]
    InvalidScope,
    #[error("Invalid or expired token")]
    NotAuthenticated,
    #[error("Caller lacks permission")]
    NotAllowed,
    #[error(transparent)]
    NotLinked(NotLinked),
    #[error("The account's own login cannot be unlinked")]
    LastLogin,
    #[error("Link not found")]
    NoSuchLink,
    #[error("Registration is closed")]
    RegistrationClosed,
    #[error("Registration is paused; try again tomorrow")]
    RegistrationPaused,
    #[error("The challenge was not passed")]
    ChallengeRefused,
    #[error("Too many requests")]
    TooManyRequests,
    #[error("Try again later")]
    Fault,
}

impl Problem {
    /// Returns a stable name for clients and metrics.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::WrongOrigin => "WrongOrigin",
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
            Self::UnauthorizedClient => "UnauthorizedClient",
            Self::InvalidScope => "InvalidScope",
            Self::NotAuthenticated => "NotAuthenticated",
            Self::NotAllowed => "NotAllowed",
            Self::NotLinked(reason) => reason.code(),
            Self::LastLogin => "last_login",
            Self::NoSuchLink => "no_such_link",
            Self::RegistrationClosed => "registration_closed",
            Self::RegistrationPaused => "registration_paused",
            Self::ChallengeRefused => "challenge_refused",
            Self::TooManyRequests => "TooManyRequests",
            Self::Fault => "Fault",
        }
    }

    /// Returns the HTTP status.
    pub(crate) const fn status(self) -> u16 {
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
            | Self::UnauthorizedClient
            | Self::InvalidScope
            | Self::NotLinked(
                NotLinked::ForeignProof | NotLinked::StaleProof | NotLinked::ReplayedProof,
            ) => 400,
            Self::NotAuthenticated => 401,
            Self::WrongOrigin
            | Self::NotAllowed
            | Self::NotLinked(NotLinked::SignInAgain)
            | Self::RegistrationClosed
            | Self::ChallengeRefused => 403,
            Self::NotLinked(NotLinked::AlreadyLinked) | Self::LastLogin => 409,
            Self::TooManyRequests | Self::RegistrationPaused => 429,
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

/// Reason for a refusal at `/v1/token`: the codes of RFC 6749, section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TokenProblem {
    #[error("Method not allowed")]
    MethodNotAllowed,
    #[error("Unsupported content type; use application/x-www-form-urlencoded")]
    UnsupportedContentType,
    #[error("The request is too large")]
    TooLarge,
    #[error("A parameter is missing, repeated or malformed")]
    InvalidRequest,
    #[error("The client is not allowed to use this grant type")]
    UnauthorizedClient,
    #[error("Invalid credentials")]
    InvalidGrant,
    #[error("The mailed code is required beside the password")]
    CodeRequired,
    #[error("Unsupported grant type")]
    UnsupportedGrantType,
    #[error("The scope is not available for this grant type, or its limit of sessions is reached")]
    InvalidScope,
    #[error("Too many requests")]
    TooManyRequests,
    #[error("Try again later")]
    Fault,
}

impl TokenProblem {
    /// Returns the code of RFC 6749, section 5.2; two are from its section 4.1.2.1.
    pub(crate) const fn error(self) -> &'static str {
        match self {
            Self::MethodNotAllowed
            | Self::UnsupportedContentType
            | Self::TooLarge
            | Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidGrant => "invalid_grant",
            Self::CodeRequired => "code_required",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::TooManyRequests => "temporarily_unavailable",
            Self::Fault => "server_error",
        }
    }

    /// Returns the HTTP status.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::MethodNotAllowed => 405,
            Self::UnsupportedContentType => 415,
            Self::TooLarge => 413,
            Self::InvalidRequest
            | Self::UnauthorizedClient
            | Self::InvalidGrant
            | Self::CodeRequired
            | Self::UnsupportedGrantType
            | Self::InvalidScope => 400,
            Self::TooManyRequests => 429,
            Self::Fault => 500,
        }
    }
}
