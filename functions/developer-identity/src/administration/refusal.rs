//! What an administrator reads that is told no: sentences of a closed list, with a stable code.

use serde_json::json;
use thiserror::Error;

use super::merging::NotMerged;
use super::unlinking::NotUnlinked;
use crate::answer::Answered;
use crate::fault::Failure;

/// Why an administrator's request is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    #[error("There is no such account")]
    NoSuchAccount,
    #[error("The account is not confirmed")]
    NotConfirmed,
    #[error("The account has changed in between")]
    ChangedInBetween,
    #[error(transparent)]
    NotMerged(NotMerged),
    #[error(transparent)]
    NotUnlinked(NotUnlinked),
}

impl Refused {
    const fn code(self) -> &'static str {
        match self {
            Self::NoSuchAccount => "NoSuchAccount",
            Self::ChangedInBetween => "ChangedInBetween",
            Self::NotMerged(NotMerged::SameAccount) => "SameAccount",
            Self::NotMerged(NotMerged::KindsDiffer) => "KindsDiffer",
            Self::NotConfirmed
            | Self::NotMerged(NotMerged::NotConfirmed)
            | Self::NotUnlinked(NotUnlinked::NotConfirmed) => "NotConfirmed",
            Self::NotMerged(NotMerged::AccountDisabled) => "AccountDisabled",
            Self::NotMerged(NotMerged::NoIdentity) | Self::NotUnlinked(NotUnlinked::NoIdentity) => {
                "NoIdentity"
            }
            Self::NotMerged(NotMerged::IdentitiesDiffer)
            | Self::NotUnlinked(NotUnlinked::IdentitiesDiffer) => "IdentitiesDiffer",
            Self::NotMerged(NotMerged::SameProvider) => "SameProvider",
            Self::NotMerged(NotMerged::TooManyLogins) => "TooManyLogins",
            Self::NotUnlinked(NotUnlinked::OnlyAccount) => "OnlyAccount",
            Self::NotUnlinked(NotUnlinked::LinksRemain) => "LinksRemain",
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::NoSuchAccount => 404,
            Self::NotConfirmed
            | Self::ChangedInBetween
            | Self::NotMerged(_)
            | Self::NotUnlinked(_) => 409,
        }
    }
}

impl From<Refused> for Answered {
    fn from(refused: Refused) -> Self {
        let body = json!({"message": refused.to_string(), "code": refused.code()});
        Self::new(refused.status(), body, "refused").with_code(refused.code())
    }
}

impl From<Refused> for Failure<Refused> {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}
