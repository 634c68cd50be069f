//! Developer users, for the developer's own back end: tokens and look-ups, merging and unlinking.

use serde_json::{Value, json};

use super::request::Request;
use crate::developer_identities::DeveloperIdentities;
use crate::limits;
use crate::tag::parse_tags;
use crate::token_issuer::TokenIssuer;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, Texts};
use local_cognito_aws_emulation::listing::PageRequest;

/// Life of a developer's token in seconds, unless the request says otherwise.
const USUAL_LIFE: u64 = 15 * 60;
const LONGEST_LIFE: u64 = 24 * 60 * 60;

/// Input of `GetOpenIdTokenForDeveloperIdentity`.
pub(super) struct GetOpenIdTokenForDeveloperIdentityRequest {
    pool_id: String,
    identity_id: Option<String>,
    /// Life of the token in seconds.
    life: u64,
    tags: Texts,
    logins: Texts,
}

/// Input of `LookupDeveloperIdentity`.
pub(super) struct LookupDeveloperIdentityRequest {
    pool_id: String,
    identity_id: Option<String>,
    user: Option<String>,
    page: PageRequest,
}

/// Input of `MergeDeveloperIdentities`.
pub(super) struct MergeDeveloperIdentitiesRequest {
    pool_id: String,
    provider: String,
    source: String,
    destination: String,
}

/// Input of `UnlinkDeveloperIdentity`.
pub(super) struct UnlinkDeveloperIdentityRequest {
    pool_id: String,
    identity_id: String,
    provider: String,
    user: String,
}

impl Request for GetOpenIdTokenForDeveloperIdentityRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self {
            pool_id: limits::pool_id(input)?,
            identity_id: limits::optional_identity_id(input)?,
            life: input.number("TokenDuration", 1, LONGEST_LIFE)?.unwrap_or(USUAL_LIFE),
            tags: parse_tags(input)?,
            logins: limits::logins(input)?,
        })
    }
}

impl Request for LookupDeveloperIdentityRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self {
            pool_id: limits::pool_id(input)?,
            identity_id: limits::optional_identity_id(input)?,
            user: input.text("DeveloperUserIdentifier")?.map(str::to_owned),
            page: limits::optional_page(input)?,
        })
    }
}

impl Request for MergeDeveloperIdentitiesRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self {
            source: input.required("SourceUserIdentifier")?.to_owned(),
            destination: input.required("DestinationUserIdentifier")?.to_owned(),
            pool_id: limits::pool_id(input)?,
            provider: input.required("DeveloperProviderName")?.to_owned(),
        })
    }
}

impl Request for UnlinkDeveloperIdentityRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self {
            identity_id: limits::identity_id(input)?,
            user: input.required("DeveloperUserIdentifier")?.to_owned(),
            pool_id: limits::pool_id(input)?,
            provider: input.required("DeveloperProviderName")?.to_owned(),
        })
    }
}

/// Issues a token for a developer user.
pub(super) async fn issue_token(
    developers: &DeveloperIdentities,
    tokens: &TokenIssuer,
    request: GetOpenIdTokenForDeveloperIdentityRequest,
) -> Result<Value, ApiError> {
    let identity = request.identity_id.as_deref();
    let claims =
        developers.identify(&request.pool_id, identity, request.logins, request.tags).await?;
    let token = tokens.sign(&claims, request.life).await?;
    Ok(json!({"IdentityId": claims.identity, "Token": token}))
}

pub(super) fn look_up(
    developers: &DeveloperIdentities,
    request: LookupDeveloperIdentityRequest,
) -> Result<Value, ApiError> {
    let identity = request.identity_id.as_deref();
    let (id, users) = developers.look_up(&request.pool_id, identity, request.user.as_deref())?;
    let users = users.into_iter().map(Value::from).collect();
    let mut answer = request.page.cut("DeveloperUserIdentifierList", users);
    answer.insert("IdentityId".to_owned(), json!(id));
    Ok(Value::Object(answer))
}

/// Merges two developer users; the destination's identity stays.
pub(super) fn merge(
    developers: &DeveloperIdentities,
    request: MergeDeveloperIdentitiesRequest,
) -> Result<Value, ApiError> {
    let MergeDeveloperIdentitiesRequest { pool_id, provider, source, destination } = request;
    let id = developers.merge(&pool_id, &provider, &source, &destination)?;
    Ok(json!({"IdentityId": id}))
}

pub(super) fn unlink(
    developers: &DeveloperIdentities,
    request: UnlinkDeveloperIdentityRequest,
) -> Result<Value, ApiError> {
    let UnlinkDeveloperIdentityRequest { pool_id, identity_id, provider, user } = request;
    developers.unlink(&pool_id, &provider, &identity_id, &user)?;
    Ok(json!({}))
}
