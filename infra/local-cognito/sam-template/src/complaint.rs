//! Complaints about templates that are not read.

use local_cognito_iam::PolicyError;

/// A template that is not read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The text is no YAML, or says something twice.
    #[error("the template is no YAML")]
    Yaml(#[source] serde_norway::Error),
    /// A member of the template.
    #[error("{path}: {complaint}")]
    Member {
        /// Path, such as `Resources/Api/Properties/Name`.
        path: String,
        /// The complaint.
        complaint: Complaint,
    },
    /// A policy in it.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// Complaint about a member of a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    /// It has to be there.
    #[error("the member is missing")]
    Missing,
    /// Another kind of value has to stand there.
    #[error("{0} is expected")]
    Expected(&'static str),
    /// A member or a value that local-cognito does not play.
    #[error("local-cognito does not know {0:?}")]
    Unknown(String),
    /// A name of nothing in the template.
    #[error("there is no {0:?}")]
    NoSuch(String),
    /// A parameter that has neither a default nor a value on this local Cognito.
    #[error("the parameter {0:?} has no value")]
    NoValue(String),
    /// A value of a parameter that a constraint of it does not admit.
    #[error("its value does not satisfy {0}")]
    Refused(String),
    /// A combination of parameters that a rule refuses.
    #[error("the parameters are refused: {0}")]
    Broken(String),
    /// There is more than one of what there can be one of.
    #[error("there is more than one {0}")]
    Several(&'static str),
}

impl Complaint {
    /// The complaint about what stands at `path`.
    pub(super) fn at(self, path: &str) -> TemplateError {
        TemplateError::Member { path: path.to_owned(), complaint: self }
    }
}
