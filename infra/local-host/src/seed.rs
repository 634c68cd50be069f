//! The seed file: pools, clients and users that exist from the start.
//!
//! ```json
//! {
//!   "pools": [{"id": "eu-west-1_Mine", "settings": {}, "clients": [{"id": "c1", "settings": {}}]}],
//!   "users": [{"username": "ada@example.com", "password": "Passw0rd!",
//!              "attributes": {"name": "Ada"}, "groups": ["members"]}]
//! }
//! ```
//!
//! `settings` are the inputs of `CreateUserPool` and `CreateUserPoolClient`; a user without
//! `pool` goes into the default pool, confirmed and with the e-mail address verified.

use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::default_pool::pool_id;
use crate::user_pool::{ApiError, Caller, UserPools};

/// A mistake in a seed file.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("The seed file is wrong at {path}: {problem}")]
pub struct SeedError {
    /// Where: a JSON path such as `$.users[0].password`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}

/// Reads a seed file.
pub(crate) fn read(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read(file)
        .with_context(|| format!("The seed file {} cannot be read", file.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("The seed file {} is not JSON", file.display()))
}

/// Creates what a seed describes, through the API.
pub(crate) async fn plant(seed: &Value, pools: &UserPools, region: &str) -> Result<(), SeedError> {
    let root = Place::new("$".to_owned(), seed);
    root.only(&["pools", "users"])?;
    for pool in root.list("pools")? {
        pool.only(&["id", "settings", "clients"])?;
        let id = pool.text("id")?;
        pools.create_pool_with_id(id, pool.settings()?).map_err(|error| pool.refused(&error))?;
        for client in pool.list("clients")? {
            client.only(&["id", "settings"])?;
            pools
                .create_client_with_id(id, client.text("id")?, client.settings()?)
                .map_err(|error| client.refused(&error))?;
        }
    }
    for user in root.list("users")? {
        plant_user(&user, pools, region).await?;
    }
    Ok(())
}

async fn plant_user(user: &Place<'_>, pools: &UserPools, region: &str) -> Result<(), SeedError> {
    user.only(&["pool", "username", "password", "attributes", "groups"])?;
    let username = user.text("username")?;
    let pool = match user.field("pool") {
        Some(_) => user.text("pool")?.to_owned(),
        None => pool_id(region),
    };
    let call = |action: &'static str, mut input: Value| {
        if let Some(fields) = input.as_object_mut() {
            fields.insert("UserPoolId".to_owned(), pool.clone().into());
            fields.insert("Username".to_owned(), username.into());
        }
        pools.call(Caller::Signed, action, input)
    };
    let created = json!({
        "MessageAction": "SUPPRESS",
        "UserAttributes": attributes(user, username)?,
    });
    call("AdminCreateUser", created).await.map_err(|error| user.refused(&error))?;
    if user.field("password").is_some() {
        let password = json!({"Password": user.text("password")?, "Permanent": true});
        call("AdminSetUserPassword", password).await.map_err(|error| user.refused(&error))?;
    }
    for group in user.list("groups")? {
        let name = group.value.as_str().ok_or_else(|| group.wrong("text"))?;
        call("AdminAddUserToGroup", json!({"GroupName": name}))
            .await
            .map_err(|error| group.refused(&error))?;
    }
    Ok(())
}

/// The attributes as the API takes them; an address that serves as the name counts as verified.
fn attributes(user: &Place<'_>, username: &str) -> Result<Vec<Value>, SeedError> {
    let mut attributes = Map::new();
    if username.contains('@') {
        attributes.insert("email".to_owned(), username.into());
        attributes.insert("email_verified".to_owned(), "true".into());
    }
    if let Some(place) = user.field("attributes") {
        let given = place.value.as_object().ok_or_else(|| place.wrong("an object"))?;
        for name in given.keys() {
            attributes.insert(name.clone(), place.text(name)?.into());
        }
    }
    Ok(attributes.into_iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect())
}

/// A value of the file and the way to it.
struct Place<'seed> {
    path: String,
    value: &'seed Value,
}

impl<'seed> Place<'seed> {
    fn new(path: String, value: &'seed Value) -> Self {
        Self { path, value }
    }

    fn field(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self::new(format!("{}.{name}", self.path), value))
    }

    fn text(&self, name: &str) -> Result<&'seed str, SeedError> {
        let place = self.field(name).ok_or_else(|| self.error(format!("{name} is missing")))?;
        place.value.as_str().ok_or_else(|| place.wrong("text"))
    }

    fn list(&self, name: &str) -> Result<Vec<Self>, SeedError> {
        let Some(place) = self.field(name) else {
            return Ok(Vec::new());
        };
        let items = place.value.as_array().ok_or_else(|| place.wrong("a list"))?;
        Ok(items
            .iter()
            .enumerate()
            .map(|(index, item)| Self::new(format!("{}[{index}]", place.path), item))
            .collect())
    }

    fn settings(&self) -> Result<Value, SeedError> {
        match self.field("settings") {
            None => Ok(json!({})),
            Some(place) if place.value.is_object() => Ok(place.value.clone()),
            Some(place) => Err(place.wrong("an object")),
        }
    }

    fn only(&self, known: &[&str]) -> Result<(), SeedError> {
        let fields = self.value.as_object().ok_or_else(|| self.wrong("an object"))?;
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                Err(self.error(format!("{name} is not known; known are {}", known.join(", "))))
            }
        }
    }

    fn wrong(&self, expected: &str) -> SeedError {
        self.error(format!("{expected} is expected"))
    }

    fn refused(&self, error: &ApiError) -> SeedError {
        self.error(format!("{}: {}", error.kind, error.message))
    }

    fn error(&self, problem: String) -> SeedError {
        SeedError { path: self.path.clone(), problem }
    }
}
