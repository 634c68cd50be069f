//! Signatures that are refused.

use thiserror::Error;

/// Reason why a request counts as unsigned. The texts are what clients read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// There is no signature.
    #[error("Missing Authentication Token")]
    Missing,
    /// There is one in the header and one in the query string.
    #[error(
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature \
         query string parameter or the Authorization header should be specified"
    )]
    Several,
    /// It is of another scheme, such as version 2.
    #[error(
        "The authorization mechanism you have provided is not supported. Please use \
         AWS4-HMAC-SHA256."
    )]
    OtherScheme,
    /// There is one in the query string, but a part of it is missing or stands twice.
    #[error(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
         X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
    )]
    IncompleteQuery,
    /// The validity of a presigned URL is out of its bounds.
    #[error("X-Amz-Expires must be a number of seconds from 1 to 604800")]
    Validity,
    /// A header that has to be signed is not.
    #[error("There were headers present in the request which were not signed")]
    NotSigned,
    /// The presigned URL is for later.
    #[error("Request is not yet valid")]
    NotYetValid,
    /// The presigned URL was for earlier.
    #[error("Request has expired")]
    UrlExpired,
    /// There is one, but a part of it is missing or stands twice.
    #[error("The request signature does not conform to AWS standards")]
    Incomplete,
    /// It was made for another date, region or service.
    #[error("The credential is not scoped to the date, region and service of the request")]
    WrongScope,
    /// No caller has this access key.
    #[error("The security token included in the request is invalid")]
    UnknownKey,
    /// The session token is missing, or belongs to another key.
    #[error("The security token included in the request is invalid")]
    WrongToken,
    /// Something that was signed is not what arrived, or the secret is another one.
    #[error("The request signature we calculated does not match the signature you provided")]
    Mismatch,
    /// The client's clock is off.
    #[error("Signature expired: it was made more than 15 minutes ago, or in the future")]
    Skewed,
    /// The credentials have outlived their time.
    #[error("The security token included in the request is expired")]
    Expired,
}

impl SignatureError {
    /// The error type of the JSON services.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationTokenException",
            Self::Incomplete
            | Self::IncompleteQuery
            | Self::NotSigned
            | Self::OtherScheme
            | Self::Several
            | Self::Validity => "IncompleteSignatureException",
            Self::UnknownKey | Self::WrongToken => "UnrecognizedClientException",
            Self::WrongScope
            | Self::Mismatch
            | Self::NotYetValid
            | Self::Skewed
            | Self::UrlExpired => "InvalidSignatureException",
            Self::Expired => "ExpiredTokenException",
        }
    }
}
