//! Reasons of a refusal, for the log alone: the client reads one response for all of them.

use lifeguard_identity::session::SessionTag;

use crate::token_refusal::TokenRefusal;

/// Reason why credentials are not accepted. The log does not reveal which users exist: a wrong
/// password and an unknown user are one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The password is wrong, or the user is unknown.
    WrongPassword,
    /// The attempt limit of this name is reached, and the password was not compared.
    BlockedPassword,
    /// Password or token are right, and the account is disabled.
    ClosedAccount,
    /// This provider did not issue the token.
    ForeignToken,
    /// The session of the token is expired or revoked.
    DeadToken,
    /// The refresh token was used before, so two parties hold its session, which is revoked now.
    ReusedToken(SessionTag),
    /// The code is wrong.
    WrongCode,
    /// The code was not counted: it is expired or used, or an attempt limit is reached.
    UncountedCode,
    /// This provider did not issue the handle, or for another purpose.
    ForeignHandle,
    /// A token of another issuer did not pass a check.
    RefusedToken(TokenRefusal),
    /// The registrations of the domain have reached their limit of the day.
    DomainQuota,
    /// The registrations of this share of all addresses have reached their limit of the day.
    DayQuota,
    /// A concurrent request came first: it revoked the sessions, or took the address.
    Overtaken,
}

impl Reason {
    /// Returns a stable name for metrics.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::RefusedToken(refusal) => refusal.code(),
            Self::WrongPassword => "WrongPassword",
            Self::BlockedPassword => "BlockedPassword",
            Self::ClosedAccount => "ClosedAccount",
            Self::ForeignToken => "ForeignToken",
            Self::DeadToken => "DeadToken",
            Self::ReusedToken(_) => "ReusedToken",
            Self::WrongCode => "WrongCode",
            Self::UncountedCode => "UncountedCode",
            Self::ForeignHandle => "ForeignHandle",
            Self::DomainQuota => "RegistrationsOfDomainPaused",
            Self::DayQuota => "RegistrationsPaused",
            Self::Overtaken => "Overtaken",
        }
    }

    /// Returns the tag of the session, for the audit.
    pub(crate) fn record(self) -> Option<String> {
        match self {
            Self::ReusedToken(session) => Some(session.as_str().to_owned()),
            Self::WrongPassword
            | Self::BlockedPassword
            | Self::ClosedAccount
            | Self::ForeignToken
            | Self::DeadToken
            | Self::WrongCode
            | Self::UncountedCode
            | Self::ForeignHandle
            | Self::RefusedToken(_)
            | Self::DomainQuota
            | Self::DayQuota
            | Self::Overtaken => None,
        }
    }
}
