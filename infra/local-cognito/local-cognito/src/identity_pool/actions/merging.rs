//! Two developer users become one person.

use serde_json::{Value, json};

use super::developer::{check_provider, no_such_user, user_of};
use super::identity::merge;
use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::identity_pool::linking::check_merge;
use crate::identity_pool::{Host, rule};

impl Host {
    /// `MergeDeveloperIdentities`: the destination's identity stays.
    pub(super) fn merge_developers(&self, input: &Input) -> Result<Value, ApiError> {
        let source = input.required("SourceUserIdentifier")?;
        let destination = input.required("DestinationUserIdentifier")?;
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(rule::pool_id(input)?)?;
        let provider = check_provider(pool, input)?;
        let source = pool.owner(&user_of(provider, source)?).ok_or_else(no_such_user)?;
        let destination = pool.owner(&user_of(provider, destination)?).ok_or_else(no_such_user)?;
        let (from, to) = (source.id.clone(), destination.id.clone());
        if from != to {
            check_merge(pool, source, destination)
                .map_err(|refusal| self.complain(refusal, None))?;
            merge(pool, &from, &to, now)?;
        }
        Ok(json!({"IdentityId": to}))
    }
}
