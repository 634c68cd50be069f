//! Settings of the samples, and stand-ins that remember or fail.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use lifeguard_testkit::fixtures::{self, POLICY};
use lifeguard_testkit::{Behaviour, Fault, Profiles, with};
use post_confirmation::groups::{GroupFault, Groups};
use post_confirmation::settings::Settings;
use serde_json::{Value, json};

/// Returns the settings of `pool` with this default group, or none.
pub fn settings(pool: &str, group: Option<&str>) -> Settings {
    let document = with(serde_json::from_str(POLICY).unwrap(), "/pool", pool);
    let document = with(document, "/profile", json!({"default_group": group})).to_string();
    fixtures::settings(&document, Settings::load)
}

/// Groups that remember each user that was added.
pub struct RememberedGroups(pub Behaviour, pub Mutex<Vec<[String; 3]>>);

/// Starts a table without rows, with calls of this behaviour.
pub async fn profiles(behaviour: Behaviour) -> Profiles {
    let profiles = Profiles::start_hasty().await;
    let fault = match behaviour {
        Behaviour::Works => None,
        Behaviour::HangsBefore => Some(Fault::HangBefore),
        _ => Some(Fault::Internal),
    };
    profiles.dynamo.plan(fault.into_iter().flat_map(|fault| [(1, fault), (2, fault)]));
    profiles
}

/// Starts a table with the row of the user of a sample event.
pub async fn existing_profile(event: &Value) -> Profiles {
    let profiles = profiles(Behaviour::Works).await;
    let sub = event.pointer("/request/userAttributes/sub").and_then(Value::as_str).unwrap();
    profiles.create(sub).await;
    profiles.dynamo.plan([]);
    profiles
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
            Behaviour::HangsBefore => {
                // From here on nothing else is left to wait for than the time limit.
                tokio::time::pause();
                std::future::pending().await
            }
            _ => Err(GroupFault("ResourceNotFoundException".to_owned())),
        }
    }
}

/// Returns the sample confirmation of this user.
pub fn confirmation(sub: &str) -> Value {
    let event = lifeguard_testkit::event("PostConfirmation_ConfirmSignUp");
    with(event, "/request/userAttributes/sub", sub)
}
