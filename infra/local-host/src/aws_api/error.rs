//! The errors of the API: a type name and a text, nothing else.

use std::fmt;

/// An error as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The name of the exception, such as `NotAuthorizedException`.
    pub kind: String,
    /// The text of `message`.
    pub message: String,
}

impl ApiError {
    /// An error of this kind with this text.
    #[must_use]
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), message: message.into() }
    }

    /// An action that this host does not know; the text names it.
    #[must_use]
    pub fn unknown_operation(action: &str) -> Self {
        Self::new(
            "UnknownOperationException",
            format!("The action {action} is not served by this local Cognito."),
        )
    }

    /// The HTTP status that AWS answers it with.
    #[must_use]
    pub fn status(&self) -> u16 {
        if self.kind == "InternalErrorException" { 500 } else { 400 }
    }

    pub(crate) fn internal() -> Self {
        Self::new("InternalErrorException", "Internal server error.")
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new("NotAuthorizedException", message)
    }

    /// The one answer to a wrong password, a wrong name and a failed challenge.
    pub(crate) fn incorrect() -> Self {
        Self::refused("Incorrect username or password.")
    }

    pub(crate) fn no_such_user() -> Self {
        Self::new("UserNotFoundException", "User does not exist.")
    }

    pub(crate) fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    pub(crate) fn no_such_resource(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for ApiError {}
