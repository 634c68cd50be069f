//! Identities as an administrator sees them.

use serde_json::{Value, json};

use super::request::Request;
use crate::directory::IdentityDirectory;
use crate::identity::{Identity, IdentityStatus};
use crate::limits;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, constraint};
use local_cognito_aws_emulation::listing::PageRequest;

const MOST_DELETED: usize = 60;

/// Input of `DescribeIdentity`.
pub(super) struct DescribeIdentityRequest {
    identity_id: String,
}

/// Input of `ListIdentities`.
pub(super) struct ListIdentitiesRequest {
    pool_id: String,
    page: PageRequest,
    hide_disabled: bool,
}

/// Input of `DeleteIdentities`.
pub(super) struct DeleteIdentitiesRequest {
    identity_ids: Vec<String>,
}

impl Request for DescribeIdentityRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { identity_id: limits::identity_id(input)? })
    }
}

impl Request for ListIdentitiesRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self {
            page: limits::required_page(input)?,
            hide_disabled: input.flag("HideDisabled")?,
            pool_id: limits::pool_id(input)?,
        })
    }
}

impl Request for DeleteIdentitiesRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        let name = "IdentityIdsToDelete";
        let identity_ids =
            input.list(name)?.ok_or_else(|| constraint("null", name, "Member must not be null"))?;
        if identity_ids.is_empty() || identity_ids.len() > MOST_DELETED {
            return Err(ApiError::invalid(
                "1 validation error detected: Value at 'identityIdsToDelete' failed to satisfy \
                 constraint: Member must have length between 1 and 60",
            ));
        }
        identity_ids.iter().try_for_each(|id| limits::check_id(name, id))?;
        Ok(Self { identity_ids })
    }
}

pub(super) fn describe(
    directory: &IdentityDirectory,
    request: DescribeIdentityRequest,
) -> Result<Value, ApiError> {
    let id = &request.identity_id;
    directory.pools().pool_of(id)?.identity(id).map(show)
}

pub(super) fn list(
    directory: &IdentityDirectory,
    request: ListIdentitiesRequest,
) -> Result<Value, ApiError> {
    let pools = directory.pools();
    let pool = pools.pool(&request.pool_id)?;
    let is_hidden =
        |identity: &Identity| request.hide_disabled && identity.status == IdentityStatus::Disabled;
    let shown = pool.identities.all().filter(|identity| !is_hidden(identity)).map(show);
    let mut answer = request.page.cut("Identities", shown.collect());
    answer.insert("IdentityPoolId".to_owned(), json!(pool.id));
    Ok(Value::Object(answer))
}

/// Deletes identities; `lists_unknown` says whether unknown ones are listed as unprocessed.
pub(super) fn delete(
    directory: &IdentityDirectory,
    lists_unknown: bool,
    request: DeleteIdentitiesRequest,
) -> Result<Value, ApiError> {
    let mut pools = directory.pools();
    let mut unprocessed = Vec::new();
    for id in &request.identity_ids {
        let is_deleted = pools.pool_of_mut(id).is_ok_and(|pool| pool.identities.remove(id));
        if !is_deleted && lists_unknown {
            unprocessed.push(json!({"IdentityId": id, "ErrorCode": "AccessDenied"}));
        }
    }
    Ok(json!({"UnprocessedIdentityIds": unprocessed}))
}

/// Shows an identity with the names of its providers, and without the users there.
fn show(identity: &Identity) -> Value {
    let mut providers: Vec<&str> =
        identity.logins.iter().map(|login| login.provider.as_str()).collect();
    providers.dedup();
    json!({
        "IdentityId": identity.id,
        "Logins": providers,
        "CreationDate": identity.created,
        "LastModifiedDate": identity.modified,
    })
}
