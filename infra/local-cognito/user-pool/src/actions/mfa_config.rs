//! Second factors and passkeys of a pool.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::mfa;
use crate::registry::PoolRegistry;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;

/// Request of `GetUserPoolMfaConfig`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetUserPoolMfaConfigRequest {
    user_pool_id: String,
}

/// Request of `SetUserPoolMfaConfig`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetUserPoolMfaConfigRequest {
    user_pool_id: String,
    mfa_configuration: Option<String>,
    /// All other members.
    #[serde(flatten)]
    settings: Map<String, Value>,
}

pub(crate) fn get(
    pools: &PoolRegistry,
    request: GetUserPoolMfaConfigRequest,
) -> Result<Value, ApiError> {
    let state = pools.lock();
    Ok(mfa::describe(state.pool(&request.user_pool_id)?))
}

pub(crate) fn set(
    pools: &PoolRegistry,
    clock: &Clock,
    request: SetUserPoolMfaConfigRequest,
) -> Result<Value, ApiError> {
    let now = clock.now();
    let mut state = pools.lock();
    let pool = state.pool_mut(&request.user_pool_id)?;
    mfa::replace(pool, request.mfa_configuration, request.settings)?;
    pool.modified = now;
    Ok(mfa::describe(pool))
}
