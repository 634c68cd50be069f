//! Attributes of a user, changed by the user or by an administrator.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::directory::UserDirectory;
use crate::registry::PoolRegistry;
use crate::request::{attributes, texts};
use crate::schema;
use crate::token_check::TokenCheck;
use crate::user_attributes::UserAttributes;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;

/// Request of `UpdateUserAttributes`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateUserAttributesRequest {
    access_token: String,
    #[serde(default, deserialize_with = "attributes")]
    user_attributes: Option<Texts>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `AdminUpdateUserAttributes`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminUpdateUserAttributesRequest {
    user_pool_id: String,
    username: String,
    #[serde(default, deserialize_with = "attributes")]
    user_attributes: Option<Texts>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `DeleteUserAttributes`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteUserAttributesRequest {
    access_token: String,
    user_attribute_names: Vec<String>,
}

/// Request of `AdminDeleteUserAttributes`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminDeleteUserAttributesRequest {
    user_pool_id: String,
    username: String,
    user_attribute_names: Vec<String>,
}

/// Request of `GetUserAttributeVerificationCode`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetUserAttributeVerificationCodeRequest {
    access_token: String,
    attribute_name: String,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `VerifyUserAttribute`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VerifyUserAttributeRequest {
    access_token: String,
    attribute_name: String,
    code: String,
}

pub(crate) async fn update(
    tokens: &TokenCheck,
    pools: &PoolRegistry,
    users: &UserAttributes,
    request: UpdateUserAttributesRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    let attributes = request.user_attributes.unwrap_or_default();
    {
        let state = pools.lock();
        let client = state.pool(&bearer.pool)?.client(&bearer.client)?;
        schema::check_writable(client, &attributes)?;
    }
    let metadata = request.client_metadata.as_ref();
    let deliveries = users.store(&bearer.context(), attributes, metadata).await?;
    Ok(json!({"CodeDeliveryDetailsList": deliveries}))
}

pub(crate) async fn admin_update(
    directory: &UserDirectory,
    users: &UserAttributes,
    request: AdminUpdateUserAttributesRequest,
) -> Result<Value, ApiError> {
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    let attributes = request.user_attributes.unwrap_or_default();
    users.store(&key.context(), attributes, request.client_metadata.as_ref()).await?;
    Ok(json!({}))
}

pub(crate) fn delete(
    tokens: &TokenCheck,
    pools: &PoolRegistry,
    clock: &Clock,
    request: DeleteUserAttributesRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    let names = request.user_attribute_names;
    let mut state = pools.lock();
    let pool = state.pool_mut(&bearer.pool)?;
    let named: Texts = names.iter().map(|name| (name.clone(), String::new())).collect();
    schema::check_writable(pool.client(&bearer.client)?, &named)?;
    schema::check_deletable(&pool.config, &names)?;
    let user = pool.user_mut(&bearer.user)?;
    user.delete_attributes(&names);
    user.modified = clock.now();
    Ok(json!({}))
}

pub(crate) fn admin_delete(
    directory: &UserDirectory,
    pools: &PoolRegistry,
    request: AdminDeleteUserAttributesRequest,
) -> Result<Value, ApiError> {
    let names = request.user_attribute_names;
    let key = directory.locate(&request.user_pool_id, &request.username)?;
    schema::check_deletable(&pools.lock().pool(&key.pool)?.config, &names)?;
    directory.change(&key, |user| {
        user.delete_attributes(&names);
        Ok(())
    })?;
    Ok(json!({}))
}

pub(crate) async fn send_code(
    tokens: &TokenCheck,
    users: &UserAttributes,
    request: GetUserAttributeVerificationCodeRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    let (attribute, metadata) = (&request.attribute_name, request.client_metadata.as_ref());
    let delivery = users.send_code(&bearer.context(), attribute, metadata).await?;
    Ok(json!({"CodeDeliveryDetails": delivery}))
}

pub(crate) fn verify(
    tokens: &TokenCheck,
    users: &UserAttributes,
    request: VerifyUserAttributeRequest,
) -> Result<Value, ApiError> {
    let bearer = tokens.authorize(&request.access_token)?;
    users.verify(&bearer.context(), &request.attribute_name, &request.code)
}
