//! Members of groups.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::directory::UserDirectory;
use crate::registry::PoolRegistry;
use crate::request::{page, page_size};
use local_cognito_aws_emulation::ApiError;

/// Request of `AdminAddUserToGroup`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminAddUserToGroupRequest {
    user_pool_id: String,
    username: String,
    group_name: String,
}

/// Request of `AdminRemoveUserFromGroup`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminRemoveUserFromGroupRequest {
    user_pool_id: String,
    username: String,
    group_name: String,
}

/// Request of `AdminListGroupsForUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminListGroupsForUserRequest {
    user_pool_id: String,
    username: String,
    limit: Option<u64>,
    next_token: Option<String>,
}

/// Request of `ListUsersInGroup`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListUsersInGroupRequest {
    user_pool_id: String,
    group_name: String,
    limit: Option<u64>,
    next_token: Option<String>,
}

pub(crate) fn add(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminAddUserToGroupRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let mut state = pools.lock();
    let pool = state.pool_mut(&key.pool)?;
    pool.group(&request.group_name)?;
    pool.user_mut(&key.name)?.groups.insert(request.group_name);
    Ok(json!({}))
}

pub(crate) fn remove(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminRemoveUserFromGroupRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let mut state = pools.lock();
    let pool = state.pool_mut(&key.pool)?;
    pool.group(&request.group_name)?;
    pool.user_mut(&key.name)?.groups.remove(&request.group_name);
    Ok(json!({}))
}

pub(crate) fn list_groups_of_user(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminListGroupsForUserRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let state = pools.lock();
    let pool = state.pool(&key.pool)?;
    let groups: Vec<Value> = pool
        .user(&key.name)?
        .groups
        .iter()
        .filter_map(|group| pool.groups.get(group))
        .map(|group| group.describe(&pool.id))
        .collect();
    let token = request.next_token.as_deref();
    page("Groups", groups, page_size(request.limit), "NextToken", token)
}

pub(crate) fn list_users(
    pools: &PoolRegistry,
    request: ListUsersInGroupRequest,
) -> Result<Value, ApiError> {
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    let group = pool.group(&request.group_name)?;
    let users: Vec<Value> = pool
        .users
        .all()
        .filter(|user| user.groups.contains(&group.name))
        .map(|user| user.describe(|_| true))
        .collect();
    let token = request.next_token.as_deref();
    page("Users", users, page_size(request.limit), "NextToken", token)
}
