//! One statement of a policy.

use serde_json::Value;

use super::action::Action;
use super::complaint::{Complaint, PolicyError};
use super::condition::Condition;
use super::context::Context;
use super::decision::Effect;
use super::member::{members, texts};

/// The members of a statement beside its target.
const MEMBERS: [&str; 4] = ["Sid", "Effect", "Action", "Condition"];

/// A statement about targets of one kind: resources, or principals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement<T> {
    effect: Effect,
    actions: Vec<Action>,
    targets: Vec<T>,
    conditions: Vec<Condition>,
}

impl<T> Statement<T> {
    /// Reads a statement with its targets in the member `target`.
    pub(super) fn parse(
        statement: &Value,
        path: &str,
        target: &str,
        read_targets: impl Fn(&Value, &str) -> Result<Vec<T>, PolicyError>,
    ) -> Result<Self, PolicyError> {
        let known = members(statement, path)?;
        if let Some(name) =
            known.keys().find(|name| *name != target && !MEMBERS.contains(&name.as_str()))
        {
            return Err(Complaint::UnknownMember.at(&format!("{path}/{name}")));
        }
        let member = |name: &str| {
            let path = format!("{path}/{name}");
            match known.get(name) {
                Some(value) => Ok((value, path)),
                None => Err(Complaint::Missing.at(&path)),
            }
        };
        let (effect, at) = member("Effect")?;
        let effect = match effect.as_str() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => return Err(Complaint::Effect.at(&at)),
        };
        let (actions, at) = member("Action")?;
        let actions = texts(actions, &at)?
            .into_iter()
            .map(|text| Action::parse(text).map_err(|error| error.at(&at)))
            .collect::<Result<_, _>>()?;
        let (targets, at) = member(target)?;
        let targets = read_targets(targets, &at)?;
        let conditions = match known.get("Condition") {
            Some(block) => Condition::read_all(block, &format!("{path}/Condition"))?,
            None => Vec::new(),
        };
        Ok(Self { effect, actions, targets, conditions })
    }

    /// Returns its effect, if it applies to this action, this target and this context.
    pub(super) fn effect(
        &self,
        action: &str,
        context: &Context,
        is_target: impl Fn(&T) -> bool,
    ) -> Option<Effect> {
        let speaks = self.actions.iter().any(|covered| covered.covers(action))
            && self.targets.iter().any(is_target)
            && self.conditions.iter().all(|condition| condition.holds(context));
        speaks.then_some(self.effect)
    }
}
