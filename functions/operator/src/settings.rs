//! Settings of this function.

use lifeguard_policy::{Policy, Variables};

/// Settings of this function.
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
    /// Loads the settings; `variables` keeps the complaints.
    pub fn load(variables: &mut Variables<'_>) -> Option<Self> {
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
