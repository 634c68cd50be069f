//! What can be set: lifetimes, and every point on which AWS's documents are silent.

use std::time::Duration;

/// The settings of one host's identity pools.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region in ids and ARNs.
    pub region: String,
    /// The base of everything that the host serves, such as `http://localhost:4480`.
    pub url: String,
    /// How long temporary credentials live, in whole seconds; AWS: 1 h.
    pub credential_life: Duration,
    /// The points that AWS leaves open.
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

/// What AWS does not say, or says in two ways; the defaults are what a function finds hardest, so
/// that a function that works here works either way.
#[derive(Clone, Debug)]
pub struct Uncertain {
    /// The type of the error for a developer provider that the pool does not have (case 103).
    pub unknown_developer_provider_kind: String,
    /// The type of the error for the developer provider's name among a client's logins (case 112).
    pub developer_login_of_client_kind: String,
    /// The type of the error for an identity of more than twenty logins (case 117).
    pub too_many_logins_kind: String,
    /// Whether `DeleteIdentities` lists identities that do not exist among those it could not
    /// process (case 121).
    pub unknown_identities_unprocessed: bool,
    /// Which identity a login keeps that brings two of them together.
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

/// Which of two identities is left when the logins of a request bring them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survivor {
    /// The one that the request names; a guest's never survives.
    Requested,
    /// Another one than the request names.
    Other,
}
