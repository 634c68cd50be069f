//! Settings of an identity pool: its providers, guests and flows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::limits::{check_characters, check_length};
use super::social;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, constraint};

/// Members of the inputs that describe a pool.
const MEMBERS: [&str; 9] = [
    "IdentityPoolName",
    "AllowUnauthenticatedIdentities",
    "AllowClassicFlow",
    "SupportedLoginProviders",
    "DeveloperProviderName",
    "OpenIdConnectProviderARNs",
    "CognitoIdentityProviders",
    "SamlProviderARNs",
    "IdentityPoolTags",
];

const DEVELOPER_PROVIDER: &str = "DeveloperProviderName";

/// Settings as `DescribeIdentityPool` shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PoolSettings(Map<String, Value>);

/// Source of the tokens of a login.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// User pool, with the app clients that it takes tokens of.
    UserPool {
        pool: String,
        clients: Vec<String>,
        /// The clients for which the user is looked up at every use.
        checked: Vec<String>,
    },
    /// Social or OpenID provider, which the stand-in plays.
    Social { issuer: String, audience: String },
}

impl PoolSettings {
    /// Parses the settings in the input of `CreateIdentityPool` or `UpdateIdentityPool`.
    pub(crate) fn parse(input: &Input) -> Result<Self, ApiError> {
        let name = input.required("IdentityPoolName")?;
        check_length("IdentityPoolName", name, 1, 128)?;
        check_characters("IdentityPoolName", name, r"[\w\s+=,.@-]+", |letter| {
            letter.is_alphanumeric() || letter.is_whitespace() || "_+=,.@-".contains(letter)
        })?;
        if input.value("AllowUnauthenticatedIdentities").is_none() {
            return Err(constraint(
                "null",
                "AllowUnauthenticatedIdentities",
                "Member must not be null",
            ));
        }
        input.flag("AllowUnauthenticatedIdentities")?;
        input.flag("AllowClassicFlow")?;
        if let Some(name) = input.text(DEVELOPER_PROVIDER)? {
            check_length(DEVELOPER_PROVIDER, name, 1, 128)?;
            check_characters(DEVELOPER_PROVIDER, name, r"[\w._-]+", |letter| {
                letter.is_alphanumeric() || "._-".contains(letter)
            })?;
        }
        input.texts("SupportedLoginProviders")?;
        input.list("OpenIdConnectProviderARNs")?;
        input.list("SamlProviderARNs")?;
        let mut members = input.members();
        members.retain(|name, _| MEMBERS.contains(&name.as_str()));
        Ok(Self(members))
    }

    /// Returns the settings after `UpdateIdentityPool` with `new`: members that `new` leaves out
    /// are gone, and the developer provider stays as it is.
    pub(crate) fn updated(&self, mut new: Self) -> Result<Self, ApiError> {
        match (self.0.get(DEVELOPER_PROVIDER), new.0.get(DEVELOPER_PROVIDER)) {
            (Some(old), Some(new)) if old != new => {
                Err(ApiError::invalid("The developer provider name cannot be changed."))
            }
            (Some(old), None) => {
                new.0.insert(DEVELOPER_PROVIDER.to_owned(), old.clone());
                Ok(new)
            }
            (Some(_), Some(_)) | (None, _) => Ok(new),
        }
    }

    /// Returns the members that the API shows.
    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn has_guests(&self) -> bool {
        self.0.get("AllowUnauthenticatedIdentities") == Some(&Value::Bool(true))
    }

    /// True if the pool issues tokens for the basic flow, also if its settings say nothing of it.
    pub(crate) fn has_basic_flow(&self) -> bool {
        self.0.get("AllowClassicFlow") != Some(&Value::Bool(false))
    }

    pub(crate) fn developer_provider(&self) -> Option<&str> {
        self.0.get(DEVELOPER_PROVIDER)?.as_str()
    }

    /// Returns the public provider of this name; `url` is the address of the stand-in.
    pub(crate) fn provider(&self, name: &str, url: &str) -> Option<Provider> {
        self.user_pool(name).or_else(|| self.social(name, url))
    }

    fn user_pool(&self, name: &str) -> Option<Provider> {
        let of_name: Vec<&Value> = self
            .list("CognitoIdentityProviders")
            .filter(|provider| text(provider, "ProviderName") == Some(name))
            .collect();
        let client = |provider: &&Value| text(provider, "ClientId").map(str::to_owned);
        let clients: Vec<String> = of_name.iter().filter_map(client).collect();
        let checked = of_name
            .iter()
            .filter(|provider| provider.get("ServerSideTokenCheck") == Some(&Value::Bool(true)))
            .filter_map(client)
            .collect();
        let (_, pool) = name.split_once('/')?;
        (!clients.is_empty()).then(|| Provider::UserPool {
            pool: pool.to_owned(),
            clients,
            checked,
        })
    }

    fn social(&self, name: &str, url: &str) -> Option<Provider> {
        let issuer = social::issuer(name, url);
        let supported = self.0.get("SupportedLoginProviders");
        if let Some(client) = supported.and_then(|providers| text(providers, name)) {
            return Some(Provider::Social { issuer, audience: client.to_owned() });
        }
        let is_listed = self
            .list("OpenIdConnectProviderARNs")
            .filter_map(|arn| arn.as_str()?.split_once(":oidc-provider/"))
            .any(|(_, listed)| listed == name);
        is_listed.then(|| Provider::Social { issuer, audience: social::CLIENT.to_owned() })
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten()
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}
