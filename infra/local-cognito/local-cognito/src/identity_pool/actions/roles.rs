//! The roles of a pool.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, constraint};
use crate::identity_pool::role::{MappingFault, RoleMapping};
use crate::identity_pool::{Host, rule};

const MOST_MAPPINGS: usize = 10;

impl Host {
    /// `SetIdentityPoolRoles`: what the input leaves out is gone.
    pub(super) fn set_roles(&self, input: &Input) -> Result<Value, ApiError> {
        let roles = input
            .texts("Roles")?
            .ok_or_else(|| constraint("null", "Roles", "Member must not be null"))?;
        if let Some(kind) = roles.keys().find(|kind| !is_kind(kind)) {
            return Err(constraint(
                &format!("'{kind}'"),
                "Roles",
                "Map keys must satisfy constraint: [(un)?authenticated]",
            ));
        }
        let mappings = read_mappings(input)?;
        let mut state = self.state();
        let pool = state.pool_mut(rule::pool_id(input)?)?;
        pool.roles = roles;
        pool.role_mappings = mappings;
        Ok(json!({}))
    }

    pub(super) fn get_roles(&self, input: &Input) -> Result<Value, ApiError> {
        let state = self.state();
        let pool = state.pool(rule::pool_id(input)?)?;
        Ok(json!({
            "IdentityPoolId": pool.id,
            "Roles": pool.roles,
            "RoleMappings": pool.role_mappings,
        }))
    }
}

fn is_kind(kind: &str) -> bool {
    kind == "authenticated" || kind == "unauthenticated"
}

fn read_mappings(input: &Input) -> Result<BTreeMap<String, RoleMapping>, ApiError> {
    let Some(mappings) = input.value("RoleMappings") else {
        return Ok(BTreeMap::new());
    };
    let mappings: BTreeMap<String, RoleMapping> = serde_json::from_value(mappings.clone())
        .map_err(|_| ApiError::invalid("RoleMappings has members that are not known."))?;
    if mappings.len() > MOST_MAPPINGS {
        return Err(ApiError::invalid("There are more than 10 role mappings."));
    }
    for (provider, mapping) in &mappings {
        mapping.check().map_err(|fault| complain(provider, fault))?;
    }
    Ok(mappings)
}

fn complain(provider: &str, fault: MappingFault) -> ApiError {
    let what = match fault {
        MappingFault::NoResolution => "AmbiguousRoleResolution is required",
        MappingFault::RulesMissing => "a mapping by rules has at least one of them",
        MappingFault::TooManyRules => "a mapping has at most 25 rules",
        MappingFault::RuleTooLong => "a claim has 1 to 64 characters, the value of a rule 1 to 128",
    };
    ApiError::invalid(format!("Role mapping of {provider}: {what}."))
}
