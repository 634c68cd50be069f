//! Settings of this function.

use lifeguard_policy::{Policy, Variables};

/// The settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
    /// The table of profiles.
    pub profiles_table: String,
}

impl Settings {
    /// Reads the settings; what is wrong is kept by `variables`.
    pub fn read(variables: &mut Variables<'_>) -> Option<Self> {
        let policy = variables.policy();
        let profiles_table = variables.required("PROFILES_TABLE");
        Some(Self { policy: policy?, profiles_table: profiles_table? })
    }
}
