//! Decisions about requests.

/// Effect of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// Answer of policies to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it, whatever others say.
    Denied,
    /// No statement applies, which is as good as a denial.
    NotAllowed,
}

impl Decision {
    /// Combines the effects of all statements that apply: a denial outweighs any number of
    /// allowances.
    pub(super) fn from_effects(effects: impl Iterator<Item = Effect>) -> Self {
        effects.fold(Self::NotAllowed, |decision, effect| match (decision, effect) {
            (Self::Denied, _) | (_, Effect::Deny) => Self::Denied,
            (Self::Allowed | Self::NotAllowed, Effect::Allow) => Self::Allowed,
        })
    }
}
