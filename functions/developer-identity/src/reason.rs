//! Reasons of a refusal, for the log alone: the client reads one answer for all of them.

use lifeguard_identity::session::SessionTag;

use crate::token_refusal::TokenRefusal;

/// Reason why what was presented is not accepted. The log does not say which users exist: a wrong
/// password and an unknown user are one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The password is not that of anybody of this name.
    WrongPassword,
    /// Too many passwords were tried at this name, and this one was compared with nothing.
    BlockedPassword,
    /// Password or token are right, and the account is closed.
    ClosedAccount,
    /// We did not make this token.
    ForeignToken,
    /// The session of this token has ended.
    DeadToken,
    /// The token was used up before, so two parties hold this session, which has ended with it.
    ReusedToken(SessionTag),
    /// The code is wrong.
    WrongCode,
    /// The code was not counted: its time is over, it is spent, or a budget is.
    UncountedCode,
    /// We did not make this handle, or for something else.
    ForeignHandle,
    /// A token of another issuer did not pass a check.
    RefusedToken(TokenRefusal),
    /// Something else came first: the sessions were ended, or the address was taken.
    Overtaken,
}

impl Reason {
    /// A stable name for metrics.
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
            Self::Overtaken => "Overtaken",
        }
    }

    /// What the audit has to know beside it.
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
            | Self::Overtaken => None,
        }
    }
}
