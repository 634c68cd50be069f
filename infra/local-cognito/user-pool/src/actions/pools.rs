//! Pools as the control plane sees them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::config::PoolConfig;
use crate::mfa::drop_factors_without_mfa;
use crate::pool::Pool;
use crate::registry::PoolRegistry;
use crate::request::{self, page};
use crate::settings::Settings;
use crate::unserved;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Input;
use local_cognito_aws_emulation::{ApiError, inputs, randomness};

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Request of `CreateUserPool`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateUserPoolRequest {
    pool_name: String,
    #[serde(default)]
    schema: Vec<Value>,
    /// All other members.
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// Request of `UpdateUserPool`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateUserPoolRequest {
    user_pool_id: String,
    pool_name: Option<String>,
    /// All other members.
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// Request of `DescribeUserPool`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeUserPoolRequest {
    user_pool_id: String,
}

/// Request of `DeleteUserPool`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteUserPoolRequest {
    user_pool_id: String,
}

/// Request of `ListUserPools`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListUserPoolsRequest {
    max_results: u64,
    next_token: Option<String>,
}

pub(crate) fn create(
    pools: &PoolRegistry,
    clock: &Clock,
    settings: &Settings,
    request: CreateUserPoolRequest,
) -> Result<Value, ApiError> {
    let id = format!("{}_{}", settings.region, randomness::word(LETTERS, 9)?);
    add(pools, clock, settings, &id, request)
}

/// Creates a pool under an id that no call could give it, input and id checked as in a call.
pub(crate) fn create_with_id(
    pools: &PoolRegistry,
    clock: &Clock,
    settings: &Settings,
    id: &str,
    input: Value,
) -> Result<Value, ApiError> {
    let input = Input::new(input)?;
    inputs::check("CreateUserPool", &input, &unserved::VALUES)?;
    let named = Input::new(json!({"UserPoolId": id}))?;
    inputs::check("DescribeUserPool", &named, &unserved::VALUES)?;
    add(pools, clock, settings, id, request::parse(input.members())?)
}

fn add(
    pools: &PoolRegistry,
    clock: &Clock,
    settings: &Settings,
    id: &str,
    request: CreateUserPoolRequest,
) -> Result<Value, ApiError> {
    let config = PoolConfig::new(request.pool_name, request.schema, request.settings)?;
    let pool = Pool::new(id, config, clock.now());
    let shown = show(&pool, settings);
    pools.lock().add(pool)?;
    Ok(json!({"UserPool": shown}))
}

pub(crate) fn describe(
    pools: &PoolRegistry,
    settings: &Settings,
    request: DescribeUserPoolRequest,
) -> Result<Value, ApiError> {
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    Ok(json!({"UserPool": show(pool, settings)}))
}

pub(crate) fn update(
    pools: &PoolRegistry,
    clock: &Clock,
    request: UpdateUserPoolRequest,
) -> Result<Value, ApiError> {
    let now = clock.now();
    let mut state = pools.lock();
    let pool = state.pool_mut(&request.user_pool_id)?;
    pool.config = pool.config.updated(request.pool_name, request.settings)?;
    drop_factors_without_mfa(pool);
    pool.modified = now;
    Ok(json!({}))
}

/// Deletes a pool with everything in it, unless it is protected.
pub(crate) fn delete(
    pools: &PoolRegistry,
    request: DeleteUserPoolRequest,
) -> Result<Value, ApiError> {
    let id = &request.user_pool_id;
    let mut state = pools.lock();
    if state.pool(id)?.config.setting_text(&["DeletionProtection"]) == Some("ACTIVE") {
        return Err(ApiError::invalid(
            "The user pool cannot be deleted because deletion protection is activated. \
             Deletion protection must be inactivated first.",
        ));
    }
    state.remove(id)?;
    Ok(json!({}))
}

pub(crate) fn list(pools: &PoolRegistry, request: ListUserPoolsRequest) -> Result<Value, ApiError> {
    let state = pools.lock();
    let shown: Vec<Value> = state
        .pools()
        .map(|pool| {
            json!({
                "Id": pool.id,
                "Name": pool.config.setting_text(&["Name"]),
                "LambdaConfig": pool.config.setting(&["LambdaConfig"]),
                "CreationDate": pool.created,
                "LastModifiedDate": pool.modified,
            })
        })
        .collect();
    let token = request.next_token.as_deref();
    page("UserPools", shown, Some(request.max_results), "NextToken", token)
}

fn show(pool: &Pool, settings: &Settings) -> Value {
    let mut shown = pool.config.members().clone();
    let (id, region) = (&pool.id, &settings.region);
    for (name, value) in [
        ("Id", json!(id)),
        ("Arn", json!(format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{id}"))),
        ("CreationDate", json!(pool.created)),
        ("LastModifiedDate", json!(pool.modified)),
        ("EstimatedNumberOfUsers", json!(pool.users.count())),
    ] {
        shown.insert(name.to_owned(), value);
    }
    Value::Object(shown)
}
