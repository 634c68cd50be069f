//! What a pool's settings mean: names, addresses that identify, triggers, defaults.

use serde_json::{Map, Value, json};

use super::state::Pool;
use super::user::User;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, Texts};

/// Members that are fixed when a pool is created.
const FIXED: [&str; 4] =
    ["UsernameAttributes", "AliasAttributes", "SchemaAttributes", "UsernameConfiguration"];

/// Members of the inputs that describe no setting.
const NOT_SETTINGS: [&str; 3] = ["UserPoolId", "PoolName", "Schema"];

/// The settings of a new pool.
pub(crate) fn new_config(input: &Input) -> Result<Map<String, Value>, ApiError> {
    let name = input.required("PoolName")?.to_owned();
    let usernames = input.list("UsernameAttributes")?.unwrap_or_default();
    let aliases = input.list("AliasAttributes")?.unwrap_or_default();
    if !usernames.is_empty() && !aliases.is_empty() {
        return Err(ApiError::invalid(
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
        ));
    }
    let mut config = settings(input)?;
    config.insert("Name".to_owned(), name.into());
    config.insert(
        "SchemaAttributes".to_owned(),
        input.value("Schema").cloned().unwrap_or_else(|| json!([])),
    );
    Ok(config)
}

/// The settings after `UpdateUserPool`: what the input leaves out falls back to its default.
pub(crate) fn updated_config(
    old: &Map<String, Value>,
    input: &Input,
) -> Result<Map<String, Value>, ApiError> {
    let mut config = settings(input)?;
    for name in FIXED {
        match old.get(name) {
            Some(value) => config.insert(name.to_owned(), value.clone()),
            None => config.remove(name),
        };
    }
    let name = match input.text("PoolName")? {
        Some(name) => Value::from(name),
        None => old.get("Name").cloned().unwrap_or_default(),
    };
    config.insert("Name".to_owned(), name);
    Ok(config)
}

fn settings(input: &Input) -> Result<Map<String, Value>, ApiError> {
    let mut config = input.members();
    for name in NOT_SETTINGS {
        config.remove(name);
    }
    let given = config.get("Policies").and_then(|policies| policies.get("PasswordPolicy")).cloned();
    let password = password_policy(given.as_ref())?;
    let policies = config
        .entry("Policies")
        .or_insert_with(|| json!({}))
        .as_object_mut()
        .ok_or_else(|| ApiError::serialization("Policies must be a structure."))?;
    policies.insert("PasswordPolicy".to_owned(), password.into());
    for (name, default) in [
        ("LambdaConfig", json!({})),
        ("AutoVerifiedAttributes", json!([])),
        ("MfaConfiguration", json!("OFF")),
        ("EmailConfiguration", json!({"EmailSendingAccount": "COGNITO_DEFAULT"})),
        ("AdminCreateUserConfig", json!({"AllowAdminCreateUserOnly": false})),
        ("DeletionProtection", json!("INACTIVE")),
        ("UserPoolTier", json!("ESSENTIALS")),
    ] {
        config.entry(name).or_insert(default);
    }
    Ok(config)
}

/// Returns the password policy with its defaults; other members are kept as they stand.
fn password_policy(given: Option<&Value>) -> Result<Map<String, Value>, ApiError> {
    const RULES: [&str; 4] =
        ["RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"];
    let mut policy = given.and_then(Value::as_object).cloned().unwrap_or_default();
    let number = |name: &str| policy.get(name).and_then(Value::as_u64);
    let length = number("MinimumLength").unwrap_or(8);
    let days = number("TemporaryPasswordValidityDays").unwrap_or(7);
    if !(6..=99).contains(&length) {
        return Err(ApiError::invalid(
            "1 validation error detected: Value at 'policies.passwordPolicy.minimumLength' failed \
             to satisfy constraint: Member must have value between 6 and 99",
        ));
    }
    policy.insert("MinimumLength".to_owned(), length.into());
    policy.insert("TemporaryPasswordValidityDays".to_owned(), days.into());
    for rule in RULES {
        // Without any policy every rule holds; in one, those that it names.
        let holds = given.is_none() || policy.get(rule) == Some(&Value::Bool(true));
        policy.insert(rule.to_owned(), holds.into());
    }
    Ok(policy)
}

