//! Complaints about policies that are not read.

/// A policy that is not read: where it stands, and what is the matter with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {complaint}")]
pub struct PolicyError {
    /// Path, from the document's own path down to the member.
    pub path: String,
    /// The complaint.
    pub complaint: Complaint,
}

/// Complaint about a member of a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    /// Something has to be an object.
    #[error("an object is expected")]
    NotAnObject,
    /// Something has to be a text, or a list of at least one.
    #[error("a text or a list of texts is expected")]
    NotTexts,
    /// A member that a statement or a policy cannot do without.
    #[error("the member is missing")]
    Missing,
    /// A member that local-cognito does not judge, such as `NotAction`.
    #[error("local-cognito does not know this member")]
    UnknownMember,
    /// Another version of the policy language, in which variables are plain text.
    #[error("the version must be \"2012-10-17\"")]
    Version,
    /// Neither `Allow` nor `Deny`.
    #[error("the effect is \"Allow\" or \"Deny\"")]
    Effect,
    /// Not of the form `service:Name`, with wildcards in the name only.
    #[error("{0:?} is no action")]
    Action(String),
    /// A condition operator that local-cognito does not judge.
    #[error("local-cognito does not know this operator")]
    UnknownOperator,
    /// A condition key that local-cognito never sets.
    #[error("local-cognito does not set this key")]
    UnknownKey,
    /// A variable that local-cognito never sets, or one that does not end.
    #[error("local-cognito does not set the variable in {0:?}")]
    UnknownVariable(String),
}

impl Complaint {
    /// The complaint about what stands at `path`.
    pub(super) fn at(self, path: &str) -> PolicyError {
        PolicyError { path: path.to_owned(), complaint: self }
    }
}
