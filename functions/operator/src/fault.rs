//! Faults of a request, and refusals.

use lifeguard_runtime::Refusal;
use lifeguard_store::StoreError;
use thiserror::Error;

use crate::identities::IdentitiesFault;
use crate::users::UsersFault;

/// Reason why a request was not carried out, or not all of it.
#[derive(Debug, Error)]
pub enum Fault {
    /// A call of a table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A call of the user pool failed.
    #[error(transparent)]
    Users(#[from] UsersFault),
    /// A call of the identity pool failed.
    #[error(transparent)]
    Identities(#[from] IdentitiesFault),
    /// Another request changed the account while it was erased.
    #[error("the account is not erased completely: repeat the request")]
    Unfinished,
}

/// Reason why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denial {
    /// The request is none of those in the documentation.
    #[error("Unknown request")]
    UnknownRequest,
    /// The request names neither a user nor an account, or not in the way that the factor needs.
    #[error("The request must name a user or an account that has the factor")]
    PersonMissing,
}

impl Refusal for Denial {
    fn code(self) -> &'static str {
        match self {
            Self::UnknownRequest => "UnknownRequest",
            // The code is older than the name of the variant; operators' scripts read it.
            Self::PersonMissing => "NobodyNamed",
        }
    }
}
