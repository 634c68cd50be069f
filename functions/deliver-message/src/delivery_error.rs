//! Reasons why a message was not sent.

use lifeguard_aws::KeyFault;
use lifeguard_store::{LayoutError, StoreError};
use thiserror::Error;

use crate::mailer::SendFault;

/// Reason why a message was not sent. Its text holds nothing of a user.
#[derive(Debug, Error)]
pub(crate) enum DeliveryError {
    #[error("the record has no sequence number")]
    Unnumbered,
    #[error("failed to read the record")]
    Unreadable(#[source] LayoutError),
    #[error("failed to claim the message")]
    Claim(#[source] StoreError),
    #[error("the codes have expired")]
    Expired,
    #[error("the app client is not configured")]
    UnknownClient,
    #[error("the address is not usable")]
    UnusableAddress,
    #[error("the redirect is not configured")]
    UnknownRedirect,
    #[error("failed to get the code key")]
    Key(#[source] KeyFault),
    #[error("the secret has no key of version {0}")]
    NoKey(u16),
    #[error("failed to render the mail")]
    Render(#[source] askama::Error),
    #[error("failed to send the mail")]
    Send(#[source] SendFault),
    #[error("the delivery panicked")]
    Panicked,
    #[error("{0}, and the claim could not be given back")]
    Kept(Box<Self>, #[source] StoreError),
}

/// Consequence of a delivery error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The mail certainly did not leave and may leave later: the claim is given back, and the record
    /// comes again until the stream gives it up.
    GiveBack,
    /// The record comes again for half a minute; whether its message is still unclaimed decides the
    /// rest.
    TryAgain,
    /// The record comes again until the stream gives it up. Its layout may be known to a later
    /// version, or nothing but the claim is in doubt, and the next claim tells.
    Wait,
    /// Nothing: another try would fail again, or could send the mail twice.
    None,
}

impl DeliveryError {
    /// Returns the consequence.
    pub(crate) fn remedy(&self) -> Remedy {
        match self {
            Self::Send(SendFault::Throttled(_) | SendFault::Unreachable) => Remedy::GiveBack,
            Self::Kept(..) | Self::Unreadable(LayoutError::Unknown) => Remedy::Wait,
            Self::Key(_) | Self::NoKey(_) | Self::Claim(_) | Self::Panicked => Remedy::TryAgain,
            Self::Send(SendFault::Unknown | SendFault::Refused(_))
            | Self::Unnumbered
            | Self::Render(_)
            | Self::Unreadable(_)
            | Self::Expired
            | Self::UnknownClient
            | Self::UnusableAddress
            | Self::UnknownRedirect => Remedy::None,
        }
    }

    /// Returns the code for the log.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Unnumbered => "Unnumbered",
            Self::Unreadable(LayoutError::Unknown) => "UnknownLayout",
            Self::Unreadable(_) => "Unreadable",
            Self::Claim(_) => "ClaimFailed",
            Self::Expired => "Expired",
            Self::UnknownClient => "UnknownClient",
            Self::UnusableAddress => "UnusableAddress",
            Self::UnknownRedirect => "UnknownRedirect",
            Self::Key(_) => "KeyFailed",
            Self::NoKey(_) => "NoKey",
            Self::Render(_) => "RenderFailed",
            Self::Panicked => "Panicked",
            Self::Send(SendFault::Throttled(_)) => "MailThrottled",
            Self::Send(SendFault::Unreachable) => "MailUnreachable",
            Self::Kept(error, _) => error.code(),
            Self::Send(SendFault::Refused(_)) => "MailRefused",
            Self::Send(SendFault::Unknown) => "MailUnanswered",
        }
    }
}
