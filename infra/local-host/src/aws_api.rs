//! What the Cognito APIs have in common: the JSON 1.1 protocol, its errors, inputs and pages.

pub(crate) mod chance;
mod error;
pub(crate) mod input;
pub(crate) mod listing;
pub(crate) mod wire;

pub use self::error::ApiError;

/// Whether a request carried an AWS signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Unsigned: a browser or an app.
    Public,
    /// Signed with AWS credentials, which admin and control-plane actions demand; the signature
    /// itself is not checked.
    Signed,
}

impl Caller {
    /// Lets signed requests pass.
    pub(crate) fn demand_signature(self) -> Result<(), ApiError> {
        match self {
            Self::Signed => Ok(()),
            Self::Public => Err(ApiError::new(
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            )),
        }
    }
}
