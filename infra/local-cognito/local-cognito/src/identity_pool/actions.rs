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
use crate::aws_api::operations::{self, Access};
use crate::aws_api::{ApiError, Caller};

/// Name of the service in signatures and in the API model.
const SERVICE: &str = "cognito-identity";

/// Actions that are served; the API model says which of them need a signature.
pub(crate) const SERVED: [&str; 20] = [
    "CreateIdentityPool",
    "DeleteIdentities",
    "DeleteIdentityPool",
    "DescribeIdentity",
    "DescribeIdentityPool",
    "GetCredentialsForIdentity",
    "GetId",
    "GetIdentityPoolRoles",
    "GetOpenIdToken",
    "GetOpenIdTokenForDeveloperIdentity",
    "GetPrincipalTagAttributeMap",
    "ListIdentities",
    "ListIdentityPools",
    "LookupDeveloperIdentity",
    "MergeDeveloperIdentities",
    "SetIdentityPoolRoles",
    "SetPrincipalTagAttributeMap",
    "UnlinkDeveloperIdentity",
    "UnlinkIdentity",
    "UpdateIdentityPool",
];

impl Host {
    /// Answers an action: an unserved one alike to every caller, then the signature.
    pub(super) async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        match operations::find(SERVICE, action).map(|operation| operation.access) {
            Some(Access::Public) if SERVED.contains(&action) => {}
            Some(Access::Signed) if SERVED.contains(&action) => caller.demand_signature()?,
            _ => return Err(operations::not_served(SERVICE, action)),
        }
        let input = Input::of(input)?;
        match action {
            "CreateIdentityPool" => self.create_pool(&input),
            "DeleteIdentities" => self.delete_identities(&input),
            "DeleteIdentityPool" => self.delete_pool(&input),
            "DescribeIdentity" => self.describe_identity(&input),
            "DescribeIdentityPool" => self.describe_pool(&input),
            "GetCredentialsForIdentity" => self.get_credentials(&input).await,
            "GetId" => self.get_id(&input).await,
            "GetIdentityPoolRoles" => self.get_roles(&input),
            "GetOpenIdToken" => self.get_token(&input).await,
            "GetOpenIdTokenForDeveloperIdentity" => self.get_developer_token(&input).await,
            "GetPrincipalTagAttributeMap" => self.get_tag_map(&input),
            "ListIdentities" => self.list_identities(&input),
            "ListIdentityPools" => self.list_pools(&input),
            "LookupDeveloperIdentity" => self.look_up(&input),
            "MergeDeveloperIdentities" => self.merge_developers(&input),
            "SetIdentityPoolRoles" => self.set_roles(&input),
            "SetPrincipalTagAttributeMap" => self.set_tag_map(&input),
            "UnlinkDeveloperIdentity" => self.unlink_developer(&input),
            "UnlinkIdentity" => self.unlink_identity(&input).await,
            "UpdateIdentityPool" => self.update_pool(&input),
            other => Err(operations::not_served(SERVICE, other)),
        }
    }
}
