//! Settings of this function.

use lifeguard_policy::{Policy, Variables};

/// The settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
    /// The table of challenge rows.
    pub challenges_table: String,
}

impl Settings {
    /// Loads the settings; `variables` keeps every complaint.
    pub fn load(variables: &mut Variables<'_>) -> Option<Self> {
        let policy = variables.policy();
        let challenges_table = variables.required("CHALLENGES_TABLE");
        if let Some(policy) = &policy {
            variables.note(policy.mail_report());
        }
        Some(Self { policy: policy?, challenges_table: challenges_table? })
    }
}
