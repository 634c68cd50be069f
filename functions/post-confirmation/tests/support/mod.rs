//! Settings of the samples, and stand-ins that remember or fail.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Mutex;

use lifeguard_testkit::fixtures::{self, POLICY, POOL};
use lifeguard_testkit::{Behaviour, Fault, Profiles, with};
use post_confirmation::random_password::{RANDOM_BYTES, RandomPassword};
use post_confirmation::settings::Settings;
use post_confirmation::user_pool::{Access, Groups, UserPoolFault};
use serde_json::{Value, json};

/// Returns the settings of `pool` with this default group, or none.
pub fn settings(pool: &str, group: Option<&str>) -> Settings {
    fixtures::settings(&document(pool, group).to_string(), Settings::load)
}

/// Returns the settings of the sample pool with the default group, where owners may reject the
/// password of a sign-up.
pub fn discarding() -> Settings {
    let document =
        with(document(POOL, Some("members")), "/sign_up", json!({"discard_password": true}));
    fixtures::settings(&document.to_string(), Settings::load)
}

fn document(pool: &str, group: Option<&str>) -> Value {
    let document = with(serde_json::from_str(POLICY).unwrap(), "/pool", pool);
    with(document, "/profile", json!({"default_group": group}))
}

/// Returns the random bytes of every test.
pub fn draw() -> std::io::Result<[u8; RANDOM_BYTES]> {
    Ok([7; RANDOM_BYTES])
}

/// A user pool that remembers each call.
pub struct RememberedPool {
    group: Behaviour,
    password: Behaviour,
    sign_out: Behaviour,
    calls: Mutex<Vec<Vec<String>>>,
}

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

impl RememberedPool {
    /// Creates a pool in which adding to a group behaves like this, and all else works.
    pub fn new(group: Behaviour) -> Self {
        Self::with_access(group, Behaviour::Works, Behaviour::Works)
    }

    /// Creates a pool in which each call behaves as given.
    pub fn with_access(group: Behaviour, password: Behaviour, sign_out: Behaviour) -> Self {
        Self { group, password, sign_out, calls: Mutex::default() }
    }

    /// Returns all calls, each with its pool and user.
    pub fn calls(&self) -> Vec<Vec<String>> {
        self.calls.lock().unwrap().clone()
    }

    /// Returns the names of all calls.
    pub fn names(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call[0].clone()).collect()
    }

    /// Returns pool, user and group of each user that was added to a group.
    pub fn added(&self) -> Vec<[String; 3]> {
        let added = self.calls().into_iter().filter(|call| call[0] == "add");
        added.map(|call| call[1..].to_vec().try_into().unwrap()).collect()
    }

    async fn called(
        &self,
        call: &[&str],
        behaviour: Behaviour,
        fault: impl FnOnce(String) -> UserPoolFault,
    ) -> Result<(), UserPoolFault> {
        self.calls.lock().unwrap().push(call.iter().map(|part| (*part).to_owned()).collect());
        match behaviour {
            Behaviour::Works => Ok(()),
            Behaviour::HangsBefore => {
                // From here on nothing else is left to wait for than the time limit.
                tokio::time::pause();
                std::future::pending().await
            }
            _ => Err(fault("ResourceNotFoundException".to_owned())),
        }
    }
}

impl Groups for RememberedPool {
    async fn add(&self, pool: &str, user_name: &str, group: &str) -> Result<(), UserPoolFault> {
        self.called(&["add", pool, user_name, group], self.group, UserPoolFault::Group).await
    }
}

impl Access for RememberedPool {
    async fn set_password(
        &self,
        pool: &str,
        user_name: &str,
        password: &RandomPassword,
    ) -> Result<(), UserPoolFault> {
        let call = ["set_password", pool, user_name, password.expose()];
        self.called(&call, self.password, UserPoolFault::Password).await
    }

    async fn sign_out(&self, pool: &str, user_name: &str) -> Result<(), UserPoolFault> {
        self.called(&["sign_out", pool, user_name], self.sign_out, UserPoolFault::SignOut).await
    }
}

/// Returns the sample confirmation of this user.
pub fn confirmation(sub: &str) -> Value {
    let event = lifeguard_testkit::event("PostConfirmation_ConfirmSignUp");
    with(event, "/request/userAttributes/sub", sub)
}
