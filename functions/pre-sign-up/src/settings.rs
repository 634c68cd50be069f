//! What this function must be told.

use lifeguard_policy::{Policy, Variables};

/// The settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
}

impl Settings {
    /// Reads the settings; what is wrong is kept by `variables`.
    pub fn read(variables: &mut Variables<'_>) -> Option<Self> {
        Some(Self { policy: variables.policy()? })
    }
}
