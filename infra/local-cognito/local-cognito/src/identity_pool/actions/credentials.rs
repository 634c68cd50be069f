//! What a client exchanges its logins for: a token for the basic flow, or credentials.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::identity::Found;
use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::credentials::Holder;
use crate::iam::{Context, Decision};
use crate::identity_pool::Host;
use crate::identity_pool::amr::{Kind, methods};
use crate::identity_pool::login::Proof;
use crate::identity_pool::role::{Choice, choose};
use crate::identity_pool::state::{Login, Pool};
use crate::identity_pool::token::{PROVIDER, Statement};

/// How long a token for the basic flow lives, in seconds.
const BASIC_LIFE: u64 = 10 * 60;

impl Host {
    /// `GetCredentialsForIdentity`, the enhanced flow.
    pub(super) async fn get_credentials(&self, input: &Input) -> Result<Value, ApiError> {
        let custom = input.text("CustomRoleArn")?;
        let (pool_id, found) = self.find_identity(input).await?;
        let holder = {
            let state = self.state();
            let pool = state.pool(&pool_id)?;
            let role = role(pool, &found, custom)?;
            let Statement { pool, identity, amr, tags } = statement(pool, found);
            Holder { role, identity_pool: pool, identity, amr, tags }
        };
        if !self.is_trusted(&holder) {
            return Err(no_role());
        }
        let identity = holder.identity.clone();
        Ok(json!({"IdentityId": identity, "Credentials": self.hand_out(holder)?}))
    }

    /// `GetOpenIdToken`, the first half of the basic flow.
    pub(super) async fn get_token(&self, input: &Input) -> Result<Value, ApiError> {
        let (pool_id, found) = self.find_identity(input).await?;
        let statement = {
            let state = self.state();
            let pool = state.pool(&pool_id)?;
            if !pool.has_basic_flow() {
                return Err(ApiError::invalid(
                    "Basic (classic) flow is not enabled, please use enhanced flow.",
                ));
            }
            if !pool.role_mappings.is_empty() {
                return Err(ApiError::invalid(
                    "Basic (classic) flow is not supported with RoleMappings, please use enhanced \
                     flow.",
                ));
            }
            statement(pool, found)
        };
        let token = self.token(&statement, BASIC_LIFE).await?;
        Ok(json!({"IdentityId": statement.identity, "Token": token}))
    }

    /// Whether the role may be taken by this holder, tags included.
    fn is_trusted(&self, holder: &Holder) -> bool {
        let Some(role) = self.roles.find(&holder.role) else {
            return false;
        };
        // Tags are what is asked for here, not yet what the caller has.
        let context = Context::of(&Holder { tags: BTreeMap::new(), ..holder.clone() });
        let allows = |action| role.trust.decide(PROVIDER, action, &context) == Decision::Allowed;
        allows("sts:AssumeRoleWithWebIdentity")
            && (holder.tags.is_empty() || allows("sts:TagSession"))
    }
}

fn role(pool: &Pool, found: &Found, custom: Option<&str>) -> Result<String, ApiError> {
    let (kind, mapped) = match found {
        Found::Guest(_) => ("unauthenticated", None),
        Found::Public(_, proofs) => ("authenticated", Proof::mapped(proofs, &pool.role_mappings)),
        Found::Own(_) => ("authenticated", None),
    };
    match choose(&pool.roles, mapped, kind, custom) {
        Choice::Role(role) => Ok(role.to_owned()),
        Choice::NoRole => Err(no_role()),
        Choice::Denied => Err(ApiError::refused("Access to the role is denied.")),
    }
}

/// What there is to say about whoever was found.
fn statement(pool: &Pool, found: Found) -> Statement {
    let (identity, proofs) = match found {
        Found::Own(statement) => return statement,
        Found::Guest(id) => (id, Vec::new()),
        Found::Public(id, proofs) => (id, proofs),
    };
    let proved: Vec<(Kind, &Login)> =
        proofs.iter().map(|proof| (proof.kind, &proof.login)).collect();
    let tags = proofs
        .iter()
        .filter_map(|proof| Some(pool.tag_maps.get(&proof.login.provider)?.apply(&proof.claims)))
        .flatten()
        .collect();
    Statement { pool: pool.id.clone(), identity, amr: methods(&pool.id, &proved), tags }
}

fn no_role() -> ApiError {
    ApiError::new(
        "InvalidIdentityPoolConfigurationException",
        "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
    )
}
