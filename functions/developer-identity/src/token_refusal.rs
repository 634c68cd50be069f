//! Reasons for the refusal of a token of another issuer.

/// Reason for the refusal of a token of another issuer. The client reads one response for all of
/// them; the log has the code, and nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenRefusal {
    /// The text is not a signed JWT of the compact form, is too long, or a member of its header or
    /// its `iss` has another type than the standard says, or is repeated.
    MalformedToken,
    /// The header has `crit`: an extension that must be understood, and none is.
    CriticalHeader,
    /// The settings do not name the issuer.
    UnknownIssuer,
    /// The header names another algorithm than the settings.
    WrongAlgorithm,
    /// The header names a type that the settings do not.
    WrongType,
    /// The issuer's key set has no key of this name for this algorithm.
    UnknownKey,
    /// The header names no key, and the key set has several for this algorithm.
    AmbiguousKey,
    /// No key of the issuer made the signature.
    WrongSignature,
    /// A claim that is needed is absent.
    MissingClaim,
    /// A claim has another type than the standard says.
    MalformedClaim,
    /// The token is for another party.
    WrongAudience,
    /// The subject is empty or too long.
    WrongSubject,
    /// The token of a user pool is not an ID token.
    WrongUse,
    /// The token has expired.
    ExpiredToken,
    /// The token is from the future: the clock of its issuer is ahead.
    FutureToken,
    /// The token was issued too long ago.
    StaleToken,
    /// A claim that becomes a principal tag has a value that no tag may have.
    UnusableTag,
}

impl TokenRefusal {
    /// Returns a stable name for metrics.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::MalformedToken => "MalformedToken",
            Self::CriticalHeader => "CriticalHeader",
            Self::UnknownIssuer => "UnknownIssuer",
            Self::WrongAlgorithm => "WrongAlgorithm",
            Self::WrongType => "WrongType",
            Self::UnknownKey => "UnknownKey",
            Self::AmbiguousKey => "AmbiguousKey",
            Self::WrongSignature => "WrongSignature",
            Self::MissingClaim => "MissingClaim",
            Self::MalformedClaim => "MalformedClaim",
            Self::WrongAudience => "WrongAudience",
            Self::WrongSubject => "WrongSubject",
            Self::WrongUse => "WrongUse",
            Self::ExpiredToken => "ExpiredToken",
            Self::FutureToken => "FutureToken",
            Self::StaleToken => "StaleToken",
            Self::UnusableTag => "UnusableTag",
        }
    }
}
