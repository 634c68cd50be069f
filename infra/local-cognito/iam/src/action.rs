//! The actions of a statement.

use super::complaint::Complaint;
use super::context::Context;
use super::pattern::{Pattern, Wildcards};

/// An action of a policy, such as `s3:Get*`; letter case does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Action(Pattern);

impl Action {
    pub(super) fn parse(text: &str) -> Result<Self, Complaint> {
        let is_name = |name: &str, also: &str| {
            let is_part = |each: char| each.is_ascii_alphanumeric() || also.contains(each);
            !name.is_empty() && name.chars().all(is_part)
        };
        let is_action = text == "*"
            || text
                .split_once(':')
                .is_some_and(|(service, name)| is_name(service, "-") && is_name(name, "*?"));
        if !is_action {
            return Err(Complaint::Action(text.to_owned()));
        }
        Pattern::parse(&text.to_ascii_lowercase(), Wildcards::Honoured).map(Self)
    }

    pub(super) fn covers(&self, action: &str) -> bool {
        self.0.fits(&action.to_ascii_lowercase(), &Context::default())
    }
}
