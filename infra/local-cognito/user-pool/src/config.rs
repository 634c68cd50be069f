//! The settings of a pool, in the form in which `DescribeUserPool` shows them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use local_cognito_aws_emulation::ApiError;

/// Members that are fixed when a pool is created.
const FIXED: [&str; 4] =
    ["UsernameAttributes", "AliasAttributes", "SchemaAttributes", "UsernameConfiguration"];

/// Members of other inputs that are no setting.
const NOT_SETTINGS: [&str; 3] = ["UserPoolId", "PoolName", "Schema"];

/// Settings of one pool, defaults filled in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PoolConfig(Map<String, Value>);

impl PoolConfig {
    /// Builds the settings of a new pool from the members of `CreateUserPool`.
    ///
    /// # Errors
    /// `InvalidParameterException` if addresses are both user names and aliases.
    pub(crate) fn new(
        name: String,
        schema: Vec<Value>,
        members: Map<String, Value>,
    ) -> Result<Self, ApiError> {
        let mut config = Self(members);
        if config.is_filled("UsernameAttributes") && config.is_filled("AliasAttributes") {
            return Err(ApiError::invalid(
                "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
            ));
        }
        config.fill_in_defaults()?;
        config.set("Name", name.into());
        config.set("SchemaAttributes", schema.into());
        Ok(config)
    }

    /// Returns the settings after `UpdateUserPool`: a member that the input leaves out falls back
    /// to its default.
    pub(crate) fn updated(
        &self,
        name: Option<String>,
        members: Map<String, Value>,
    ) -> Result<Self, ApiError> {
        let mut config = Self(members);
        config.fill_in_defaults()?;
        for fixed in FIXED {
            match self.0.get(fixed) {
                Some(value) => config.set(fixed, value.clone()),
                None => drop(config.0.remove(fixed)),
            }
        }
        let name = match name {
            Some(name) => Value::from(name),
            None => self.0.get("Name").cloned().unwrap_or_default(),
        };
        config.set("Name", name);
        Ok(config)
    }

    /// Replaces one setting.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Returns all settings.
    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Returns a setting by its path.
    pub(crate) fn setting(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.0.get(*first)?, |value, name| value.get(name))
    }

    /// Returns a setting that is a text, by its path.
    pub(crate) fn setting_text(&self, path: &[&str]) -> Option<&str> {
        self.setting(path).and_then(Value::as_str)
    }

    /// True if names differ by letter case, which is the API's default.
    pub(crate) fn is_case_sensitive(&self) -> bool {
        self.setting(&["UsernameConfiguration", "CaseSensitive"]) != Some(&Value::Bool(false))
    }

    /// True if this attribute is the user name.
    pub(crate) fn names_by(&self, attribute: &str) -> bool {
        self.lists("UsernameAttributes", attribute)
    }

    /// True if user names are no addresses.
    pub(crate) fn has_own_names(&self) -> bool {
        !self.names_by("email") && !self.names_by("phone_number")
    }

    /// True if this attribute is a second name.
    pub(crate) fn aliases_by(&self, attribute: &str) -> bool {
        self.lists("AliasAttributes", attribute)
    }

    /// True if the pool sends a code to a new address in this attribute.
    pub(crate) fn auto_verifies(&self, attribute: &str) -> bool {
        self.lists("AutoVerifiedAttributes", attribute)
    }

    /// True if a user may exist without a password.
    pub(crate) fn allows_no_password(&self) -> bool {
        self.setting(&["Policies", "SignInPolicy", "AllowedFirstAuthFactors"])
            .and_then(Value::as_array)
            .is_some_and(|factors| factors.iter().any(|factor| factor != "PASSWORD"))
    }

    /// True if the pool takes both texts for one name.
    pub(crate) fn same_name(&self, one: &str, other: &str) -> bool {
        self.folded(one) == self.folded(other)
    }

    /// Returns the name in the letter case in which this pool compares names.
    pub(crate) fn folded(&self, name: &str) -> String {
        if self.is_case_sensitive() { name.to_owned() } else { name.to_lowercase() }
    }

    fn lists(&self, setting: &str, item: &str) -> bool {
        self.setting(&[setting])
            .and_then(Value::as_array)
            .is_some_and(|items| items.iter().any(|known| known == item))
    }

    fn is_filled(&self, setting: &str) -> bool {
        self.setting(&[setting]).and_then(Value::as_array).is_some_and(|items| !items.is_empty())
    }

    fn fill_in_defaults(&mut self) -> Result<(), ApiError> {
        for name in NOT_SETTINGS {
            self.0.remove(name);
        }
        let given = self.setting(&["Policies", "PasswordPolicy"]);
        let password = password_policy(given);
        let policies = self
            .0
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
            self.0.entry(name).or_insert(default);
        }
        Ok(())
    }
}

/// Returns the password policy with its defaults; other members are kept as they stand.
fn password_policy(given: Option<&Value>) -> Map<String, Value> {
    const RULES: [&str; 4] =
        ["RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"];
    let mut policy = given.and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, default) in [("MinimumLength", 8), ("TemporaryPasswordValidityDays", 7)] {
        let number = policy.get(name).and_then(Value::as_u64).unwrap_or(default);
        policy.insert(name.to_owned(), number.into());
    }
    for rule in RULES {
        // Without any policy every rule holds; in one, those that it names.
        let holds = given.is_none() || policy.get(rule) == Some(&Value::Bool(true));
        policy.insert(rule.to_owned(), holds.into());
    }
    policy
}
