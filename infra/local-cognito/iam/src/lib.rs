//! IAM as far as the template's policies need it: who may do what to which resource.
//!
//! It knows Allow and Deny, actions and resources with wildcards, `StringEquals` and `StringLike`
//! with the set operators, and variables.
//! Everything else in a policy is refused when it is read, with its path, so that no policy is
//! judged by a part of it.
//! A variable that is not set never matches, and a value is always literal: a `*` or a `${…}` in
//! it stands for itself.
//! Contract: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

mod action;
mod complaint;
mod condition;
mod context;
mod pattern;
mod policy;
mod role;
mod statement;
pub mod trail;

pub use self::complaint::{Complaint, PolicyError};
pub use self::context::Context;
pub use self::policy::{Policy, TrustPolicy};
pub use self::role::{Role, Roles};
use self::statement::Effect;

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// The ARN of what it is done to.
    pub resource: &'a str,
    /// What is known about the caller and the request.
    pub context: &'a Context,
}

/// What policies say to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it, whatever others say.
    Denied,
    /// No statement speaks of it, which is as good as a denial.
    NotAllowed,
}

/// Decides a request by all policies of its caller together.
#[must_use]
pub fn decide(policies: &[Policy], request: &Request<'_>) -> Decision {
    Decision::of(policies.iter().flat_map(|policy| policy.effects(request)))
}

impl Decision {
    /// A denial outweighs any number of allowances.
    fn of(effects: impl Iterator<Item = Effect>) -> Self {
        effects.fold(Self::NotAllowed, |decision, effect| match (decision, effect) {
            (Self::Denied, _) | (_, Effect::Deny) => Self::Denied,
            (Self::Allowed | Self::NotAllowed, Effect::Allow) => Self::Allowed,
        })
    }
}
