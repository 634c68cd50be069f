//! The roles that credentials are issued for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::Context;
use super::decision::Decision;
use super::policy::{Policy, TrustPolicy, decide};
use super::request::Request;
use local_cognito_aws_emulation::credentials::Holder;

/// A role: who may take it, and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Conditions of taking it.
    pub trust: TrustPolicy,
    /// Actions that it allows.
    pub policies: Vec<Policy>,
}

/// The roles of one local Cognito by their ARN; cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Roles(Arc<BTreeMap<String, Role>>);

impl Roles {
    /// These roles.
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(Arc::new(roles.into_iter().map(|role| (role.arn.clone(), role)).collect()))
    }

    /// The role with this ARN.
    #[must_use]
    pub fn find(&self, arn: &str) -> Option<&Role> {
        self.0.get(arn)
    }

    /// Decides what a holder of credentials may do by the policies of the holder's role;
    /// `context` is [`Context::from_holder`] the holder and what the request adds to it.
    #[must_use]
    pub fn decide(
        &self,
        holder: &Holder,
        action: &str,
        resource: &str,
        context: &Context,
    ) -> Decision {
        match self.find(&holder.role) {
            Some(role) => decide(&role.policies, &Request { action, resource, context }),
            None => Decision::NotAllowed,
        }
    }
}
