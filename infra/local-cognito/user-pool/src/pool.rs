//! One pool with everything in it, in the shape in which it is saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::code::Code;
use super::config::PoolConfig;
use super::grant::{self, Grant};
use super::group::Group;
use super::issuer_form::IssuerForm;
use super::keys::Keys;
use super::session::Session;
use super::settings::Settings;
use super::user::User;
use local_cognito_aws_emulation::ApiError;

/// One pool.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pool {
    pub(crate) id: String,
    pub(crate) config: PoolConfig,
    pub(crate) created: u64,
    pub(crate) modified: u64,
    pub(crate) clients: BTreeMap<String, Client>,
    /// By their real user name.
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    /// By the session text.
    pub(crate) sessions: BTreeMap<String, Session>,
    /// Sign-ins by their `origin_jti`.
    pub(crate) grants: BTreeMap<String, Grant>,
    pub(crate) keys: Option<Keys>,
    /// Recovery codes of unknown names, which are counted and never sent.
    #[serde(default)]
    pub(crate) simulated_recoveries: BTreeMap<String, Code>,
    /// Sign-up codes of unknown names, which are counted and never sent.
    #[serde(default)]
    pub(crate) simulated_sign_ups: BTreeMap<String, Code>,
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
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            sessions: BTreeMap::new(),
            grants: BTreeMap::new(),
            keys: None,
            simulated_recoveries: BTreeMap::new(),
            simulated_sign_ups: BTreeMap::new(),
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
        let by_name =
            self.users.values().find(|user| config.same_name(&user.name, name) || user.sub == name);
        by_name.or_else(|| self.users.values().find(|user| self.is_identified_by(user, name)))
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
        self.users.values().filter(move |user| {
            let held = user.attributes.get(attribute);
            user.name != not && held.is_some_and(|held| self.config.same_name(held, value))
        })
    }

    /// Deletes a user with all sign-ins and sessions: they are not those of a later user of this
    /// name.
    pub(crate) fn delete_user(&mut self, name: &str) {
        self.users.remove(name);
        self.grants.retain(|_, grant| grant.user != name);
        self.sessions.retain(|_, session| !session.user.is_known_as(name));
    }

    /// Returns the sign-in that a refresh token belongs to.
    pub(crate) fn grant_of_token(&self, token: &str, now: u64) -> Option<&Grant> {
        let hash = grant::hash(token);
        self.grants.values().find(|grant| grant.has_refresh_token(&hash, now))
    }

    /// Revokes all sign-ins of a user.
    pub(crate) fn revoke_grants(&mut self, user: &str) {
        for grant in self.grants.values_mut() {
            if grant.user == user {
                grant.revoked = true;
            }
        }
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
