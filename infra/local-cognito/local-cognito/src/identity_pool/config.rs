//! What a pool's settings mean: whom it takes tokens from, and whether it has guests.

use serde_json::{Map, Value};

use super::rule::{check_characters, check_length};
use super::social;
use super::state::Pool;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, constraint};

/// Members of the inputs that describe a pool.
const SETTINGS: [&str; 9] = [
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

/// Where the tokens of a login come from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// A user pool and the clients whose tokens count.
    UserPool {
        pool: String,
        clients: Vec<String>,
        /// The clients whose users are looked up at every use.
        checked: Vec<String>,
    },
    /// A social or OpenID provider, which the stand-in plays.
    Social { issuer: String, audience: String },
}

/// The settings of a pool.
pub(crate) fn settings(input: &Input) -> Result<Map<String, Value>, ApiError> {
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
    if let Some(name) = input.text("DeveloperProviderName")? {
        check_length("DeveloperProviderName", name, 1, 128)?;
        check_characters("DeveloperProviderName", name, r"[\w._-]+", |letter| {
            letter.is_alphanumeric() || "._-".contains(letter)
        })?;
    }
    input.texts("SupportedLoginProviders")?;
    input.list("OpenIdConnectProviderARNs")?;
    input.list("SamlProviderARNs")?;
    let mut config = input.members();
    config.retain(|name, _| SETTINGS.contains(&name.as_str()));
    Ok(config)
}

/// The settings after `UpdateIdentityPool`: what the input leaves out is gone, and the developer
/// provider stays what it is.
pub(crate) fn updated(
    old: &Map<String, Value>,
    input: &Input,
) -> Result<Map<String, Value>, ApiError> {
    let mut config = settings(input)?;
    match (old.get("DeveloperProviderName"), config.get("DeveloperProviderName")) {
        (Some(old), Some(new)) if old != new => {
            Err(ApiError::invalid("The developer provider name cannot be changed."))
        }
        (Some(old), None) => {
            config.insert("DeveloperProviderName".to_owned(), old.clone());
            Ok(config)
        }
        (Some(_), Some(_)) | (None, _) => Ok(config),
    }
}

impl Pool {
    pub(crate) fn has_guests(&self) -> bool {
        self.config.get("AllowUnauthenticatedIdentities") == Some(&Value::Bool(true))
    }

    /// Whether tokens for the basic flow are given out; a pool that does not say so gives them.
    pub(crate) fn has_basic_flow(&self) -> bool {
        self.config.get("AllowClassicFlow") != Some(&Value::Bool(false))
    }

    pub(crate) fn developer_provider(&self) -> Option<&str> {
        self.config.get("DeveloperProviderName")?.as_str()
    }

    /// The public provider of this name.
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
        let supported = self.config.get("SupportedLoginProviders");
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
        self.config.get(name).and_then(Value::as_array).into_iter().flatten()
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}
