//! Faults, which only the log names, and refusals.

use lifeguard_aws::KeyFault;
use lifeguard_store::StoreError;
use thiserror::Error;

use crate::identity_pool::PoolFault;
use crate::password::HashFault;
use crate::problem::{Problem, TokenProblem};
use crate::reason::Reason;
use crate::response::Response;
use crate::web::WebFault;

/// Fault of an operation that the client did not cause.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    #[error("failed to call the table")]
    Store(#[from] StoreError),
    #[error("failed to read the keys")]
    Key(#[from] KeyFault),
    #[error("the secret has no key of version {0}")]
    NoKey(u16),
    #[error("failed to call the identity pool")]
    Pool(#[from] PoolFault),
    #[error("the identity pool returned another identity than the stored one")]
    OtherIdentity,
    #[error("failed to hash the password")]
    Hash(#[from] HashFault),
    #[error("failed to call another server")]
    Web(#[from] WebFault),
    #[error("the challenge does not fit its layout")]
    OutOfRange,
    #[error("the row gives no challenge")]
    NoChallenge,
}

/// Failure of a command.
pub(crate) enum Failure {
    /// A refusal, with its response.
    Refused(Response),
    /// A fault; the log names it.
    Fault(Fault),
}

impl Failure {
    /// Builds a refusal; only the log names the reason.
    pub(crate) fn because(problem: impl Into<Response>, reason: Reason) -> Self {
        Self::Refused(problem.into().because(reason))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<TokenProblem> for Failure {
    fn from(problem: TokenProblem) -> Self {
        Self::Refused(problem.into())
    }
}

impl<E: Into<Fault>> From<E> for Failure {
    fn from(fault: E) -> Self {
        Self::Fault(fault.into())
    }
}
