//! Problems that an administrator reads: a closed list of sentences, each with a stable code.

use serde_json::json;
use thiserror::Error;

use super::merging::NotMerged;
use super::unlinking::NotUnlinked;
use crate::fault::Failure;
use crate::response::Response;

/// Reason for the refusal of an administrator's command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum AdministrationProblem {
    #[error("Account not found")]
    NoSuchAccount,
    #[error("The account was changed by another request; repeat this one")]
    ChangedInBetween,
    #[error(transparent)]
    NotMerged(NotMerged),
    #[error(transparent)]
    NotUnlinked(NotUnlinked),
}

impl AdministrationProblem {
    const fn code(self) -> &'static str {
        match self {
            Self::NoSuchAccount => "NoSuchAccount",
            Self::ChangedInBetween => "ChangedInBetween",
            Self::NotMerged(NotMerged::SameAccount) => "SameAccount",
            Self::NotMerged(NotMerged::KindsDiffer) => "KindsDiffer",
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
            Self::ChangedInBetween | Self::NotMerged(_) | Self::NotUnlinked(_) => 409,
        }
    }
}

impl From<AdministrationProblem> for Response {
    fn from(problem: AdministrationProblem) -> Self {
        let body = json!({"message": problem.to_string(), "code": problem.code()});
        Self::new(problem.status(), body, "refused").with_code(problem.code())
    }
}

impl From<AdministrationProblem> for Failure {
    fn from(problem: AdministrationProblem) -> Self {
        Self::Refused(problem.into())
    }
}
