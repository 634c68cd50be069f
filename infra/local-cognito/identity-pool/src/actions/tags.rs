//! Tag maps: claims of a provider that become principal tags.

use serde_json::{Value, json};

use super::request::Request;
use crate::directory::IdentityDirectory;
use crate::limits;
use crate::tag::{TagMap, check_size, parse_tags};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Input;

/// Input of `SetPrincipalTagAttributeMap`.
pub(super) struct SetPrincipalTagAttributeMapRequest {
    pool_id: String,
    provider: String,
    map: TagMap,
}

/// Input of `GetPrincipalTagAttributeMap`.
pub(super) struct GetPrincipalTagAttributeMapRequest {
    pool_id: String,
    provider: String,
}

impl Request for SetPrincipalTagAttributeMapRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        let map = TagMap { use_defaults: input.flag("UseDefaults")?, tags: parse_tags(input)? };
        check_size(&map.tags)?;
        let provider = input.required("IdentityProviderName")?.to_owned();
        Ok(Self { pool_id: limits::pool_id(input)?, provider, map })
    }
}

impl Request for GetPrincipalTagAttributeMapRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        let provider = input.required("IdentityProviderName")?.to_owned();
        Ok(Self { pool_id: limits::pool_id(input)?, provider })
    }
}

pub(super) fn set(
    directory: &IdentityDirectory,
    request: SetPrincipalTagAttributeMapRequest,
) -> Result<Value, ApiError> {
    let SetPrincipalTagAttributeMapRequest { pool_id, provider, map } = request;
    let mut pools = directory.pools();
    let pool = pools.pool_mut(&pool_id)?;
    if directory.provider(pool, &provider).is_none() {
        return Err(ApiError::no_such_resource(format!(
            "Identity pool {pool_id} has no provider {provider}."
        )));
    }
    let shown = show(&pool_id, &provider, &map);
    pool.tag_maps.insert(provider, map);
    Ok(shown)
}

pub(super) fn get(
    directory: &IdentityDirectory,
    request: GetPrincipalTagAttributeMapRequest,
) -> Result<Value, ApiError> {
    let GetPrincipalTagAttributeMapRequest { pool_id, provider } = request;
    let pools = directory.pools();
    let map =
        pools.pool(&pool_id)?.tag_maps.get(&provider).ok_or_else(|| {
            ApiError::no_such_resource(format!("There is no tag map of {provider}."))
        })?;
    Ok(show(&pool_id, &provider, map))
}

fn show(pool: &str, provider: &str, map: &TagMap) -> Value {
    json!({
        "IdentityPoolId": pool,
        "IdentityProviderName": provider,
        "UseDefaults": map.use_defaults,
        "PrincipalTags": map.tags,
    })
}
