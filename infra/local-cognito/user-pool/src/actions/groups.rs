//! Groups of a pool.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::group::{Group, GroupProperties};
use crate::pool::no_such_group;
use crate::registry::PoolRegistry;
use crate::request::{page, page_size};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;

/// Request of `CreateGroup`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateGroupRequest {
    user_pool_id: String,
    group_name: String,
    #[serde(flatten)]
    properties: GroupProperties,
}

/// Request of `GetGroup`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetGroupRequest {
    user_pool_id: String,
    group_name: String,
}

/// Request of `UpdateGroup`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateGroupRequest {
    user_pool_id: String,
    group_name: String,
    #[serde(flatten)]
    properties: GroupProperties,
}

/// Request of `DeleteGroup`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteGroupRequest {
    user_pool_id: String,
    group_name: String,
}

/// Request of `ListGroups`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListGroupsRequest {
    user_pool_id: String,
    limit: Option<u64>,
    next_token: Option<String>,
}

pub(crate) fn create(
    pools: &PoolRegistry,
    clock: &Clock,
    request: CreateGroupRequest,
) -> Result<Value, ApiError> {
    let mut group = Group::new(request.group_name, clock.now());
    group.set(request.properties)?;
    let mut state = pools.lock();
    let pool = state.pool_mut(&request.user_pool_id)?;
    if pool.groups.contains_key(&group.name) {
        return Err(ApiError::new("GroupExistsException", "A group with the name already exists."));
    }
    let shown = group.describe(&pool.id);
    pool.groups.insert(group.name.clone(), group);
    Ok(json!({"Group": shown}))
}

pub(crate) fn get(pools: &PoolRegistry, request: GetGroupRequest) -> Result<Value, ApiError> {
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    let group = pool.group(&request.group_name)?;
    Ok(json!({"Group": group.describe(&pool.id)}))
}

pub(crate) fn update(
    pools: &PoolRegistry,
    clock: &Clock,
    request: UpdateGroupRequest,
) -> Result<Value, ApiError> {
    let now = clock.now();
    let mut state = pools.lock();
    let pool = state.pool_mut(&request.user_pool_id)?;
    let group = pool.groups.get_mut(&request.group_name).ok_or_else(no_such_group)?;
    group.set(request.properties)?;
    group.modified = now;
    Ok(json!({"Group": group.describe(&pool.id)}))
}

/// Deletes a group with its memberships, so that a later group of the name starts empty.
pub(crate) fn delete(pools: &PoolRegistry, request: DeleteGroupRequest) -> Result<Value, ApiError> {
    let mut state = pools.lock();
    let pool = state.pool_mut(&request.user_pool_id)?;
    let name = &request.group_name;
    pool.groups.remove(name).ok_or_else(no_such_group)?;
    for user in pool.users.all_mut() {
        user.groups.remove(name);
    }
    Ok(json!({}))
}

pub(crate) fn list(pools: &PoolRegistry, request: ListGroupsRequest) -> Result<Value, ApiError> {
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    let groups = pool.groups.values().map(|group| group.describe(&pool.id)).collect();
    let token = request.next_token.as_deref();
    page("Groups", groups, page_size(request.limit), "NextToken", token)
}
