//! The account of a user in the hands of an administrator.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::directory::UserDirectory;
use crate::password::Password;
use crate::password_policy;
use crate::registry::PoolRegistry;
use crate::user::Status;
use local_cognito_aws_emulation::ApiError;

/// Request of `AdminGetUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminGetUserRequest {
    user_pool_id: String,
    username: String,
}

/// Request of `AdminDeleteUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminDeleteUserRequest {
    user_pool_id: String,
    username: String,
}

/// Request of `AdminDisableUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminDisableUserRequest {
    user_pool_id: String,
    username: String,
}

/// Request of `AdminEnableUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminEnableUserRequest {
    user_pool_id: String,
    username: String,
}

/// Request of `AdminUserGlobalSignOut`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminUserGlobalSignOutRequest {
    user_pool_id: String,
    username: String,
}

/// Request of `AdminSetUserPassword`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminSetUserPasswordRequest {
    user_pool_id: String,
    username: String,
    password: String,
    #[serde(default)]
    permanent: bool,
}

pub(crate) fn get_user(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminGetUserRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let state = pools.lock();
    let user = state.pool(&key.pool)?.user(&key.name)?;
    let mut shown = user.describe(|_| true);
    if let Some(shown) = shown.as_object_mut() {
        let attributes = shown.remove("Attributes").unwrap_or_default();
        shown.insert("UserAttributes".to_owned(), attributes);
    }
    Ok(shown)
}

pub(crate) fn delete_user(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminDeleteUserRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    pools.lock().pool_mut(&key.pool)?.delete_user(&key.name);
    Ok(json!({}))
}

/// Disables a user and revokes all sign-ins.
pub(crate) fn disable_user(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminDisableUserRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    directory.change(&key, |user| {
        user.enabled = false;
        Ok(())
    })?;
    pools.lock().pool_mut(&key.pool)?.grants.revoke_all(&key.name);
    Ok(json!({}))
}

pub(crate) fn enable_user(
    directory: &UserDirectory,
    request: AdminEnableUserRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    directory.change(&key, |user| {
        user.enabled = true;
        Ok(())
    })?;
    Ok(json!({}))
}

pub(crate) fn sign_out(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminUserGlobalSignOutRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    pools.lock().pool_mut(&key.pool)?.grants.revoke_all(&key.name);
    Ok(json!({}))
}

pub(crate) fn set_password(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminSetUserPasswordRequest,
) -> Result<Value, ApiError> {
    let (new, permanent) = (&request.password, request.permanent);
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let stored = {
        let state = pools.lock();
        let pool = state.pool(&key.pool)?;
        password_policy::check(&pool.config, new)?;
        if permanent {
            Password::new(&key.pool, &key.name, new)?
        } else {
            directory.temporary_password(pool, &key.name, new)?
        }
    };
    directory.change(&key, |user| {
        user.password = Some(stored);
        user.lockout.clear();
        user.status = if permanent { Status::Confirmed } else { Status::ForceChangePassword };
        Ok(())
    })?;
    Ok(json!({}))
}
