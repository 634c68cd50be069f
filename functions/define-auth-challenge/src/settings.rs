//! Settings of this function.

use lifeguard_policy::{Policy, Variables};

/// The settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
}

impl Settings {
    /// Loads the settings; `variables` keeps every complaint.
    pub fn load(variables: &mut Variables<'_>) -> Option<Self> {
        Some(Self { policy: variables.policy()? })
    }
}
