//! Callers of the Cognito APIs, as their signatures prove them.

use crate::error::ApiError;
use crate::signature_error::SignatureError;

/// Caller of the Cognito APIs, as the signature of the request proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// No signature: a browser or an app.
    Public,
    /// The administrator or a function, which admin and control-plane actions demand.
    Signed,
    /// A holder of temporary credentials: their roles allow none of those actions.
    Holder,
    /// A signature that proves nothing.
    Unproved(SignatureError),
}

impl Caller {
    /// Demands a signature that may call actions which are not public.
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
