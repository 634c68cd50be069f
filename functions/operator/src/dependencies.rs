//! Tables and pools that a request works on.

use lifeguard_policy::Policy;
use lifeguard_store::{AccountTable, ChallengeTable, ProfileTable};

/// Settings, tables and pools of one instance.
pub struct Dependencies<U, I> {
    /// The settings of all functions.
    pub policy: Policy,
    /// The rows of challenges.
    pub challenges: ChallengeTable,
    /// The rows of profiles.
    pub profiles: ProfileTable,
    /// The rows of accounts.
    pub accounts: AccountTable,
    /// The users of the user pool.
    pub users: U,
    /// The identities of the identity pool.
    pub identities: I,
}
