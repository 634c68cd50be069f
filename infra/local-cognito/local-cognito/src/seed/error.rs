//! Errors of a seed file.

use thiserror::Error;

/// Reason why a seed was not planted.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SeedError {
    /// A mistake in the file.
    #[error("The seed file is wrong at {path}: {problem}")]
    Wrong {
        /// Place as a JSON path, such as `$.users[0].password`.
        path: String,
        /// Problem at that place.
        problem: String,
    },
    /// A trigger that rejected what the file describes, or that could not be invoked.
    #[error("A trigger stops {path} of the seed file: {message}")]
    Trigger {
        /// Place as a JSON path, such as `$.users[0]`.
        path: String,
        /// Text of the error, which begins with the name of the trigger.
        message: String,
    },
}
