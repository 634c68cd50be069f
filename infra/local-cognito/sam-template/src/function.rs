//! The roles of the functions.

use serde_json::Value;

use super::complaint::{Complaint, TemplateError};
use super::identity::{documents, refuse_policies_elsewhere};
use super::physical::STACK;
use super::properties::{Resource, Stack};
use local_cognito_iam::Policy;

const ROLE: &str = "AWS::IAM::Role";

/// Role of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRole {
    /// The function's name without that of the stack, such as `pre-sign-up`.
    pub function: String,
    /// The ARN of the role.
    pub arn: String,
    /// Actions that it allows.
    pub policies: Vec<Policy>,
    /// The same as text, with nothing left to resolve.
    pub documents: Vec<Value>,
}

/// The role of every function that names one.
pub(super) fn roles(stack: &Stack<'_>) -> Result<Vec<FunctionRole>, TemplateError> {
    let mut roles = Vec::new();
    for function in stack.all("AWS::Serverless::Function") {
        if let Some(arn) = stack.property(function, "Role")? {
            roles.push(role(stack, function, &arn)?);
        }
    }
    Ok(roles)
}

fn role(
    stack: &Stack<'_>,
    function: Resource<'_>,
    arn: &Value,
) -> Result<FunctionRole, TemplateError> {
    let path = format!("Resources/{}/Properties/Role", function.logical_id);
    let mut role = None;
    for candidate in stack.all(ROLE) {
        let candidate_arn = stack.attribute(candidate.logical_id, "Arn", &path)?;
        if *arn == candidate_arn {
            role = Some((candidate, candidate_arn));
        }
    }
    let (role, arn) =
        role.ok_or_else(|| Complaint::Expected("a role of the template").at(&path))?;
    refuse_policies_elsewhere(stack, role)?;
    let documents = documents(&stack.properties(role)?)?;
    let name = stack.id(function.logical_id, "Resources")?;
    let prefix = format!("{STACK}-");
    Ok(FunctionRole {
        function: name.strip_prefix(&prefix).unwrap_or(&name).to_owned(),
        arn,
        policies: documents
            .iter()
            .map(|(document, path)| Policy::parse(document, path))
            .collect::<Result<_, _>>()?,
        documents: documents.into_iter().map(|(document, _)| document).collect(),
    })
}
