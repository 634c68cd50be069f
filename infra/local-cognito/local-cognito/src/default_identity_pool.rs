//! The identity pool of a new host: the template's, and beside it what only a laptop has.

use anyhow::{Context, anyhow};
use serde_json::{Value, json};

use crate::default_pool::{LINK_CLIENT, PASSWORDLESS_CLIENT, identity_pool_id, user_pool_provider};
use local_cognito_aws_emulation::{ApiError, Caller};
use local_cognito_identity_pool::{IdentityPools, SOCIAL_PROVIDER};
use local_cognito_sam_template::Template;

/// Clients of the user pool that the template does not deploy.
const FURTHER_CLIENTS: [&str; 2] = [LINK_CLIENT, PASSWORDLESS_CLIENT];

/// Creates the pool that the template describes, which takes tokens of every client of the
/// default user pool and of the stand-in social provider as well.
pub(crate) async fn create(
    pools: &IdentityPools,
    template: &Template,
    region: &str,
) -> anyhow::Result<()> {
    let mut pool = template.identity_pool.clone();
    let name = user_pool_provider(region);
    for client in FURTHER_CLIENTS {
        let provider =
            json!({"ProviderName": name, "ClientId": client, "ServerSideTokenCheck": true});
        add(&mut pool, "CognitoIdentityProviders", provider)?;
    }
    let social = format!("arn:aws:iam::000000000000:oidc-provider/{SOCIAL_PROVIDER}");
    add(&mut pool, "OpenIdConnectProviderARNs", social.into())?;
    let complain = |error: ApiError| anyhow!("The default identity pool: {error}");
    pools.create_pool_with_id(&identity_pool_id(region), pool).map_err(complain)?;
    let roles = template.identity_pool_roles.clone();
    pools.call(Caller::Signed, "SetIdentityPoolRoles", roles).await.map_err(complain)?;
    Ok(())
}

/// Adds to a list of the template, which may lack it.
fn add(pool: &mut Value, list: &str, item: Value) -> anyhow::Result<()> {
    let complaint = || format!("{list} of the identity pool is not a list");
    pool.as_object_mut()
        .with_context(complaint)?
        .entry(list)
        .or_insert_with(|| json!([]))
        .as_array_mut()
        .with_context(complaint)?
        .push(item);
    Ok(())
}
