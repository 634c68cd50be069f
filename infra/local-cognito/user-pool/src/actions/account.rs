//! The account of the holder of an access token.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::password::Password;
use crate::password_policy;
use crate::registry::PoolRegistry;
use crate::settings::Settings;
use crate::token_check::TokenCheck;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;

/// Request of `GetUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetUserRequest {
    access_token: String,
}

/// Request of `DeleteUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteUserRequest {
    access_token: String,
}

/// Request of `GlobalSignOut`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GlobalSignOutRequest {
    access_token: String,
}

/// Request of `ChangePassword`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangePasswordRequest {
    access_token: String,
    previous_password: Option<String>,
    proposed_password: String,
}

pub(crate) fn get_user(
    tokens: &TokenCheck,
    pools: &PoolRegistry,
    request: GetUserRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    let state = pools.lock();
    let pool = state.pool(&bearer.pool)?;
    let client = pool.client(&bearer.client)?;
    let user = pool.user(&bearer.user)?;
    Ok(json!({
        "Username": user.name,
        "UserAttributes": user.list_attributes(|name| name == "sub" || client.may_read(name)),
    }))
}

pub(crate) fn delete_user(
    tokens: &TokenCheck,
    pools: &PoolRegistry,
    request: DeleteUserRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    pools.lock().pool_mut(&bearer.pool)?.delete_user(&bearer.user);
    Ok(json!({}))
}

pub(crate) fn global_sign_out(
    tokens: &TokenCheck,
    pools: &PoolRegistry,
    request: GlobalSignOutRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    pools.lock().pool_mut(&bearer.pool)?.grants.revoke_all(&bearer.user);
    Ok(json!({}))
}

/// Changes the password; a wrong previous one counts for the lockout.
pub(crate) fn change_password(
    tokens: &TokenCheck,
    pools: &PoolRegistry,
    clock: &Clock,
    settings: &Settings,
    request: ChangePasswordRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    let proposed = &request.proposed_password;
    let (now, now_millis) = (clock.now(), clock.now_millis());
    let mut state = pools.lock();
    let pool = state.pool_mut(&bearer.pool)?;
    password_policy::check(&pool.config, proposed)?;
    let user = pool.user_mut(&bearer.user)?;
    user.lockout.check(now_millis)?;
    let is_right = match (&user.password, &request.previous_password) {
        (None, None) => true,
        (Some(stored), Some(previous)) => stored.matches(&bearer.pool, &user.name, previous),
        _ => false,
    };
    if !is_right {
        user.lockout.count(settings, now_millis);
        return Err(ApiError::incorrect());
    }
    user.lockout.clear();
    user.password = Some(Password::new(&bearer.pool, &user.name, proposed)?);
    user.modified = now;
    Ok(json!({}))
}
