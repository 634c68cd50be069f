//! App clients as the control plane sees them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::client::{self, Client};
use crate::pool::no_such_client;
use crate::registry::PoolRegistry;
use crate::request::{self, page};
use crate::unserved;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Input;
use local_cognito_aws_emulation::{ApiError, inputs, randomness};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

/// Request of `CreateUserPoolClient`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateUserPoolClientRequest {
    user_pool_id: String,
    #[serde(default)]
    generate_secret: bool,
    /// All other members.
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// Request of `UpdateUserPoolClient`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateUserPoolClientRequest {
    user_pool_id: String,
    client_id: String,
    /// All other members.
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// Request of `DescribeUserPoolClient`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeUserPoolClientRequest {
    user_pool_id: String,
    client_id: String,
}

/// Request of `DeleteUserPoolClient`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteUserPoolClientRequest {
    user_pool_id: String,
    client_id: String,
}

/// Request of `ListUserPoolClients`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListUserPoolClientsRequest {
    user_pool_id: String,
    max_results: Option<u64>,
    next_token: Option<String>,
}

pub(crate) fn create(
    pools: &PoolRegistry,
    clock: &Clock,
    request: CreateUserPoolClientRequest,
) -> Result<Value, ApiError> {
    let id = randomness::word(LETTERS, 26)?;
    add(pools, clock, &id, request)
}

/// Creates a client under an id that no call could give it, input and id checked as in a call.
pub(crate) fn create_with_id(
    pools: &PoolRegistry,
    clock: &Clock,
    pool: &str,
    id: &str,
    mut input: Value,
) -> Result<Value, ApiError> {
    if let Some(members) = input.as_object_mut() {
        members.insert("UserPoolId".to_owned(), pool.into());
    }
    let input = Input::new(input)?;
    inputs::check("CreateUserPoolClient", &input, &unserved::VALUES)?;
    let named = Input::new(json!({"UserPoolId": pool, "ClientId": id}))?;
    inputs::check("DescribeUserPoolClient", &named, &unserved::VALUES)?;
    add(pools, clock, id, request::parse(input.members())?)
}

/// Creates a client under this id, which no other pool may use either.
fn add(
    pools: &PoolRegistry,
    clock: &Clock,
    id: &str,
    request: CreateUserPoolClientRequest,
) -> Result<Value, ApiError> {
    let secret = if request.generate_secret { Some(randomness::word(LETTERS, 51)?) } else { None };
    let now = clock.now();
    let client = Client {
        id: id.to_owned(),
        secret,
        config: client::config(request.settings)?,
        created: now,
        modified: now,
    };
    let mut state = pools.lock();
    if state.client(id).is_ok() {
        return Err(ApiError::invalid(format!("User pool client {id} already exists.")));
    }
    let pool = state.pool_mut(&request.user_pool_id)?;
    let shown = client.describe(&pool.id);
    pool.clients.insert(id.to_owned(), client);
    Ok(json!({"UserPoolClient": shown}))
}

pub(crate) fn describe(
    pools: &PoolRegistry,
    request: DescribeUserPoolClientRequest,
) -> Result<Value, ApiError> {
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    let client = pool.client(&request.client_id)?;
    Ok(json!({"UserPoolClient": client.describe(&pool.id)}))
}

/// Replaces a client's settings; a member that the input leaves out falls back to its default.
pub(crate) fn update(
    pools: &PoolRegistry,
    clock: &Clock,
    request: UpdateUserPoolClientRequest,
) -> Result<Value, ApiError> {
    let id = &request.client_id;
    let now = clock.now();
    let mut state = pools.lock();
    let pool = state.pool_mut(&request.user_pool_id)?;
    let client = pool.clients.get_mut(id).ok_or_else(|| no_such_client(id))?;
    let name = client.config.get("ClientName").cloned();
    client.config = client::config(request.settings)?;
    if let Some(name) = name {
        client.config.entry("ClientName").or_insert(name);
    }
    client.modified = now;
    Ok(json!({"UserPoolClient": client.describe(&pool.id)}))
}

/// Deletes a client with its sessions and sign-ins.
pub(crate) fn delete(
    pools: &PoolRegistry,
    request: DeleteUserPoolClientRequest,
) -> Result<Value, ApiError> {
    let id = &request.client_id;
    let mut state = pools.lock();
    let pool = state.pool_mut(&request.user_pool_id)?;
    pool.clients.remove(id).ok_or_else(|| no_such_client(id))?;
    pool.sessions.remove_all(|session| session.client == *id);
    pool.grants.remove_client(id);
    Ok(json!({}))
}

pub(crate) fn list(
    pools: &PoolRegistry,
    request: ListUserPoolClientsRequest,
) -> Result<Value, ApiError> {
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    let clients: Vec<Value> = pool
        .clients
        .values()
        .map(|client| {
            json!({
                "ClientId": client.id,
                "ClientName": client.config.get("ClientName"),
                "UserPoolId": pool.id,
            })
        })
        .collect();
    let token = request.next_token.as_deref();
    page("UserPoolClients", clients, request.max_results, "NextToken", token)
}
