//! The claims of the two tokens, and the changes that a pre token generation trigger may make.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::client::Client;
use super::grant::Grant;
use super::group::Group;
use super::pool::Pool;
use super::user::{User, is_true};

/// The scope of access tokens that this API accepts.
pub(crate) const USER_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Claims that no trigger changes.
const RESERVED: [&str; 22] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "client_id",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "identities",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "scope",
    "sub",
    "token_use",
    "username",
    "version",
];

/// Changes that a trigger asks for.
#[derive(Default)]
pub(crate) struct ClaimEdits {
    id: TokenEdits,
    access: TokenEdits,
    groups: Option<GroupEdits>,
}

#[derive(Default)]
struct TokenEdits {
    add: Map<String, Value>,
    suppress: BTreeSet<String>,
    add_scopes: Vec<String>,
    suppress_scopes: BTreeSet<String>,
}

struct GroupEdits {
    groups: Vec<String>,
    roles: Vec<String>,
    preferred_role: Option<String>,
}

impl ClaimEdits {
    /// Parses the response of either version.
    pub(crate) fn parse(response: &Map<String, Value>) -> Self {
        let details = ["claimsOverrideDetails", "claimsAndScopeOverrideDetails"]
            .into_iter()
            .find_map(|name| response.get(name)?.as_object());
        let Some(details) = details else {
            return Self::default();
        };
        let both = response.contains_key("claimsAndScopeOverrideDetails");
        let token = |name: &str| {
            let edits = details.get(name).and_then(Value::as_object);
            edits.map(TokenEdits::parse).unwrap_or_default()
        };
        let (id, access) = if both {
            (token("idTokenGeneration"), token("accessTokenGeneration"))
        } else {
            (TokenEdits::parse(details), TokenEdits::default())
        };
        Self {
            id,
            access,
            // Present but null or empty takes the groups away.
            groups: details.get("groupOverrideDetails").map(GroupEdits::parse),
        }
    }
}

impl TokenEdits {
    fn parse(details: &Map<String, Value>) -> Self {
        Self {
            add: details
                .get("claimsToAddOrOverride")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
            suppress: texts(details.get("claimsToSuppress")).into_iter().collect(),
            add_scopes: texts(details.get("scopesToAdd")),
            suppress_scopes: texts(details.get("scopesToSuppress")).into_iter().collect(),
        }
    }

    fn apply(&self, claims: &mut Map<String, Value>) {
        for (name, value) in &self.add {
            if !is_reserved(name) && !value.is_null() {
                claims.insert(name.clone(), value.clone());
            }
        }
        claims.retain(|name, _| !self.suppress.contains(name) || is_reserved(name));
    }
}

impl GroupEdits {
    fn parse(details: &Value) -> Self {
        Self {
            groups: texts(details.get("groupsToOverride")),
            roles: texts(details.get("iamRolesToOverride")),
            preferred_role: details
                .get("preferredRole")
                .and_then(Value::as_str)
                .map(ToOwned::to_owned),
        }
    }
}

/// Returns the claims of an ID token without its times.
pub(crate) fn id_token(
    pool: &Pool,
    client: &Client,
    user: &User,
    grant: &Grant,
    edits: &ClaimEdits,
) -> Map<String, Value> {
    let mut claims = common(user, grant, "id");
    claims.insert("aud".to_owned(), client.id.clone().into());
    claims.insert("cognito:username".to_owned(), user.name.clone().into());
    for (name, value) in &user.attributes {
        if !client.may_read(name) {
            continue;
        }
        let value = match name.as_str() {
            "email_verified" | "phone_number_verified" => Value::Bool(is_true(value)),
            "address" => json!({"formatted": value}),
            _ => Value::from(value.clone()),
        };
        claims.insert(name.clone(), value);
    }
    let groups = effective_groups(pool, user, edits);
    insert_list(&mut claims, "cognito:groups", &groups.groups);
    insert_list(&mut claims, "cognito:roles", &groups.roles);
    if let Some(role) = groups.preferred_role {
        claims.insert("cognito:preferred_role".to_owned(), role.into());
    }
    edits.id.apply(&mut claims);
    claims
}

/// Returns the claims of an access token without its times.
pub(crate) fn access_token(
    pool: &Pool,
    client: &Client,
    user: &User,
    grant: &Grant,
    edits: &ClaimEdits,
) -> Map<String, Value> {
    let mut claims = common(user, grant, "access");
    claims.insert("client_id".to_owned(), client.id.clone().into());
    claims.insert("username".to_owned(), user.name.clone().into());
    let scopes: Vec<&str> = std::iter::once(USER_SCOPE)
        .chain(edits.access.add_scopes.iter().map(String::as_str))
        .filter(|scope| !edits.access.suppress_scopes.contains(*scope))
        .collect();
    claims.insert("scope".to_owned(), scopes.join(" ").into());
    let groups = effective_groups(pool, user, edits);
    insert_list(&mut claims, "cognito:groups", &groups.groups);
    edits.access.apply(&mut claims);
    claims
}

/// Adds issuer, times and the token's own id.
pub(crate) fn timed(
    mut claims: Map<String, Value>,
    issuer: &str,
    now: u64,
    life: u64,
    jti: String,
) -> Map<String, Value> {
    claims.insert("iss".to_owned(), issuer.into());
    claims.insert("iat".to_owned(), now.into());
    claims.insert("exp".to_owned(), now.saturating_add(life).into());
    claims.insert("jti".to_owned(), jti.into());
    claims
}

/// Returns the groups of a user as the trigger's event shows them.
pub(crate) fn group_configuration(pool: &Pool, user: &User) -> Value {
    let groups = own_groups(pool, user);
    json!({
        "groupsToOverride": groups.groups,
        "iamRolesToOverride": groups.roles,
        "preferredRole": groups.preferred_role,
    })
}

fn common(user: &User, grant: &Grant, token_use: &str) -> Map<String, Value> {
    [
        ("sub", json!(user.sub)),
        ("token_use", json!(token_use)),
        ("auth_time", json!(grant.auth_time)),
        ("origin_jti", json!(grant.origin)),
        ("event_id", json!(grant.event)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

fn effective_groups(pool: &Pool, user: &User, edits: &ClaimEdits) -> GroupEdits {
    match &edits.groups {
        Some(groups) => GroupEdits {
            groups: groups.groups.clone(),
            roles: groups.roles.clone(),
            preferred_role: groups.preferred_role.clone(),
        },
        None => own_groups(pool, user),
    }
}

fn own_groups(pool: &Pool, user: &User) -> GroupEdits {
    let mut groups: Vec<&Group> =
        user.groups.iter().filter_map(|name| pool.groups.get(name)).collect();
    groups.sort_by_key(|group| group.precedence.unwrap_or(u64::MAX));
    GroupEdits {
        groups: groups.iter().map(|group| group.name.clone()).collect(),
        roles: groups.iter().filter_map(|group| group.role_arn.clone()).collect(),
        preferred_role: groups
            .iter()
            .find(|group| group.precedence.is_some())
            .and_then(|group| group.role_arn.clone()),
    }
}

fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
        || name.starts_with("cognito:")
            && !matches!(name, "cognito:groups" | "cognito:roles" | "cognito:preferred_role")
}

fn insert_list(claims: &mut Map<String, Value>, name: &str, list: &[String]) {
    if !list.is_empty() {
        claims.insert(name.to_owned(), json!(list));
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(ToOwned::to_owned))
        .collect()
}
