//! Seed file: pools, clients and users that exist from the start.
//!
//! ```json
//! {
//!   "issuer": "original",
//!   "pools": [{"id": "eu-west-1_Mine", "settings": {}, "clients": [{"id": "c1", "settings": {}}]}],
//!   "users": [{"username": "ada@example.com", "password": "Passw0rd!",
//!              "attributes": {"name": "Ada"}, "groups": ["members"]}]
//! }
//! ```
//!
//! `settings` are the inputs of `CreateUserPool` and `CreateUserPoolClient`; a user without
//! `pool` goes into the default pool, confirmed and with the e-mail address verified.

mod error;
mod place;

use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value, json};

pub use self::error::SeedError;
use self::place::Place;
use crate::default_pool::pool_id;
use local_cognito_aws_emulation::{ApiError, Caller};
use local_cognito_user_pool::{IssuerForm, UserPools};

/// Errors of actions that invoked a function: the seed file is not at fault.
const TRIGGER_ERRORS: [&str; 3] = [
    "InvalidLambdaResponseException",
    "UnexpectedLambdaException",
    "UserLambdaValidationException",
];

/// Seed file that is not planted yet.
#[derive(Debug)]
pub(crate) struct Seed(Value);

impl Seed {
    /// Loads a seed file.
    pub(crate) fn load(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(file)
            .with_context(|| format!("The seed file {} cannot be read", file.display()))?;
        serde_json::from_slice(&text)
            .map(Self)
            .with_context(|| format!("The seed file {} is not JSON", file.display()))
    }

    /// Returns the form of issuer that the file asks for.
    pub(crate) fn issuer_form(&self) -> Result<Option<IssuerForm>, SeedError> {
        let root = self.root()?;
        let Some(place) = root.field("issuer") else {
            return Ok(None);
        };
        let form = IssuerForm::parse(root.text("issuer")?);
        form.map(Some).map_err(|problem| place.error(problem))
    }

    /// Creates everything that the file describes, through the API; returns the names of the users.
    pub(crate) async fn plant(
        &self,
        pools: &UserPools,
        region: &str,
    ) -> Result<Vec<String>, SeedError> {
        let root = self.root()?;
        for pool in root.list("pools")? {
            pool.only(&["id", "settings", "clients"])?;
            let id = pool.text("id")?;
            pools
                .create_pool_with_id(id, pool.settings()?)
                .map_err(|error| seed_error(&pool, &error))?;
            for client in pool.list("clients")? {
                client.only(&["id", "settings"])?;
                pools
                    .create_client_with_id(id, client.text("id")?, client.settings()?)
                    .map_err(|error| seed_error(&client, &error))?;
            }
        }
        let mut names = Vec::new();
        for user in root.list("users")? {
            plant_user(&user, pools, region).await?;
            names.push(user.text("username")?.to_owned());
        }
        Ok(names)
    }

    fn root(&self) -> Result<Place<'_>, SeedError> {
        let root = Place::new("$".to_owned(), &self.0);
        root.only(&["issuer", "pools", "users"])?;
        Ok(root)
    }
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
    call("AdminCreateUser", created).await.map_err(|error| seed_error(user, &error))?;
    if let Some(place) = user.field("password") {
        let password = json!({"Password": user.text("password")?, "Permanent": true});
        call("AdminSetUserPassword", password).await.map_err(|error| seed_error(&place, &error))?;
    }
    for group in user.list("groups")? {
        let name = group.value.as_str().ok_or_else(|| group.wrong("text"))?;
        call("AdminAddUserToGroup", json!({"GroupName": name}))
            .await
            .map_err(|error| seed_error(&group, &error))?;
    }
    Ok(())
}

/// Returns the attributes as the API takes them; an address that serves as the name counts as
/// verified.
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

/// Returns the error for a refused action: a mistake in the file, or a trigger that failed.
fn seed_error(place: &Place<'_>, error: &ApiError) -> SeedError {
    if TRIGGER_ERRORS.contains(&error.kind.as_str()) {
        return SeedError::Trigger { path: place.path.clone(), message: error.message.clone() };
    }
    place.error(format!("{}: {}", error.kind, error.message))
}
