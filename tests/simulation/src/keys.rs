//! The secret with the code keys.

use lifeguard_aws::{KeyFault, KeySource};
use lifeguard_testkit::fixtures::key_document;

/// A secret that is always there.
pub struct SimulatedSecret;

impl KeySource for SimulatedSecret {
    async fn read(&self) -> Result<String, KeyFault> {
        Ok(key_document(&[1]))
    }
}
