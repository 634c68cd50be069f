//! Confirmation of sign-ups.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::code::{self, Purpose};
use crate::confirmation::{Confirmation, check_unconfirmed};
use crate::directory::UserDirectory;
use crate::existence::{hidden_delivery, not_found, simulated_sign_up};
use crate::pool::Pool;
use crate::registry::PoolRegistry;
use crate::request::texts;
use crate::trigger::EventContext;
use crate::user::Status;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// Request of `ConfirmSignUp`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConfirmSignUpRequest {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    confirmation_code: String,
    #[serde(default)]
    force_alias_creation: bool,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `AdminConfirmSignUp`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminConfirmSignUpRequest {
    user_pool_id: String,
    username: String,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `ResendConfirmationCode`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ResendConfirmationCodeRequest {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

pub(crate) async fn confirm(
    pools: &PoolRegistry,
    confirmation: &Confirmation,
    request: ConfirmSignUpRequest,
) -> Result<Value, ApiError> {
    let typed = &request.username;
    let (pool, name) = {
        let mut state = pools.lock();
        let (pool, client) = state.client(&request.client_id)?;
        let pool_id = pool.id.clone();
        let found = pool.find_user(typed).map(|user| user.name.clone());
        let names = [typed, found.as_deref().unwrap_or(typed)];
        client.check_secret_hash(request.secret_hash.as_deref(), &names)?;
        let Some(name) = found else {
            return Err(if client.hides_users() { code::expired() } else { not_found() });
        };
        let (given, force) = (&request.confirmation_code, request.force_alias_creation);
        confirmation.confirm_with_code(state.pool_mut(&pool_id)?, &name, given, force)?;
        (pool_id, name)
    };
    let client = Some(request.client_id.as_str());
    let context = EventContext { pool: &pool, client, user_name: &name };
    let metadata = request.client_metadata.as_ref();
    confirmation.post_confirmation(&context, "ConfirmSignUp", metadata).await?;
    Ok(json!({}))
}

pub(crate) async fn admin_confirm(
    directory: &UserDirectory,
    confirmation: &Confirmation,
    request: AdminConfirmSignUpRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    directory.change(&key, |user| {
        check_unconfirmed(user)?;
        user.status = Status::Confirmed;
        Ok(())
    })?;
    let metadata = request.client_metadata.as_ref();
    confirmation.post_confirmation(&key.context(), "ConfirmSignUp", metadata).await?;
    Ok(json!({}))
}

pub(crate) async fn resend_code(
    pools: &PoolRegistry,
    confirmation: &Confirmation,
    request: ResendConfirmationCodeRequest,
) -> Result<Value, ApiError> {
    let typed = &request.username;
    let (pool, name) = {
        let mut state = pools.lock();
        let (pool, client) = state.client(&request.client_id)?;
        let user = pool.find_user(typed);
        let known = user.map_or(typed, |user| &user.name);
        client.check_secret_hash(request.secret_hash.as_deref(), &[typed, known])?;
        let (pool_id, hides) = (pool.id.clone(), client.hides_users());
        let found = match user {
            None => Err(not_found()),
            Some(user) => user.check_enabled().map(|()| (user.name.clone(), user.status)),
        };
        match found {
            Ok((name, Status::Unconfirmed)) => (pool_id, name),
            Ok(_) => return Err(already_confirmed()),
            Err(_) if hides => {
                let known = user.map(|user| user.name.clone());
                let pool = state.pool_mut(&pool_id)?;
                return hide_resent_code(confirmation, pool, typed, known.as_deref());
            }
            Err(error) => return Err(error),
        }
    };
    let client = Some(request.client_id.as_str());
    let context = EventContext { pool: &pool, client, user_name: &name };
    match confirmation.send_code(&context, "ResendCode", request.client_metadata.as_ref()).await? {
        Some(delivery) => Ok(json!({"CodeDeliveryDetails": delivery})),
        None => Err(not_auto_verified()),
    }
}

/// Answers as if a code had been sent to a user that the client may not learn of, and counts it.
fn hide_resent_code(
    confirmation: &Confirmation,
    pool: &mut Pool,
    typed: &str,
    known: Option<&str>,
) -> Result<Value, ApiError> {
    let settings = &confirmation.settings;
    let (answer, now) = (settings.uncertain.hidden_delivery, confirmation.clock.now());
    if !["email", "phone_number"].into_iter().any(|attribute| pool.config.auto_verifies(attribute))
    {
        return Err(not_auto_verified());
    }
    let delivery = hidden_delivery(pool, answer, typed, already_confirmed())?;
    let code = match known {
        Some(name) => pool.user_mut(name)?.codes.entry(Purpose::SignUp.key()).or_default(),
        None => simulated_sign_up(pool, typed, now),
    };
    code.simulate(Purpose::SignUp, settings, now)?;
    Ok(delivery)
}

/// Reports a pool that sends no codes for sign-ups.
fn not_auto_verified() -> ApiError {
    ApiError::invalid("Auto verification not turned on.")
}

fn already_confirmed() -> ApiError {
    ApiError::invalid("User is already confirmed.")
}
