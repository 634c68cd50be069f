//! What this function must be told.

use lifeguard_policy::{Policy, Variables};

/// The settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
    /// The table of challenges.
    pub challenges_table: String,
    /// The table of profiles.
    pub profiles_table: String,
    /// The table of accounts.
    pub accounts_table: String,
}

impl Settings {
    /// Reads the settings; what is wrong is kept by `variables`.
    pub fn read(variables: &mut Variables<'_>) -> Option<Self> {
        let policy = variables.policy();
        let challenges_table = variables.required("CHALLENGES_TABLE");
        let profiles_table = variables.required("PROFILES_TABLE");
        let accounts_table = variables.required("ACCOUNTS_TABLE");
        Some(Self {
            policy: policy?,
            challenges_table: challenges_table?,
            profiles_table: profiles_table?,
            accounts_table: accounts_table?,
        })
    }
}
