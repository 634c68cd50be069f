//! The API's actions, by the noun they are about.

mod credentials;
mod developer;
mod identities;
mod identity;
mod merging;
mod pools;
mod roles;
mod tags;
mod unlinking;

use serde_json::Value;

use super::Host;
use crate::aws_api::input::Input;
use crate::aws_api::{ApiError, Caller};

impl Host {
    pub(super) async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let input = Input::of(input)?;
        // What a client may call without a signature.
        match action {
            "GetCredentialsForIdentity" => return self.get_credentials(&input).await,
            "GetId" => return self.get_id(&input).await,
            "GetOpenIdToken" => return self.get_token(&input).await,
            "UnlinkIdentity" => return self.unlink_identity(&input).await,
            _ => caller.demand_signature()?,
        }
        match action {
            "CreateIdentityPool" => self.create_pool(&input),
            "DeleteIdentities" => self.delete_identities(&input),
            "DeleteIdentityPool" => self.delete_pool(&input),
            "DescribeIdentity" => self.describe_identity(&input),
            "DescribeIdentityPool" => self.describe_pool(&input),
            "GetIdentityPoolRoles" => self.get_roles(&input),
            "GetOpenIdTokenForDeveloperIdentity" => self.get_developer_token(&input).await,
            "GetPrincipalTagAttributeMap" => self.get_tag_map(&input),
            "ListIdentities" => self.list_identities(&input),
            "ListIdentityPools" => self.list_pools(&input),
            "LookupDeveloperIdentity" => self.look_up(&input),
            "MergeDeveloperIdentities" => self.merge_developers(&input),
            "SetIdentityPoolRoles" => self.set_roles(&input),
            "SetPrincipalTagAttributeMap" => self.set_tag_map(&input),
            "UnlinkDeveloperIdentity" => self.unlink_developer(&input),
            "UpdateIdentityPool" => self.update_pool(&input),
            other => Err(ApiError::unknown_operation(other)),
        }
    }
}
