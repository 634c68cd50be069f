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
        Self {
            kind: kind.to_owned(),
            message: message.into(),
        }
    }

    /// An action that this host does not know; the text names it.
    #[must_use]
    pub fn unknown_operation(action: &str) -> Self {
        Self::new(
            "UnknownOperationException",
            format!("The action {action} is not served by this local user-pool API."),
        )
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for ApiError {}
