//! `SignUp`: the flags of pre sign-up, and the new user.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::confirmation::Confirmation;
use crate::password::Password;
use crate::pre_sign_up::{SignUpData, SignUpFlags, pre_sign_up};
use crate::registry::PoolRegistry;
use crate::request::{attributes, texts};
use crate::settings::Settings;
use crate::trigger::{EventContext, TriggerRunner};
use crate::user::{Status, User};
use crate::user_names::{assign_name, check_free, claim_alias};
use crate::{password_policy, schema};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::{Texts, constraint};

/// Request of `SignUp`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SignUpRequest {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    password: Option<String>,
    #[serde(default, deserialize_with = "attributes")]
    user_attributes: Option<Texts>,
    #[serde(default, deserialize_with = "attributes")]
    validation_data: Option<Texts>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// A user who may sign up if the name is free.
struct NewUser {
    pool: String,
    name: String,
    sub: String,
    attributes: Texts,
    /// The result of the check that the name is free.
    free: Result<(), ApiError>,
}

pub(crate) async fn sign_up(
    pools: &PoolRegistry,
    clock: &Clock,
    settings: &Settings,
    triggers: &TriggerRunner,
    confirmation: &Confirmation,
    request: SignUpRequest,
) -> Result<Value, ApiError> {
    let NewUser { pool, name, sub, attributes, free } = check_and_name(pools, &request)?;
    if !settings.uncertain.pre_sign_up_for_taken_name {
        free.clone()?;
    }
    let client = Some(request.client_id.as_str());
    let context = EventContext { pool: &pool, client, user_name: &name };
    let metadata = request.client_metadata.as_ref();
    let validation = request.validation_data.as_ref();
    let data = SignUpData { attributes: &attributes, validation, metadata };
    let flags = pre_sign_up(triggers, &context, "SignUp", data).await?;
    free?;
    check_flags(&flags, &attributes, settings)?;
    let status = if flags.confirm { Status::Confirmed } else { Status::Unconfirmed };
    let mut user = User::new(name.clone(), sub.clone(), attributes, status, clock.now());
    if let Some(password) = &request.password {
        user.password = Some(Password::new(&pool, &name, password)?);
    }
    store(pools, &pool, user, &flags)?;
    let mut answer = json!({"UserConfirmed": flags.confirm, "UserSub": sub});
    if flags.confirm {
        confirmation.post_confirmation(&context, "ConfirmSignUp", metadata).await?;
    } else if let Some(delivery) = confirmation.send_code(&context, "SignUp", metadata).await?
        && let Some(answer) = answer.as_object_mut()
    {
        answer.insert("CodeDeliveryDetails".to_owned(), delivery);
    }
    Ok(answer)
}

/// Checks a request and names the new user.
fn check_and_name(pools: &PoolRegistry, request: &SignUpRequest) -> Result<NewUser, ApiError> {
    let typed = &request.username;
    let mut attributes = request.user_attributes.clone().unwrap_or_default();
    let state = pools.lock();
    let (pool, client) = state.client(&request.client_id)?;
    let config = &pool.config;
    client.check_secret_hash(request.secret_hash.as_deref(), &[typed])?;
    let admin_only = config.setting(&["AdminCreateUserConfig", "AllowAdminCreateUserOnly"]);
    if admin_only == Some(&Value::Bool(true)) {
        return Err(ApiError::refused("SignUp is not permitted for this user pool"));
    }
    match &request.password {
        Some(password) => password_policy::check(config, password)?,
        None if config.allows_no_password() => {}
        None => return Err(constraint("null", "Password", "Member must not be null")),
    }
    let (name, sub) = assign_name(pool, typed, &mut attributes)?;
    schema::check_writable(client, &attributes)?;
    schema::check(config, &attributes)?;
    schema::check_required(config, &attributes)?;
    let free = check_free(pool, &name, &attributes);
    Ok(NewUser { pool: pool.id.clone(), name, sub, attributes, free })
}

/// Refuses to verify an address that the user does not have.
fn check_flags(
    flags: &SignUpFlags,
    attributes: &Texts,
    settings: &Settings,
) -> Result<(), ApiError> {
    for (attribute, verify) in
        [("email", flags.verify_email), ("phone_number", flags.verify_phone_number)]
    {
        let is_held = attributes.get(attribute).is_some_and(|value| !value.is_empty());
        if verify && !is_held {
            return Err(ApiError::new(
                &settings.uncertain.verified_without_address_kind,
                format!("The user has no {attribute} that could be verified automatically."),
            ));
        }
    }
    Ok(())
}

fn store(
    pools: &PoolRegistry,
    pool: &str,
    user: User,
    flags: &SignUpFlags,
) -> Result<(), ApiError> {
    let mut state = pools.lock();
    let pool = state.pool_mut(pool)?;
    check_free(pool, &user.name, &user.attributes)?;
    let name = user.name.clone();
    pool.users.insert(user);
    for (attribute, verify) in
        [("email", flags.verify_email), ("phone_number", flags.verify_phone_number)]
    {
        if verify {
            claim_alias(pool, attribute, &name, true)?;
            pool.user_mut(&name)?.verify(attribute);
        }
    }
    Ok(())
}
