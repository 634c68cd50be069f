//! Settings of the samples, and stand-ins that remember or fail.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;
use std::time::Duration;

use lifeguard_store::ProfileTable;
use lifeguard_store::profiles::{NewProfile, ProfileKey};
use lifeguard_testkit::embedded::PROFILES;
use lifeguard_testkit::fixtures::{self, POLICY, POOL};
use lifeguard_testkit::{Fault, FaultyDynamo, with};
use post_confirmation::groups::{GroupFault, Groups};
use post_confirmation::settings::Settings;
use serde_json::{Value, json};

/// Returns the settings of `pool` with this default group, or none.
pub fn settings(pool: &str, group: Option<&str>) -> Settings {
    let document = with(serde_json::from_str(POLICY).unwrap(), "/pool", pool);
    let document = with(document, "/profile", json!({"default_group": group})).to_string();
    fixtures::settings(&document, Settings::load)
}

/// Behaviour of a stand-in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Works,
    Fails,
    Hangs,
}

/// The table of profiles on an embedded database.
pub struct Profiles {
    dynamo: FaultyDynamo,
    pub table: ProfileTable,
}

/// Groups that remember each user that was added.
pub struct RememberedGroups(pub Behaviour, pub Mutex<Vec<[String; 3]>>);

impl Profiles {
    /// Starts a table without rows. Each call is made at most twice.
    pub async fn start(behaviour: Behaviour) -> Self {
        let dynamo = FaultyDynamo::start();
        let attempt = Duration::from_millis(200);
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), attempt).await;
        let table = ProfileTable::new(&configuration, PROFILES.to_owned());
        let fault = match behaviour {
            Behaviour::Works => None,
            Behaviour::Fails => Some(Fault::Internal),
            Behaviour::Hangs => Some(Fault::HangBefore),
        };
        dynamo.plan(fault.into_iter().flat_map(|fault| [(1, fault), (2, fault)]));
        Self { dynamo, table }
    }

    /// Starts a table with the row of the user of a sample event.
    pub async fn existing(event: &Value) -> Self {
        let profiles = Self::start(Behaviour::Works).await;
        let sub = event.pointer("/request/userAttributes/sub").and_then(Value::as_str).unwrap();
        let key = ProfileKey::new(POOL, sub).unwrap();
        let profile = NewProfile { key, created: 1, claims: [].into() };
        profiles.table.create(&profile).await.unwrap();
        profiles.dynamo.plan([]);
        profiles
    }

    /// Returns the operations of the calls, one for each attempt.
    pub fn calls(&self) -> Vec<String> {
        self.dynamo.operations()
    }
}

impl RememberedGroups {
    pub fn new(behaviour: Behaviour) -> Self {
        Self(behaviour, Mutex::default())
    }

    pub fn added(&self) -> Vec<[String; 3]> {
        self.1.lock().unwrap().clone()
    }
}

impl Groups for RememberedGroups {
    async fn add(&self, pool: &str, user_name: &str, group: &str) -> Result<(), GroupFault> {
        self.1.lock().unwrap().push([pool, user_name, group].map(str::to_owned));
        match self.0 {
            Behaviour::Works => Ok(()),
            Behaviour::Fails => Err(GroupFault("ResourceNotFoundException".to_owned())),
            Behaviour::Hangs => {
                // From here on nothing else is left to wait for than the time limit.
                tokio::time::pause();
                std::future::pending().await
            }
        }
    }
}

/// Returns the sample confirmation of this user.
pub fn confirmation(sub: &str) -> Value {
    let event = lifeguard_testkit::event("PostConfirmation_ConfirmSignUp");
    with(event, "/request/userAttributes/sub", sub)
}
