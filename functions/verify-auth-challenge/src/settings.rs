//! Settings of this function.

use lifeguard_policy::{Policy, Variables};

/// The settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
    /// The table of challenge rows.
    pub challenges_table: String,
    /// Name or ARN of the secret that holds the code keys.
    pub code_key_secret: String,
}

impl Settings {
    /// Loads the settings; `variables` keeps every complaint.
    pub fn load(variables: &mut Variables<'_>) -> Option<Self> {
        let policy = variables.policy();
        let challenges_table = variables.required("CHALLENGES_TABLE");
        let code_key_secret = variables.required("CODE_KEY_SECRET");
        Some(Self {
            policy: policy?,
            challenges_table: challenges_table?,
            code_key_secret: code_key_secret?,
        })
    }
}