impl Pool {
    /// A setting by its path.
    pub(crate) fn setting(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.config.get(*first)?, |value, name| value.get(name))
    }

    pub(crate) fn setting_text(&self, path: &[&str]) -> Option<&str> {
        self.setting(path).and_then(Value::as_str)
    }

    fn lists(&self, setting: &str, item: &str) -> bool {
        self.setting(&[setting])
            .and_then(Value::as_array)
            .is_some_and(|items| items.iter().any(|known| known == item))
    }

    /// Whether the API's default holds that names differ by case.
    pub(crate) fn is_case_sensitive(&self) -> bool {
        self.setting(&["UsernameConfiguration", "CaseSensitive"]) != Some(&Value::Bool(false))
    }

    /// Whether this attribute is the user name.
    pub(crate) fn names_by(&self, attribute: &str) -> bool {
        self.lists("UsernameAttributes", attribute)
    }

    pub(crate) fn has_own_names(&self) -> bool {
        !self.names_by("email") && !self.names_by("phone_number")
    }

    /// Whether this attribute is a second name.
    pub(crate) fn aliases_by(&self, attribute: &str) -> bool {
        self.lists("AliasAttributes", attribute)
    }

    pub(crate) fn auto_verifies(&self, attribute: &str) -> bool {
        self.lists("AutoVerifiedAttributes", attribute)
    }

    /// Whether somebody may exist without a password.
    pub(crate) fn allows_no_password(&self) -> bool {
        self.setting(&["Policies", "SignInPolicy", "AllowedFirstAuthFactors"])
            .and_then(Value::as_array)
            .is_some_and(|factors| factors.iter().any(|factor| factor != "PASSWORD"))
    }

    pub(crate) fn same_name(&self, one: &str, other: &str) -> bool {
        self.folded(one) == self.folded(other)
    }

    /// The name in the letter case in which this pool compares names.
    pub(crate) fn folded(&self, name: &str) -> String {
        if self.is_case_sensitive() { name.to_owned() } else { name.to_lowercase() }
    }

    /// The user of this name, sub, address or alias.
    pub(crate) fn find(&self, name: &str) -> Option<&User> {
        let by_name =
            self.users.values().find(|user| self.same_name(&user.name, name) || user.sub == name);
        by_name.or_else(|| self.users.values().find(|user| self.identified_by(user, name)))
    }

    fn identified_by(&self, user: &User, name: &str) -> bool {
        ["email", "phone_number", "preferred_username"]
            .into_iter()
            .filter(|attribute| {
                self.names_by(attribute)
                    || self.aliases_by(attribute)
                        && (*attribute == "preferred_username" || user.is_verified(attribute))
            })
            .any(|attribute| {
                user.attributes.get(attribute).is_some_and(|value| self.same_name(value, name))
            })
    }

    /// Another user who holds this value of an alias, verified.
    pub(crate) fn alias_holder(&self, attribute: &str, value: &str, not: &str) -> Option<&User> {
        self.users.values().find(|user| {
            user.name != not
                && (attribute == "preferred_username" || user.is_verified(attribute))
                && user.attributes.get(attribute).is_some_and(|held| self.same_name(held, value))
        })
    }

    /// Another user whose name is this address, verified or not.
    pub(crate) fn address_holder(&self, attribute: &str, value: &str, not: &str) -> Option<&User> {
        self.users.values().find(|user| {
            user.name != not
                && user.attributes.get(attribute).is_some_and(|held| self.same_name(held, value))
        })
    }

    /// The attributes of a trigger event: every value is text.
    pub(crate) fn event_attributes(&self, user: &User) -> Texts {
        let mut attributes = user.attributes.clone();
        attributes.insert("sub".to_owned(), user.sub.clone());
        attributes.insert("cognito:user_status".to_owned(), user.status.name().to_owned());
        for attribute in ["email", "phone_number"] {
            if self.aliases_by(attribute)
                && user.is_verified(attribute)
                && let Some(value) = user.attributes.get(attribute)
            {
                attributes.insert(format!("cognito:{attribute}_alias"), value.clone());
            }
        }
        attributes
    }
}
