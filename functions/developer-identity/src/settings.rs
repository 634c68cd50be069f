//! The settings of this function.

use lifeguard_policy::identity::{Directory, IdentityPolicy};
use lifeguard_policy::{Policy, Variables};

/// The settings of this function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The document `POLICY`.
    pub policy: Policy,
    /// Its member `identity`.
    pub identity: IdentityPolicy,
    /// The accounts table.
    pub accounts_table: String,
    /// The challenges table.
    pub challenges_table: String,
    /// Name or ARN of the secret that holds the code keys.
    pub code_key_secret: String,
    /// Name or ARN of the secret that holds the keys shared with the operator's endpoints.
    pub adapter_key_secret: Option<String>,
}

impl Settings {
    /// Reads the settings; `variables` collects every error.
    pub fn load(variables: &mut Variables<'_>) -> Option<Self> {
        let policy = variables.policy();
        let identity = policy.as_ref().and_then(|policy| policy.identity.clone());
        if policy.is_some() && identity.is_none() {
            variables.complain("POLICY.identity is missing".to_owned());
        }
        let accounts_table = variables.required("ACCOUNTS_TABLE");
        let challenges_table = variables.required("CHALLENGES_TABLE");
        let code_key_secret = variables.required("CODE_KEY_SECRET");
        let adapter_key_secret = match identity.as_ref().is_some_and(calls_an_endpoint) {
            true => variables.required("ADAPTER_KEY_SECRET"),
            false => None,
        };
        Some(Self {
            policy: policy?,
            identity: identity?,
            accounts_table: accounts_table?,
            challenges_table: challenges_table?,
            code_key_secret: code_key_secret?,
            adapter_key_secret,
        })
    }
}

/// True if an endpoint of the operator checks passwords, or challenges of registrations.
fn calls_an_endpoint(identity: &IdentityPolicy) -> bool {
    match identity.directory {
        Some(Directory::Https { .. }) => true,
        Some(Directory::BuiltIn) => identity.registration.challenge.is_some(),
        None => false,
    }
}
