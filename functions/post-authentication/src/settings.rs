//! Settings of this function.

use lifeguard_policy::{Policy, Variables};

/// Settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
    /// The table of profiles.
    pub profiles_table: String,
}

impl Settings {
    /// Loads the settings; `variables` keeps the complaints.
    pub fn load(variables: &mut Variables<'_>) -> Option<Self> {
        let policy = variables.policy();
        let profiles_table = variables.required("PROFILES_TABLE");
        Some(Self { policy: policy?, profiles_table: profiles_table? })
    }
}
