//! Why a message was not sent.

use lifeguard_aws::KeyFault;
use lifeguard_store::{LayoutError, StoreError};
use thiserror::Error;

use crate::mailer::SendFault;

/// Why a message was not sent. Its text holds nothing of a person.
#[derive(Debug, Error)]
pub(crate) enum Trouble {
    #[error("the record has no sequence number")]
    Unnumbered,
    #[error("failed to read the record")]
    Unreadable(#[source] LayoutError),
    #[error("failed to claim it")]
    Claim(#[source] StoreError),
    #[error("its code has expired")]
    Expired,
    #[error("its app client is not configured")]
    UnknownClient,
    #[error("its address is not usable")]
    NoAddress,
    #[error("its redirect is not configured")]
    NoRedirect,
    #[error("failed to get the key of its code")]
    Key(#[source] KeyFault),
    #[error("the secret has no key of version {0}")]
    NoKey(u16),
    #[error("failed to send it")]
    Send(#[source] SendFault),
    #[error("{0}, and it could not be given back")]
    Kept(Box<Self>, #[source] StoreError),
}

/// What is done about a message that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// It certainly did not leave: the claim is given back and the record comes again.
    GiveBack,
    /// The record comes again; whether its message is still unclaimed decides the rest.
    TryAgain,
    /// None: another try would come to the same, or could send it twice.
    None,
}

impl Trouble {
    /// What is done about it.
    pub(crate) fn remedy(&self) -> Remedy {
        match self {
            Self::Send(SendFault::Refused(_)) => Remedy::GiveBack,
            // A later version may know the layout: the record waits for it, or ends in the queue.
            Self::Unreadable(LayoutError::Unknown)
            | Self::Key(_)
            | Self::NoKey(_)
            | Self::Claim(_)
            | Self::Kept(..) => Remedy::TryAgain,
            Self::Send(SendFault::Unknown)
            | Self::Unnumbered
            | Self::Unreadable(_)
            | Self::Expired
            | Self::UnknownClient
            | Self::NoAddress
            | Self::NoRedirect => Remedy::None,
        }
    }
}
