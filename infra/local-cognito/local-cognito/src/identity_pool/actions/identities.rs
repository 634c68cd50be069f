//! Identities as an administrator sees them.

use serde_json::{Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, constraint};
use crate::aws_api::listing::page;
use crate::identity_pool::state::{Identity, Standing};
use crate::identity_pool::{Host, rule};

const MOST_DELETED: usize = 60;

impl Host {
    pub(super) fn describe_identity(&self, input: &Input) -> Result<Value, ApiError> {
        let id = rule::identity_id(input)?;
        let state = self.state();
        Ok(show(state.pool_of(id)?.identity(id)?))
    }

    pub(super) fn list_identities(&self, input: &Input) -> Result<Value, ApiError> {
        let most = rule::most(input)?;
        let hide_disabled = input.flag("HideDisabled")?;
        let state = self.state();
        let pool = state.pool(rule::pool_id(input)?)?;
        let identities = pool
            .identities
            .values()
            .filter(|identity| !(hide_disabled && identity.standing == Standing::Disabled))
            .map(show)
            .collect();
        let mut answer = page("Identities", identities, Some(most), "NextToken", input)?;
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("IdentityPoolId".to_owned(), json!(pool.id));
        }
        Ok(answer)
    }

    pub(super) fn delete_identities(&self, input: &Input) -> Result<Value, ApiError> {
        let name = "IdentityIdsToDelete";
        let ids =
            input.list(name)?.ok_or_else(|| constraint("null", name, "Member must not be null"))?;
        if ids.is_empty() || ids.len() > MOST_DELETED {
            return Err(ApiError::invalid(
                "1 validation error detected: Value at 'identityIdsToDelete' failed to satisfy \
                 constraint: Member must have length between 1 and 60",
            ));
        }
        for id in &ids {
            rule::check_id(name, id)?;
        }
        let mut state = self.state();
        let mut unprocessed = Vec::new();
        for id in &ids {
            let deleted =
                state.pool_of_mut(id).ok().and_then(|pool| pool.identities.remove(id)).is_some();
            if !deleted && self.settings.uncertain.unknown_identities_unprocessed {
                unprocessed.push(json!({"IdentityId": id, "ErrorCode": "AccessDenied"}));
            }
        }
        Ok(json!({"UnprocessedIdentityIds": unprocessed}))
    }
}

/// An identity with the names of its providers; who somebody is there stays unsaid.
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
