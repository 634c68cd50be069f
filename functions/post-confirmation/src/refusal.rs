//! The one sentence that this function lets a client read.

use thiserror::Error;

/// Sentence for the owner of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The password of the sign-up could not be discarded, or sessions may be alive: a recovery sets
    /// another password.
    #[error("Recover your password")]
    PasswordNotDiscarded,
}

impl lifeguard_runtime::Refusal for Refusal {
    fn code(self) -> &'static str {
        match self {
            Self::PasswordNotDiscarded => "PasswordNotDiscarded",
        }
    }
}
