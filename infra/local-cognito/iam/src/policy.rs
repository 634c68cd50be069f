//! Policy documents: what a role may do, and who may take the role.

use serde_json::Value;

use super::complaint::{Complaint, PolicyError};
use super::context::Context;
use super::decision::{Decision, Effect};
use super::member::{members, texts};
use super::pattern::{Pattern, Wildcards};
use super::request::Request;
use super::statement::Statement;

const VERSION: &str = "2012-10-17";

/// Actions that are allowed or denied, and their resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy(Vec<Statement<Pattern>>);

impl Policy {
    /// Reads a policy document; `path` is where it stands, for complaints.
    ///
    /// # Errors
    /// Anything in it that is not judged here.
    pub fn parse(document: &Value, path: &str) -> Result<Self, PolicyError> {
        read_statements(document, path, "Resource", |resources, path| {
            texts(resources, path)?
                .into_iter()
                .map(|text| Pattern::parse(text, Wildcards::Honoured))
                .collect::<Result<_, _>>()
                .map_err(|complaint| complaint.at(path))
        })
        .map(Self)
    }

    /// Returns the effects of its statements on a request.
    fn effects(&self, request: &Request<'_>) -> impl Iterator<Item = Effect> {
        self.0.iter().filter_map(|statement| {
            statement.effect(request.action, request.context, |resource| {
                resource.fits(request.resource, request.context)
            })
        })
    }
}

/// Conditions of taking a role with a token of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPolicy(Vec<Statement<String>>);

impl TrustPolicy {
    /// Reads a trust policy; `path` is where it stands, for complaints.
    ///
    /// # Errors
    /// Anything in it that is not judged here, principals that are not federated among them.
    pub fn parse(document: &Value, path: &str) -> Result<Self, PolicyError> {
        read_statements(document, path, "Principal", |principal, path| {
            let kinds = members(principal, path)?;
            if let Some(kind) = kinds.keys().find(|kind| *kind != "Federated") {
                return Err(Complaint::UnknownMember.at(&format!("{path}/{kind}")));
            }
            let path = format!("{path}/Federated");
            let providers = kinds.get("Federated").ok_or_else(|| Complaint::Missing.at(&path))?;
            Ok(texts(providers, &path)?.into_iter().map(str::to_owned).collect())
        })
        .map(Self)
    }

    /// Decides whether a token of `provider`, such as `cognito-identity.amazonaws.com`, opens the
    /// role for `action`: `sts:AssumeRoleWithWebIdentity`, and `sts:TagSession` if it has tags.
    #[must_use]
    pub fn decide(&self, provider: &str, action: &str, context: &Context) -> Decision {
        Decision::from_effects(self.0.iter().filter_map(|statement| {
            statement.effect(action, context, |trusted| trusted == provider)
        }))
    }
}

/// Decides a request by all policies of its caller together.
#[must_use]
pub fn decide(policies: &[Policy], request: &Request<'_>) -> Decision {
    Decision::from_effects(policies.iter().flat_map(|policy| policy.effects(request)))
}

fn read_statements<T>(
    document: &Value,
    path: &str,
    target: &str,
    read_targets: impl Fn(&Value, &str) -> Result<Vec<T>, PolicyError>,
) -> Result<Vec<Statement<T>>, PolicyError> {
    let known = members(document, path)?;
    if let Some(name) = known.keys().find(|name| *name != "Version" && *name != "Statement") {
        return Err(Complaint::UnknownMember.at(&format!("{path}/{name}")));
    }
    if known.get("Version").and_then(Value::as_str) != Some(VERSION) {
        return Err(Complaint::Version.at(&format!("{path}/Version")));
    }
    let path = format!("{path}/Statement");
    match known.get("Statement") {
        Some(Value::Array(statements)) => statements
            .iter()
            .enumerate()
            .map(|(index, each)| {
                Statement::parse(each, &format!("{path}/{index}"), target, &read_targets)
            })
            .collect(),
        Some(single) => Ok(vec![Statement::parse(single, &path, target, &read_targets)?]),
        None => Err(Complaint::Missing.at(&path)),
    }
}
