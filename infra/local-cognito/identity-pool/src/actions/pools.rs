//! Identity pools as the control plane sees them.

use serde_json::{Value, json};

use super::request::Request;
use crate::directory::IdentityDirectory;
use crate::limits;
use crate::pool::Pool;
use crate::pool_settings::PoolSettings;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Input;
use local_cognito_aws_emulation::listing::PageRequest;

/// Input of `CreateIdentityPool`.
pub(super) struct CreateIdentityPoolRequest {
    settings: PoolSettings,
}

/// Input of `DescribeIdentityPool`.
pub(super) struct DescribeIdentityPoolRequest {
    pool_id: String,
}

/// Input of `UpdateIdentityPool`.
pub(super) struct UpdateIdentityPoolRequest {
    pool_id: String,
    settings: PoolSettings,
}

/// Input of `DeleteIdentityPool`.
pub(super) struct DeleteIdentityPoolRequest {
    pool_id: String,
}

/// Input of `ListIdentityPools`.
pub(super) struct ListIdentityPoolsRequest {
    page: PageRequest,
}

impl Request for CreateIdentityPoolRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { settings: PoolSettings::parse(input)? })
    }
}

impl Request for DescribeIdentityPoolRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { pool_id: limits::pool_id(input)? })
    }
}

impl Request for UpdateIdentityPoolRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { pool_id: limits::pool_id(input)?, settings: PoolSettings::parse(input)? })
    }
}

impl Request for DeleteIdentityPoolRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { pool_id: limits::pool_id(input)? })
    }
}

impl Request for ListIdentityPoolsRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { page: limits::required_page(input)? })
    }
}

pub(super) fn create(
    directory: &IdentityDirectory,
    request: CreateIdentityPoolRequest,
) -> Result<Value, ApiError> {
    create_with_id(directory, &directory.new_id()?, request)
}

/// Creates a pool with this id.
pub(super) fn create_with_id(
    directory: &IdentityDirectory,
    id: &str,
    request: CreateIdentityPoolRequest,
) -> Result<Value, ApiError> {
    directory.pools().add(Pool::new(id, request.settings)).map(show)
}

pub(super) fn describe(
    directory: &IdentityDirectory,
    request: DescribeIdentityPoolRequest,
) -> Result<Value, ApiError> {
    directory.pools().pool(&request.pool_id).map(show)
}

pub(super) fn update(
    directory: &IdentityDirectory,
    request: UpdateIdentityPoolRequest,
) -> Result<Value, ApiError> {
    let mut pools = directory.pools();
    let pool = pools.pool_mut(&request.pool_id)?;
    pool.settings = pool.settings.updated(request.settings)?;
    Ok(show(pool))
}

pub(super) fn delete(
    directory: &IdentityDirectory,
    request: DeleteIdentityPoolRequest,
) -> Result<Value, ApiError> {
    directory.pools().remove(&request.pool_id)?;
    Ok(json!({}))
}

pub(super) fn list(
    directory: &IdentityDirectory,
    request: ListIdentityPoolsRequest,
) -> Result<Value, ApiError> {
    let pools = directory.pools();
    let shown = pools.all().map(|pool| {
        let name = pool.settings.members().get("IdentityPoolName");
        json!({"IdentityPoolId": pool.id, "IdentityPoolName": name})
    });
    Ok(Value::Object(request.page.cut("IdentityPools", shown.collect())))
}

fn show(pool: &Pool) -> Value {
    let mut shown = pool.settings.members().clone();
    shown.insert("IdentityPoolId".to_owned(), json!(pool.id));
    Value::Object(shown)
}
