//! Recovery of an account: the code for a new password, and the password.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::code::Purpose;
use crate::confirmation::Confirmation;
use crate::directory::UserDirectory;
use crate::existence::{hidden_delivery, not_found, simulated_recovery};
use crate::message_sender::{MessageSender, Notification};
use crate::password::Password;
use crate::password_policy;
use crate::pool::Pool;
use crate::recovery::{check_recovery, no_recovery_address, recovery_address};
use crate::registry::PoolRegistry;
use crate::request::texts;
use crate::sign_in::{Attempt, UserMigration};
use crate::user::{Status, User};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// Request of `ForgotPassword`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ForgotPasswordRequest {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `ConfirmForgotPassword`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConfirmForgotPasswordRequest {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    confirmation_code: String,
    password: String,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `AdminResetUserPassword`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminResetUserPasswordRequest {
    user_pool_id: String,
    username: String,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Sends a code for a new password.
pub(crate) async fn forgot_password(
    pools: &PoolRegistry,
    directory: &UserDirectory,
    migration: &UserMigration,
    messages: &MessageSender,
    request: ForgotPasswordRequest,
) -> Result<Value, ApiError> {
    let attempt = Attempt::from_client(pools, &request.client_id, request.client_metadata)?;
    let typed = &request.username;
    let known = directory.real_name(&attempt.pool, typed)?;
    attempt.client.check_secret_hash(request.secret_hash.as_deref(), &[typed, &known])?;
    let found = {
        let state = pools.lock();
        let pool = state.pool(&attempt.pool)?;
        check_recovery(&pool.config)?;
        pool.find_user(typed).cloned()
    };
    let user = match found {
        Some(user) => Some(user),
        None => migration.migrate_at_recovery(&attempt, typed).await?,
    };
    let Some(user) = user else {
        return hide_recovery(directory, &attempt, typed, None, not_found());
    };
    if user.status == Status::ForceChangePassword && user.enabled {
        return Err(ApiError::refused("User password cannot be reset in the current state."));
    }
    let address = recovery_address(&pools.lock().pool(&attempt.pool)?.config, &user);
    let name = Some(user.name.as_str());
    let attribute = match (user.check_enabled(), address) {
        (Ok(()), Some(attribute)) => attribute,
        (Ok(()), None) => {
            return hide_recovery(directory, &attempt, typed, name, no_recovery_address());
        }
        (Err(disabled), _) => return hide_recovery(directory, &attempt, typed, name, disabled),
    };
    let code = {
        let now = directory.clock.now();
        let mut state = pools.lock();
        let user = state.pool_mut(&attempt.pool)?.user_mut(&user.name)?;
        let code = user.codes.entry(Purpose::Password.key()).or_default();
        code.renew(Purpose::Password, attribute, &directory.settings, now)?
    };
    let message = Notification {
        context: attempt.context(&user.name),
        occasion: "ForgotPassword",
        attribute,
        code: &code,
        metadata: attempt.metadata.as_ref(),
    };
    let delivery = messages.send(&message).await?;
    Ok(json!({"CodeDeliveryDetails": delivery}))
}

/// Answers as if a code had been sent if the client may not learn of this user, and counts it;
/// fails with `error` otherwise.
fn hide_recovery(
    directory: &UserDirectory,
    attempt: &Attempt,
    typed: &str,
    user: Option<&str>,
    error: ApiError,
) -> Result<Value, ApiError> {
    if !attempt.client.hides_users() {
        return Err(error);
    }
    let now = directory.clock.now();
    let mut state = directory.pools.lock();
    let pool = state.pool_mut(&attempt.pool)?;
    let answer = directory.settings.uncertain.hidden_delivery;
    let delivery = hidden_delivery(pool, answer, typed, no_recovery_address())?;
    let code = match user {
        Some(name) => pool.user_mut(name)?.codes.entry(Purpose::Password.key()).or_default(),
        None => simulated_recovery(pool, typed, now),
    };
    code.simulate(Purpose::Password, &directory.settings, now)?;
    Ok(delivery)
}

pub(crate) async fn confirm_forgot_password(
    pools: &PoolRegistry,
    directory: &UserDirectory,
    confirmation: &Confirmation,
    request: ConfirmForgotPasswordRequest,
) -> Result<Value, ApiError> {
    let attempt = Attempt::from_client(pools, &request.client_id, request.client_metadata)?;
    let typed = &request.username;
    let name = directory.real_name(&attempt.pool, typed)?;
    attempt.client.check_secret_hash(request.secret_hash.as_deref(), &[typed, &name])?;
    {
        let mut state = pools.lock();
        let pool = state.pool_mut(&attempt.pool)?;
        let (given, new) = (&request.confirmation_code, &request.password);
        reset_password(directory, pool, attempt.client.hides_users(), typed, given, new)?;
    }
    let (context, metadata) = (attempt.context(&name), attempt.metadata.as_ref());
    confirmation.post_confirmation(&context, "ConfirmForgotPassword", metadata).await?;
    Ok(json!({}))
}

fn reset_password(
    directory: &UserDirectory,
    pool: &mut Pool,
    hides: bool,
    typed: &str,
    given: &str,
    new: &str,
) -> Result<(), ApiError> {
    let (settings, now) = (&directory.settings, directory.clock.now());
    let pool_id = pool.id.clone();
    password_policy::check(&pool.config, new)?;
    let Some(name) = pool.find_user(typed).map(|user| user.name.clone()) else {
        if !hides {
            return Err(not_found());
        }
        return Err(simulated_recovery(pool, typed, now).refuse(given, settings, now));
    };
    let user = pool.user_mut(&name)?;
    let enabled = user.check_enabled();
    let code = user.codes.entry(Purpose::Password.key()).or_default();
    if let Err(disabled) = enabled {
        let hidden = code.refuse(given, settings, now);
        return Err(if hides { hidden } else { disabled });
    }
    let attribute = code.spend(given, settings, now)?;
    user.password = Some(Password::new(&pool_id, &name, new)?);
    user.verify(&attribute);
    user.status = Status::Confirmed;
    user.modified = now;
    user.lockout.clear();
    Ok(())
}

/// Ends the use of a password and sends a code for a new one.
pub(crate) async fn admin_reset_password(
    directory: &UserDirectory,
    messages: &MessageSender,
    request: AdminResetUserPasswordRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let (attribute, code) = {
        let now = directory.clock.now();
        let mut state = directory.pools.lock();
        let pool = state.pool_mut(&key.pool)?;
        let attribute = check_resettable(pool, pool.user(&key.name)?)?;
        let user = pool.user_mut(&key.name)?;
        let code = user.codes.entry(Purpose::Password.key()).or_default();
        let code = code.renew(Purpose::Password, attribute, &directory.settings, now)?;
        user.status = Status::ResetRequired;
        user.modified = now;
        (attribute, code)
    };
    let message = Notification {
        context: key.context(),
        occasion: &directory.settings.uncertain.admin_reset_occasion,
        attribute,
        code: &code,
        metadata: request.client_metadata.as_ref(),
    };
    messages.send(&message).await?;
    Ok(json!({}))
}

/// Returns the attribute with the address for the code, if the pool and the user's state allow a
/// reset.
fn check_resettable(pool: &Pool, user: &User) -> Result<&'static str, ApiError> {
    check_recovery(&pool.config)?;
    user.check_enabled()?;
    match user.status {
        Status::Unconfirmed | Status::ForceChangePassword => {
            Err(ApiError::refused("User password cannot be reset in the current state."))
        }
        Status::Confirmed | Status::ResetRequired => {
            recovery_address(&pool.config, user).ok_or_else(no_recovery_address)
        }
    }
}
