//! The errors of the API: a type name and a text, nothing else.

use std::fmt;

/// The one kind for what is not served here; AWS itself has no error of this name.
const NOT_IMPLEMENTED: &str = "NotImplementedException";

/// An error as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The name of the exception, such as `NotAuthorizedException`.
    pub kind: String,
    /// The text of `message`.
    pub message: String,
}

impl ApiError {
    /// Returns an error of this kind with this text.
    #[must_use]
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), message: message.into() }
    }

    /// Returns the HTTP status: AWS's, and for what AWS has and this local Cognito has not 501,
    /// which no SDK retries.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.kind.as_str() {
            "InternalErrorException" => 500,
            NOT_IMPLEMENTED => 501,
            _ => 400,
        }
    }

    /// Returns the error for something that AWS serves and this local Cognito does not; the text
    /// names it.
    pub fn not_served(what: &str) -> Self {
        Self::new(NOT_IMPLEMENTED, format!("{what} is not served by this local Cognito."))
    }

    /// Returns `InternalErrorException`.
    #[must_use]
    pub fn internal() -> Self {
        Self::new("InternalErrorException", "Internal server error.")
    }

    /// Returns `InvalidParameterException` with this text.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    /// Returns `NotAuthorizedException` with this text.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new("NotAuthorizedException", message)
    }

    /// Returns the one answer to a wrong password, a wrong name and a failed challenge.
    pub fn incorrect() -> Self {
        Self::refused("Incorrect username or password.")
    }

    /// Returns `UserNotFoundException`.
    #[must_use]
    pub fn no_such_user() -> Self {
        Self::new("UserNotFoundException", "User does not exist.")
    }

    /// Returns `SerializationException` with this text.
    #[must_use]
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    /// Returns `ResourceNotFoundException` with this text.
    #[must_use]
    pub fn no_such_resource(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for ApiError {}
