//! A user of a pool.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::code::Code;
use super::password::{Lockout, Password};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// One user.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct User {
    /// The real user name: the sub where addresses are names.
    pub(crate) name: String,
    pub(crate) sub: String,
    /// Everything but `sub`; every value is text.
    pub(crate) attributes: Texts,
    pub(crate) status: Status,
    pub(crate) enabled: bool,
    pub(crate) created: u64,
    pub(crate) modified: u64,
    pub(crate) password: Option<Password>,
    #[serde(default)]
    pub(crate) lockout: Lockout,
    /// Codes by their purpose.
    #[serde(default)]
    pub(crate) codes: BTreeMap<String, Code>,
    #[serde(default)]
    pub(crate) groups: BTreeSet<String>,
}

/// Status of an account as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    Unconfirmed,
    Confirmed,
    ForceChangePassword,
    ResetRequired,
}

impl Status {
    /// Returns the name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ResetRequired => "RESET_REQUIRED",
        }
    }
}

impl User {
    /// Returns a new user without a password.
    pub(crate) fn new(
        name: String,
        sub: String,
        attributes: Texts,
        status: Status,
        now: u64,
    ) -> Self {
        Self {
            name,
            sub,
            attributes,
            status,
            enabled: true,
            created: now,
            modified: now,
            password: None,
            lockout: Lockout::default(),
            codes: BTreeMap::new(),
            groups: BTreeSet::new(),
        }
    }

    /// True if the address in this attribute is verified.
    pub(crate) fn is_verified(&self, attribute: &str) -> bool {
        self.attributes
            .get(&format!("{attribute}_verified"))
            .is_some_and(|verified| is_true(verified))
    }

    /// Marks the address in this attribute as verified.
    pub(crate) fn verify(&mut self, attribute: &str) {
        self.set_verified(attribute, true);
    }

    /// Sets the flag that says if an address is verified.
    pub(crate) fn set_verified(&mut self, attribute: &str, verified: bool) {
        self.attributes.insert(format!("{attribute}_verified"), verified.to_string());
    }

    /// Deletes attributes; without its address, a flag that says it is verified goes too.
    pub(crate) fn delete_attributes(&mut self, names: &[String]) {
        self.attributes.retain(|held, _| {
            !names.iter().any(|name| {
                held == name
                    || matches!(name.as_str(), "email" | "phone_number")
                        && held.strip_suffix("_verified") == Some(name)
            })
        });
    }

    /// Refuses a disabled user.
    pub(crate) fn check_enabled(&self) -> Result<(), ApiError> {
        if self.enabled { Ok(()) } else { Err(ApiError::refused("User is disabled.")) }
    }

    /// Lists the attributes that `shown` accepts as `[{Name, Value}]`.
    pub(crate) fn list_attributes(&self, shown: impl Fn(&str) -> bool) -> Value {
        std::iter::once(("sub", &self.sub))
            .chain(self.attributes.iter().map(|(name, value)| (name.as_str(), value)))
            .filter(|(name, _)| shown(name))
            .map(|(name, value)| json!({"Name": name, "Value": value}))
            .collect()
    }

    /// Describes the user as `ListUsers` and `AdminCreateUser` do.
    pub(crate) fn describe(&self, shown: impl Fn(&str) -> bool) -> Value {
        json!({
            "Username": self.name,
            "Attributes": self.list_attributes(shown),
            "UserCreateDate": self.created,
            "UserLastModifiedDate": self.modified,
            "Enabled": self.enabled,
            "UserStatus": self.status.name(),
        })
    }
}

/// True for a flag that is set. Cognito takes a flag in any letter case and shows it as it was
/// written, so that clients read `True` where an administrator sent it.
pub(crate) fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}
