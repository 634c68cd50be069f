//! What can go wrong that is not the client's doing; its text is for the log.

use lifeguard_aws::KeyFault;
use lifeguard_store::StoreError;
use thiserror::Error;

use crate::identity_pool::PoolFault;
use crate::password::HashFault;
use crate::reason::Reason;
use crate::web::WebFault;

/// What broke.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    #[error("the table did not answer")]
    Store(#[from] StoreError),
    #[error("the code key cannot be had")]
    Key(#[from] KeyFault),
    #[error("the secret has no key of version {0}")]
    NoKey(u16),
    #[error("the identity pool did not answer")]
    Pool(#[from] PoolFault),
    #[error("the identity pool gave another identity than the stored one")]
    OtherIdentity,
    #[error("the password could not be hashed")]
    Hash(#[from] HashFault),
    #[error("another server did not answer")]
    Web(#[from] WebFault),
    #[error("the challenge does not fit its layout")]
    OutOfRange,
}

/// Why there is no answer of the kind that was asked for.
pub(crate) enum Failure<Problem> {
    /// The client is told no.
    Refused(Problem),
    /// The client is told no, and the log why.
    NotAccepted(Problem, Reason),
    /// Something broke.
    Fault(Fault),
}

impl<Problem, E: Into<Fault>> From<E> for Failure<Problem> {
    fn from(fault: E) -> Self {
        Self::Fault(fault.into())
    }
}
