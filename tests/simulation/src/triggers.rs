//! The challenge triggers of one deployment, with the events of one user.

use lifeguard_aws::CodeKeys;

use crate::cognito::Events;
use crate::deployment::Deployment;
use crate::keys::SimulatedSecret;

/// The challenge triggers; each app client is a place.
pub struct Triggers {
    /// The functions and clients.
    pub deployment: Deployment,
    /// The user's events at each client.
    pub events: Vec<Events>,
    /// The code keys.
    pub keys: CodeKeys<SimulatedSecret>,
}
