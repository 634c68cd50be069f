//! Settings of the samples, and stand-ins that remember or fail.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use lifeguard_policy::Variables;
use lifeguard_store::profiles::{Created, NewProfile, ProfileKey};
use lifeguard_store::{Profiles, StoreFault};
use lifeguard_testkit::embedded::PROFILES;
use lifeguard_testkit::events::POLICY;
use lifeguard_testkit::with;
use post_confirmation::groups::{GroupFault, Groups};
use post_confirmation::settings::Settings;
use serde_json::{Value, json};

/// Returns the settings of `pool` with this default group, or none.
pub fn settings(pool: &str, group: Option<&str>) -> Settings {
    let document = with(serde_json::from_str(POLICY).unwrap(), "/pool", pool);
    let document = with(document, "/profile", json!({"default_group": group})).to_string();
    let look_up = |name: &str| match name {
        "POLICY" => Some(document.clone()),
        "PROFILES_TABLE" => Some(PROFILES.to_owned()),
        _ => None,
    };
    let mut variables = Variables::new(&look_up);
    let settings = Settings::load(&mut variables);
    variables.finish(settings).unwrap()
}

/// Behaviour of a stand-in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Works,
    Fails,
    Hangs,
}

/// Profiles that remember what was called.
pub struct CountedProfiles {
    behaviour: Behaviour,
    existing: bool,
    calls: Mutex<Vec<&'static str>>,
}

/// Groups that remember each user that was added.
pub struct RememberedGroups(pub Behaviour, pub Mutex<Vec<[String; 3]>>);

impl CountedProfiles {
    /// Creates the profiles of users who have none yet.
    pub fn new(behaviour: Behaviour) -> Self {
        Self { behaviour, existing: false, calls: Mutex::default() }
    }

    /// Creates the profiles of users who have one.
    pub fn existing() -> Self {
        Self { behaviour: Behaviour::Works, existing: true, calls: Mutex::default() }
    }

    pub fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    async fn answer<T>(&self, call: &'static str, answer: T) -> Result<T, StoreFault> {
        self.calls.lock().unwrap().push(call);
        match self.behaviour {
            Behaviour::Works => Ok(answer),
            Behaviour::Fails => Err(StoreFault::CreateProfile("unreachable".into())),
            Behaviour::Hangs => std::future::pending().await,
        }
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

impl Profiles for CountedProfiles {
    async fn exists(&self, _key: &ProfileKey) -> Result<bool, StoreFault> {
        self.answer("exists", self.existing).await
    }

    async fn create(&self, _profile: &NewProfile) -> Result<Created, StoreFault> {
        let created = if self.existing { Created::Existed } else { Created::Written };
        self.answer("create", created).await
    }
}

impl Groups for RememberedGroups {
    async fn add(&self, pool: &str, user_name: &str, group: &str) -> Result<(), GroupFault> {
        self.1.lock().unwrap().push([pool, user_name, group].map(str::to_owned));
        match self.0 {
            Behaviour::Works => Ok(()),
            Behaviour::Fails => Err(GroupFault("ResourceNotFoundException".to_owned())),
            Behaviour::Hangs => std::future::pending().await,
        }
    }
}

/// Returns the sample confirmation of this user.
pub fn confirmation(sub: &str) -> Value {
    let event = lifeguard_testkit::event("PostConfirmation_ConfirmSignUp");
    with(event, "/request/userAttributes/sub", sub)
}
