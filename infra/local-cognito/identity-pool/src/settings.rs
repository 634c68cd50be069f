//! Settings: lifetimes, and every point that AWS's documents leave open.

use std::time::Duration;

/// Settings of the identity pools of one local Cognito.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Region in ids and ARNs.
    pub region: String,
    /// Base address of everything that is served, such as `http://localhost:4480`.
    pub url: String,
    /// Life of temporary credentials, in whole seconds; AWS: 1 h.
    pub credential_life: Duration,
    /// Points that AWS leaves open.
    pub uncertain: Uncertain,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "eu-west-1".to_owned(),
            url: "http://localhost:4480".to_owned(),
            credential_life: Duration::from_secs(60 * 60),
            uncertain: Uncertain::default(),
        }
    }
}

/// Points that AWS's documents leave open or describe in two ways. The defaults are the hardest for
/// a function, so that a function that works here works either way.
#[derive(Clone, Debug)]
pub struct Uncertain {
    /// Type of the error for a developer provider that the pool does not have (case 103).
    pub unknown_developer_provider_kind: String,
    /// Type of the error for the developer provider's name among a client's logins (case 112).
    pub developer_login_of_client_kind: String,
    /// Type of the error for an identity of more than twenty logins (case 117).
    pub too_many_logins_kind: String,
    /// True if `DeleteIdentities` lists unknown identities as unprocessed (case 121).
    pub unknown_identities_unprocessed: bool,
    /// Identity that is left when logins bring two of them together.
    pub survivor: Survivor,
}

impl Default for Uncertain {
    fn default() -> Self {
        Self {
            unknown_developer_provider_kind: "NotAuthorizedException".to_owned(),
            developer_login_of_client_kind: "InvalidParameterException".to_owned(),
            too_many_logins_kind: "LimitExceededException".to_owned(),
            unknown_identities_unprocessed: true,
            survivor: Survivor::Other,
        }
    }
}

/// Identity that is left when the logins of a request bring two of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survivor {
    /// The one that the request names; a guest's never survives.
    Requested,
    /// Another one than the request names.
    Other,
}
