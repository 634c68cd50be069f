//! `AdminCreateUser`: a new user, and the invitation with the temporary password.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::directory::UserDirectory;
use crate::message_sender::{MessageSender, Notification};
use crate::pre_sign_up::{SignUpData, pre_sign_up};
use crate::registry::PoolRegistry;
use crate::request::{attributes, texts};
use crate::trigger::{EventContext, TriggerRunner};
use crate::user::{Status, User};
use crate::user_names::{assign_name, check_free, release_aliases};
use crate::{password_policy, schema};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// Request of `AdminCreateUser`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminCreateUserRequest {
    user_pool_id: String,
    username: String,
    #[serde(default, deserialize_with = "attributes")]
    user_attributes: Option<Texts>,
    #[serde(default, deserialize_with = "attributes")]
    validation_data: Option<Texts>,
    temporary_password: Option<String>,
    #[serde(default)]
    force_alias_creation: bool,
    message_action: Option<MessageAction>,
    desired_delivery_mediums: Option<Vec<Medium>>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum MessageAction {
    Resend,
    Suppress,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Medium {
    Sms,
    Email,
}

/// Creates a user, or invites one again.
pub(crate) async fn create(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    triggers: &TriggerRunner,
    messages: &MessageSender,
    request: AdminCreateUserRequest,
) -> Result<Value, ApiError> {
    if request.message_action == Some(MessageAction::Resend) {
        return invite_again(directory, pools, messages, &request).await;
    }
    let (pool_id, mut user, secret) = draft(directory, pools, &request)?;
    let name = user.name.clone();
    let context = EventContext { pool: &pool_id, client: None, user_name: &name };
    let data = SignUpData {
        attributes: &user.attributes,
        validation: request.validation_data.as_ref(),
        metadata: request.client_metadata.as_ref(),
    };
    // The flags of the answer mean nothing here.
    pre_sign_up(triggers, &context, "AdminCreateUser", data).await?;
    let shown = {
        let mut state = pools.lock();
        let pool = state.pool_mut(&pool_id)?;
        check_free(pool, &name, &user.attributes)?;
        release_aliases(pool, &user, request.force_alias_creation)?;
        if let Some(secret) = &secret {
            user.password = Some(directory.temporary_password(pool, &name, secret)?);
        }
        let shown = user.describe(|_| true);
        pool.users.insert(user);
        shown
    };
    if let (None, Some(secret)) = (request.message_action, &secret) {
        invite(directory, pools, messages, &context, secret, &request).await?;
    }
    Ok(json!({"User": shown}))
}

/// Returns the pool, the new user and the temporary password of a request.
fn draft(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: &AdminCreateUserRequest,
) -> Result<(String, User, Option<String>), ApiError> {
    let mut attributes = request.user_attributes.clone().unwrap_or_default();
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    let (name, sub) = assign_name(pool, &request.username, &mut attributes)?;
    schema::check(&pool.config, &attributes)?;
    check_free(pool, &name, &attributes)?;
    let secret = match &request.temporary_password {
        Some(secret) => {
            password_policy::check(&pool.config, secret)?;
            Some(secret.clone())
        }
        None if pool.config.allows_no_password() => None,
        None => Some(password_policy::temporary(&pool.config)?),
    };
    let status = if secret.is_some() { Status::ForceChangePassword } else { Status::Confirmed };
    let user = User::new(name, sub, attributes, status, directory.clock.now());
    Ok((pool.id.clone(), user, secret))
}

/// Gives a user who is still to replace the temporary password another one.
async fn invite_again(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    messages: &MessageSender,
    request: &AdminCreateUserRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let (secret, shown) = {
        let mut state = pools.lock();
        let pool = state.pool_mut(&key.pool)?;
        if pool.user(&key.name)?.status != Status::ForceChangePassword {
            return Err(ApiError::new(
                "UnsupportedUserStateException",
                "Resend not possible. User status is not FORCE_CHANGE_PASSWORD",
            ));
        }
        let secret = match &request.temporary_password {
            Some(secret) => secret.clone(),
            None => password_policy::temporary(&pool.config)?,
        };
        password_policy::check(&pool.config, &secret)?;
        let stored = directory.temporary_password(pool, &key.name, &secret)?;
        let user = pool.user_mut(&key.name)?;
        user.password = Some(stored);
        (secret, user.describe(|_| true))
    };
    invite(directory, pools, messages, &key.context(), &secret, request).await?;
    Ok(json!({"User": shown}))
}

/// Sends the temporary password by the media that the request names, or else to every address.
async fn invite(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    messages: &MessageSender,
    context: &EventContext<'_>,
    secret: &str,
    request: &AdminCreateUserRequest,
) -> Result<(), ApiError> {
    const EVERY: [Medium; 2] = [Medium::Sms, Medium::Email];
    let media = request.desired_delivery_mediums.as_deref().unwrap_or(&EVERY);
    let options = &directory.settings.uncertain;
    for medium in media {
        let attribute = match medium {
            Medium::Email => "email",
            Medium::Sms => "phone_number",
        };
        let is_held = {
            let state = pools.lock();
            let user = state.pool(context.pool)?.user(context.user_name)?;
            user.attributes.contains_key(attribute)
        };
        if !is_held {
            continue;
        }
        let metadata = request.client_metadata.as_ref();
        let message = Notification {
            context: *context,
            occasion: "AdminCreateUser",
            attribute,
            code: secret,
            metadata: metadata.filter(|_| options.admin_create_metadata_in_custom_message),
        };
        messages.send(&message).await?;
    }
    Ok(())
}
