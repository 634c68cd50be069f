//! Callers of the Cognito APIs, as their signatures prove them.

use crate::error::ApiError;
use crate::signature_error::SignatureError;

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
    /// Lets those pass who may call what is not open to everybody.
    pub fn demand_signature(self) -> Result<(), ApiError> {
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
