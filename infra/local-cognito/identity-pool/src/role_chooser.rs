//! Choice of the role for credentials, and the check that the role trusts its holder.

use std::collections::BTreeMap;

use super::login::VerifiedLogin;
use super::pool::Pool;
use super::resolver::{IdentityProof, ResolvedIdentity};
use super::role::{MappedClaims, RoleChoice, RoleMapping, choose};
use super::token_issuer::OWN_PROVIDER;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::credentials::Holder;
use local_cognito_iam::{Context, Decision, Roles};

/// Chooses among the roles that exist.
pub(crate) struct RoleChooser {
    pub(crate) roles: Roles,
}

impl RoleChooser {
    /// Returns the holder of new credentials: the identity in the role that the pool chooses,
    /// which has to trust it. `custom` is the role that the caller asks for.
    pub(crate) fn choose(
        &self,
        pool: &Pool,
        resolved: ResolvedIdentity,
        custom: Option<&str>,
    ) -> Result<Holder, ApiError> {
        let (kind, mapped) = match &resolved.proof {
            IdentityProof::Guest => ("unauthenticated", None),
            IdentityProof::Public(verified) => {
                ("authenticated", mapped(verified, &pool.role_mappings))
            }
            IdentityProof::Own(_) => ("authenticated", None),
        };
        let role = match choose(&pool.roles, mapped, kind, custom) {
            RoleChoice::Role(role) => role.to_owned(),
            RoleChoice::NoRole => return Err(no_role()),
            RoleChoice::Denied => return Err(ApiError::refused("Access to the role is denied.")),
        };
        let claims = resolved.into_claims(pool);
        let holder = Holder {
            role,
            identity_pool: claims.pool,
            identity: claims.identity,
            amr: claims.amr,
            tags: claims.tags,
        };
        if self.is_trusted(&holder) { Ok(holder) } else { Err(no_role()) }
    }

    /// True if the trust policy of the role allows this holder, tags included.
    fn is_trusted(&self, holder: &Holder) -> bool {
        let Some(role) = self.roles.find(&holder.role) else {
            return false;
        };
        // The request asks for tags here; the caller does not have them yet.
        let context = Context::from_holder(&Holder { tags: BTreeMap::new(), ..holder.clone() });
        let allows =
            |action| role.trust.decide(OWN_PROVIDER, action, &context) == Decision::Allowed;
        allows("sts:AssumeRoleWithWebIdentity")
            && (holder.tags.is_empty() || allows("sts:TagSession"))
    }
}

/// Returns the role mapping of the first login that has one, with the claims it applies to.
fn mapped<'a>(
    verified: &'a [VerifiedLogin],
    mappings: &'a BTreeMap<String, RoleMapping>,
) -> Option<MappedClaims<'a>> {
    verified.iter().find_map(|one| {
        let mapping = mappings.get(&one.mapping_name())?;
        Some(MappedClaims { mapping, claims: &one.claims })
    })
}

fn no_role() -> ApiError {
    ApiError::new(
        "InvalidIdentityPoolConfigurationException",
        "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
    )
}
