//! What the Cognito APIs have in common: the JSON 1.1 protocol, its errors, inputs and pages.

pub(crate) mod chance;
mod error;
pub(crate) mod input;
pub(crate) mod inputs;
pub(crate) mod listing;
pub(crate) mod operations;
pub(crate) mod wire;

pub use self::error::ApiError;
use crate::sigv4::{self, SignatureError};

/// What the signature of a request is worth to the Cognito APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// There is none: a browser or an app.
    Public,
    /// The administrator's or a function's, which admin and control-plane actions demand.
    Signed,
    /// That of temporary credentials, whose roles allow none of those actions.
    Holder,
    /// It proves nothing.
    Unproved(SignatureError),
}

impl Caller {
    /// Who a signature, if there was one, turned out to be.
    pub(crate) fn of(signer: Result<Option<sigv4::Caller>, SignatureError>) -> Self {
        match signer {
            Ok(None) => Self::Public,
            Ok(Some(sigv4::Caller::Administrator | sigv4::Caller::Function(_))) => Self::Signed,
            Ok(Some(sigv4::Caller::Holder(_))) => Self::Holder,
            Err(error) => Self::Unproved(error),
        }
    }

    /// Lets those pass who may call what is not open to everybody.
    pub(crate) fn demand_signature(self) -> Result<(), ApiError> {
        let refused = |kind: &str, message: &str| Err(ApiError::new(kind, message));
        match self {
            Self::Signed => Ok(()),
            Self::Public => {
                refused("MissingAuthenticationTokenException", "Missing Authentication Token")
            }
            Self::Holder => {
                refused("AccessDeniedException", "User is not authorized to perform this operation")
            }
            Self::Unproved(error) => refused(error.kind(), &error.to_string()),
        }
    }
}
