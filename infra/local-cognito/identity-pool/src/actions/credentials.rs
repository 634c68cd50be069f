//! Exchange of logins for temporary credentials, or for a token of the basic flow.

use serde_json::{Value, json};

use super::request::Request;
use crate::credential_issuer::CredentialIssuer;
use crate::directory::IdentityDirectory;
use crate::limits;
use crate::pool::Pool;
use crate::resolver::IdentityResolver;
use crate::role_chooser::RoleChooser;
use crate::token_issuer::TokenIssuer;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::credentials::Session;
use local_cognito_aws_emulation::input::{Input, Texts};

/// Life of a token for the basic flow, in seconds.
const BASIC_LIFE: u64 = 10 * 60;

/// Input of `GetCredentialsForIdentity`.
pub(super) struct GetCredentialsForIdentityRequest {
    identity_id: String,
    logins: Texts,
    custom_role: Option<String>,
}

/// Input of `GetOpenIdToken`.
pub(super) struct GetOpenIdTokenRequest {
    identity_id: String,
    logins: Texts,
}

impl Request for GetCredentialsForIdentityRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self {
            custom_role: input.text("CustomRoleArn")?.map(str::to_owned),
            identity_id: limits::identity_id(input)?,
            logins: limits::logins(input)?,
        })
    }
}

impl Request for GetOpenIdTokenRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { identity_id: limits::identity_id(input)?, logins: limits::logins(input)? })
    }
}

/// Issues credentials: the enhanced flow.
pub(super) async fn issue(
    directory: &IdentityDirectory,
    resolver: &IdentityResolver,
    roles: &RoleChooser,
    credentials: &CredentialIssuer,
    request: GetCredentialsForIdentityRequest,
) -> Result<Value, ApiError> {
    let resolved = resolver.resolve(&request.identity_id, &request.logins).await?;
    let holder = {
        let pools = directory.pools();
        let pool = pools.pool(&resolved.pool)?;
        roles.choose(pool, resolved, request.custom_role.as_deref())?
    };
    let Session { access_key_id, secret_key, session_token, expires, holder } =
        credentials.issue(holder)?;
    Ok(json!({
        "IdentityId": holder.identity,
        "Credentials": {
            "AccessKeyId": access_key_id,
            "SecretKey": secret_key,
            "SessionToken": session_token,
            "Expiration": expires,
        },
    }))
}

/// Issues a token: the first half of the basic flow.
pub(super) async fn issue_token(
    directory: &IdentityDirectory,
    resolver: &IdentityResolver,
    tokens: &TokenIssuer,
    request: GetOpenIdTokenRequest,
) -> Result<Value, ApiError> {
    let resolved = resolver.resolve(&request.identity_id, &request.logins).await?;
    let claims = {
        let pools = directory.pools();
        let pool = pools.pool(&resolved.pool)?;
        check_basic_flow(pool)?;
        resolved.into_claims(pool)
    };
    let token = tokens.sign(&claims, BASIC_LIFE).await?;
    Ok(json!({"IdentityId": claims.identity, "Token": token}))
}

fn check_basic_flow(pool: &Pool) -> Result<(), ApiError> {
    if !pool.settings.has_basic_flow() {
        return Err(ApiError::invalid(
            "Basic (classic) flow is not enabled, please use enhanced flow.",
        ));
    }
    if !pool.role_mappings.is_empty() {
        return Err(ApiError::invalid(
            "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.",
        ));
    }
    Ok(())
}
