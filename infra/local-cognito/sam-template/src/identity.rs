//! The identity pool and its roles.

use serde_json::{Value, json};

use super::complaint::{Complaint, TemplateError};
use super::properties::{Properties, Resource, Stack};
use local_cognito_iam::{Policy, Role, TrustPolicy};

const POOL: &str = "AWS::Cognito::IdentityPool";
const ATTACHMENT: &str = "AWS::Cognito::IdentityPoolRoleAttachment";
const PROVIDER: &str = "cognito-identity.amazonaws.com";

/// The identity pool, as `CreateIdentityPool` takes it.
pub(super) fn pool(stack: &Stack<'_>) -> Result<Value, TemplateError> {
    let pool = stack.properties(stack.the(POOL)?)?;
    pool.allow_only(&[
        "AllowClassicFlow",
        "AllowUnauthenticatedIdentities",
        "CognitoIdentityProviders",
        "DeveloperProviderName",
        "IdentityPoolName",
        "IdentityPoolTags",
        "OpenIdConnectProviderARNs",
        "SamlProviderARNs",
        "SupportedLoginProviders",
    ])?;
    Ok(pool.into_value())
}

/// The roles of the identity pool, as `SetIdentityPoolRoles` takes them.
pub(super) fn role_attachment(stack: &Stack<'_>) -> Result<Value, TemplateError> {
    let attachment = stack.properties(stack.the(ATTACHMENT)?)?;
    attachment.allow_only(&["IdentityPoolId", "RoleMappings", "Roles"])?;
    let mut roles = json!({
        "IdentityPoolId": attachment.text("IdentityPoolId")?,
        "Roles": attachment.need("Roles")?,
    });
    if let (Some(mappings), Some(members)) = (attachment.get("RoleMappings"), roles.as_object_mut())
    {
        members.insert("RoleMappings".to_owned(), mappings.clone());
    }
    Ok(roles)
}

/// Every role that is taken with a token of the identity pool.
pub(super) fn roles(stack: &Stack<'_>) -> Result<Vec<Role>, TemplateError> {
    let mut roles = Vec::new();
    for resource in stack.all("AWS::IAM::Role") {
        let trust = stack.property(resource, "AssumeRolePolicyDocument")?;
        if trust.as_ref().is_some_and(names_provider) {
            refuse_policies_elsewhere(stack, resource)?;
            roles.push(role(stack, resource, &stack.properties(resource)?)?);
        }
    }
    Ok(roles)
}

/// Refuses policies that are attached to a role from outside, since they would be missed.
pub(super) fn refuse_policies_elsewhere(
    stack: &Stack<'_>,
    role: Resource<'_>,
) -> Result<(), TemplateError> {
    let id = Value::from(stack.id(role.logical_id, "Resources")?);
    for resource in stack.every() {
        let roles = match resource.kind {
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => stack.property(resource, "Roles")?,
            "AWS::IAM::RolePolicy" => stack.property(resource, "RoleName")?,
            _ => continue,
        };
        let names_role = match roles {
            Some(Value::Array(roles)) => roles.contains(&id),
            other => other.as_ref() == Some(&id),
        };
        if names_role {
            let path = format!("Resources/{}", resource.logical_id);
            return Err(Complaint::Unknown(resource.kind.to_owned()).at(&path));
        }
    }
    Ok(())
}

fn role(
    stack: &Stack<'_>,
    resource: Resource<'_>,
    properties: &Properties,
) -> Result<Role, TemplateError> {
    let documents = documents(properties)?;
    let trust = properties.path("AssumeRolePolicyDocument");
    let trust = TrustPolicy::parse(properties.need("AssumeRolePolicyDocument")?, &trust)?;
    let policies = documents
        .iter()
        .map(|(document, path)| Policy::parse(document, path))
        .collect::<Result<_, _>>()?;
    let arn = stack.attribute(resource.logical_id, "Arn", &properties.path)?;
    Ok(Role { arn, trust, policies })
}

/// The policy documents of a role, each with its path; a role that gets some in another way is
/// refused.
pub(super) fn documents(role: &Properties) -> Result<Vec<(Value, String)>, TemplateError> {
    role.allow_only(&[
        "AssumeRolePolicyDocument",
        "Description",
        "MaxSessionDuration",
        "Policies",
        "Tags",
    ])?;
    let path = role.path("Policies");
    match role.get("Policies") {
        None => Ok(Vec::new()),
        Some(Value::Array(policies)) => policies
            .iter()
            .enumerate()
            .map(|(index, policy)| {
                let path = format!("{path}/{index}/PolicyDocument");
                match policy.get("PolicyDocument") {
                    Some(document) => Ok((document.clone(), path)),
                    None => Err(Complaint::Missing.at(&path)),
                }
            })
            .collect(),
        Some(_) => Err(Complaint::Expected("a list").at(&path)),
    }
}

/// Returns true if a trust policy mentions the identity pool as a principal anywhere.
fn names_provider(trust: &Value) -> bool {
    match trust {
        Value::String(text) => text == PROVIDER,
        Value::Array(list) => list.iter().any(names_provider),
        Value::Object(members) => members.values().any(names_provider),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
