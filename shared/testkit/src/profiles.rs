//! The table of profiles, on an embedded database.

use std::time::Duration;

use lifeguard_aws::SdkConfig;
use lifeguard_store::ProfileTable;
use lifeguard_store::profiles::{NewProfile, ProfileKey};
use serde_json::Value;

use crate::embedded::PROFILES;
use crate::faults::FaultyDynamo;
use crate::fixtures::POOL;

/// Time of one attempt where calls hang.
const ATTEMPT: Duration = Duration::from_millis(200);

/// The real table of profiles, and the database behind it.
pub struct Profiles {
    /// The database, with faults between it and the table.
    pub dynamo: FaultyDynamo,
    /// The table.
    pub table: ProfileTable,
    /// The configuration of its client.
    pub configuration: SdkConfig,
}

impl Profiles {
    /// Starts a table without rows.
    pub async fn start() -> Self {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::stand_in(dynamo.url());
        Self::new(dynamo, configuration)
    }

    /// Starts a table without rows; a call waits a short time and is made at most twice.
    pub async fn start_hasty() -> Self {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT);
        Self::new(dynamo, configuration)
    }

    fn new(dynamo: FaultyDynamo, configuration: SdkConfig) -> Self {
        let table = ProfileTable::new(&configuration, PROFILES.to_owned());
        Self { dynamo, table, configuration }
    }

    /// Writes the row of a user in the pool of the sample events, without claims.
    ///
    /// # Panics
    /// If the row is not written.
    pub async fn create(&self, sub: &str) {
        let key = ProfileKey::new(POOL, sub).expect("a sub");
        let profile = NewProfile { key, created: 1, claims: [].into() };
        self.table.create(&profile).await.expect("a row is written");
    }

    /// Returns the row of a user, in DynamoDB's JSON; `null` if there is none.
    ///
    /// # Panics
    /// If there cannot be such a row.
    #[must_use]
    pub fn row(&self, pool: &str, sub: &str) -> Value {
        let key = ProfileKey::new(pool, sub).expect("a pool and a sub");
        self.dynamo.database().item(PROFILES, &key.text())
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.dynamo.database().items(PROFILES).len()
    }
}
