//! Identities by logins: a client asks for its identity, or removes logins from it.

use serde_json::{Value, json};

use super::request::Request;
use crate::directory::{DONT_MATCH, IdentityDirectory};
use crate::limits;
use crate::resolver::{IdentityProof, IdentityResolver};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, Texts, constraint};

/// Input of `GetId`.
pub(super) struct GetIdRequest {
    pool_id: String,
    logins: Texts,
}

/// Input of `UnlinkIdentity`.
pub(super) struct UnlinkIdentityRequest {
    identity_id: String,
    logins: Texts,
    /// Providers of the logins to remove.
    removed: Vec<String>,
}

impl Request for GetIdRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        let pool_id = limits::pool_id(input)?;
        let account = input.text("AccountId")?.unwrap_or("0");
        limits::check_length("AccountId", account, 1, 15)?;
        limits::check_characters("AccountId", account, r"\d+", |digit| digit.is_ascii_digit())?;
        Ok(Self { pool_id, logins: limits::logins(input)? })
    }
}

impl Request for UnlinkIdentityRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        let removed = input
            .list("LoginsToRemove")?
            .ok_or_else(|| constraint("null", "LoginsToRemove", "Member must not be null"))?;
        let (identity_id, logins) = (limits::identity_id(input)?, limits::logins(input)?);
        Ok(Self { identity_id, logins, removed })
    }
}

pub(super) async fn get_id(
    resolver: &IdentityResolver,
    request: GetIdRequest,
) -> Result<Value, ApiError> {
    let id = resolver.identify(&request.pool_id, &request.logins).await?;
    Ok(json!({"IdentityId": id}))
}

/// Removes logins of an identity that the caller proves to hold.
pub(super) async fn unlink(
    directory: &IdentityDirectory,
    resolver: &IdentityResolver,
    request: UnlinkIdentityRequest,
) -> Result<Value, ApiError> {
    let resolved = resolver.resolve(&request.identity_id, &request.logins).await?;
    match resolved.proof {
        IdentityProof::Guest => return Err(ApiError::refused(DONT_MATCH)),
        IdentityProof::Public(_) | IdentityProof::Own(_) => {}
    }
    let now = directory.now();
    let mut pools = directory.pools();
    let pool = pools.pool_mut(&resolved.pool)?;
    let developer = pool.settings.developer_provider();
    if request.removed.iter().any(|name| Some(name.as_str()) == developer) {
        return Err(ApiError::invalid("Please provide a valid public provider."));
    }
    let identity = pool.identity_mut(&resolved.id)?;
    identity.logins.retain(|login| !request.removed.contains(&login.provider));
    identity.modified = now;
    Ok(json!({}))
}
