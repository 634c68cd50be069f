//! One pool with everything in it, in the shape in which it is saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::code::Code;
use super::config::PoolConfig;
use super::grants::Grants;
use super::group::Group;
use super::issuer_form::IssuerForm;
use super::keys::Keys;
use super::session_store::Sessions;
use super::settings::Settings;
use super::swept::SweptMap;
use super::user::User;
use super::users::{Users, candidates};
use local_cognito_aws_emulation::ApiError;

/// One pool.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pool {
    pub(crate) id: String,
    pub(crate) config: PoolConfig,
    pub(crate) created: u64,
    pub(crate) modified: u64,
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) users: Users,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) sessions: Sessions,
    /// Sign-ins.
    pub(crate) grants: Grants,
    pub(crate) keys: Option<Keys>,
    /// Recovery codes of unknown names, which are counted and never sent.
    #[serde(default)]
    pub(crate) simulated_recoveries: SweptMap<Code>,
    /// Sign-up codes of unknown names, which are counted and never sent.
    #[serde(default)]
    pub(crate) simulated_sign_ups: SweptMap<Code>,
    /// The key of fake names and salts of unknown users; made when it is first needed.
    #[serde(default)]
    pub(crate) existence_key: Option<[u8; 32]>,
    /// The settings of `GetUserPoolMfaConfig`, without `MfaConfiguration`, which is in `config`.
    #[serde(default)]
    pub(crate) mfa: Map<String, Value>,
}

impl Pool {
    /// Returns an empty pool.
    pub(crate) fn new(id: &str, config: PoolConfig, now: u64) -> Self {
        Self {
            id: id.to_owned(),
            config,
            created: now,
            modified: now,
            clients: BTreeMap::new(),
            users: Users::default(),
            groups: BTreeMap::new(),
            sessions: Sessions::default(),
            grants: Grants::default(),
            keys: None,
            simulated_recoveries: SweptMap::default(),
            simulated_sign_ups: SweptMap::default(),
            existence_key: None,
            mfa: Map::new(),
        }
    }

    /// Returns an app client by its id.
    pub(crate) fn client(&self, id: &str) -> Result<&Client, ApiError> {
        self.clients.get(id).ok_or_else(|| no_such_client(id))
    }

    /// Returns a user by the real user name.
    pub(crate) fn user(&self, name: &str) -> Result<&User, ApiError> {
        self.users.get(name).ok_or_else(ApiError::no_such_user)
    }

    /// Returns a user by the real user name, to change it.
    pub(crate) fn user_mut(&mut self, name: &str) -> Result<&mut User, ApiError> {
        self.users.get_mut(name).ok_or_else(ApiError::no_such_user)
    }

    /// Returns a group by its name.
    pub(crate) fn group(&self, name: &str) -> Result<&Group, ApiError> {
        self.groups.get(name).ok_or_else(no_such_group)
    }

    /// Returns the user of this name, sub, address or alias.
    pub(crate) fn find_user(&self, name: &str) -> Option<&User> {
        let config = &self.config;
        let is_named = |user: &&User| config.same_name(&user.name, name) || user.sub == name;
        let by_name = candidates(&self.users, name).find(is_named);
        by_name.or_else(|| {
            candidates(&self.users, name).find(|user| self.is_identified_by(user, name))
        })
    }

    fn is_identified_by(&self, user: &User, name: &str) -> bool {
        let config = &self.config;
        ["email", "phone_number", "preferred_username"]
            .into_iter()
            .filter(|attribute| {
                config.names_by(attribute)
                    || config.aliases_by(attribute)
                        && (*attribute == "preferred_username" || user.is_verified(attribute))
            })
            .any(|attribute| {
                user.attributes.get(attribute).is_some_and(|value| config.same_name(value, name))
            })
    }

    /// Returns another user who holds this value of an alias, verified.
    pub(crate) fn alias_holder(&self, attribute: &str, value: &str, not: &str) -> Option<&User> {
        self.address_holders(attribute, value, not)
            .find(|user| attribute == "preferred_username" || user.is_verified(attribute))
    }

    /// Returns another user with this address as the name, verified or not.
    pub(crate) fn address_holder(&self, attribute: &str, value: &str, not: &str) -> Option<&User> {
        self.address_holders(attribute, value, not).next()
    }

    fn address_holders(
        &self,
        attribute: &str,
        value: &str,
        not: &str,
    ) -> impl Iterator<Item = &User> {
        candidates(&self.users, value).filter(move |user| {
            let held = user.attributes.get(attribute);
            user.name != not && held.is_some_and(|held| self.config.same_name(held, value))
        })
    }

    /// Deletes a user with all sign-ins and sessions: they are not those of a later user of this
    /// name.
    pub(crate) fn delete_user(&mut self, name: &str) {
        self.users.remove(name);
        self.grants.remove_user(name);
        self.sessions.remove_all(|session| session.user.is_known_as(name));
    }

    /// Returns the issuer that new tokens name. Where it is AWS's, the pool's own
    /// `IssuerConfiguration` goes before the form of the settings.
    pub(crate) fn issuer(&self, settings: &Settings) -> String {
        let own = self.config.setting_text(&["IssuerConfiguration", "Type"]);
        let form = match (settings.issuer_form, own) {
            (IssuerForm::Local, _) => IssuerForm::Local,
            (_, Some("ORIGINAL")) => IssuerForm::Original,
            (_, Some("UPDATED")) => IssuerForm::Updated,
            (form, _) => form,
        };
        settings.issuer(form, &self.id)
    }
}

/// Reports an unknown group.
pub(crate) fn no_such_group() -> ApiError {
    ApiError::no_such_resource("Group not found.")
}

/// Reports an unknown app client.
pub(crate) fn no_such_client(id: &str) -> ApiError {
    ApiError::no_such_resource(format!("User pool client {id} does not exist."))
}
