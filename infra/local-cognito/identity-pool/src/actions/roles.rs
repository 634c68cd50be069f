//! Roles and role mappings of a pool.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::request::Request;
use crate::directory::IdentityDirectory;
use crate::limits;
use crate::role::{MappingError, RoleMapping};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, Texts, constraint};

const MOST_MAPPINGS: usize = 10;

/// Input of `SetIdentityPoolRoles`.
pub(super) struct SetIdentityPoolRolesRequest {
    pool_id: String,
    roles: Texts,
    mappings: BTreeMap<String, RoleMapping>,
}

/// Input of `GetIdentityPoolRoles`.
pub(super) struct GetIdentityPoolRolesRequest {
    pool_id: String,
}

impl Request for SetIdentityPoolRolesRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
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
        let mappings = parse_mappings(input)?;
        Ok(Self { pool_id: limits::pool_id(input)?, roles, mappings })
    }
}

impl Request for GetIdentityPoolRolesRequest {
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self { pool_id: limits::pool_id(input)? })
    }
}

/// Replaces roles and mappings: those that the input leaves out are gone.
pub(super) fn set(
    directory: &IdentityDirectory,
    request: SetIdentityPoolRolesRequest,
) -> Result<Value, ApiError> {
    let mut pools = directory.pools();
    let pool = pools.pool_mut(&request.pool_id)?;
    pool.roles = request.roles;
    pool.role_mappings = request.mappings;
    Ok(json!({}))
}

pub(super) fn get(
    directory: &IdentityDirectory,
    request: GetIdentityPoolRolesRequest,
) -> Result<Value, ApiError> {
    let pools = directory.pools();
    let pool = pools.pool(&request.pool_id)?;
    Ok(json!({
        "IdentityPoolId": pool.id,
        "Roles": pool.roles,
        "RoleMappings": pool.role_mappings,
    }))
}

fn is_kind(kind: &str) -> bool {
    kind == "authenticated" || kind == "unauthenticated"
}

fn parse_mappings(input: &Input) -> Result<BTreeMap<String, RoleMapping>, ApiError> {
    let Some(mappings) = input.value("RoleMappings") else {
        return Ok(BTreeMap::new());
    };
    let mappings: BTreeMap<String, RoleMapping> = serde_json::from_value(mappings.clone())
        .map_err(|_| ApiError::invalid("RoleMappings has members that are not known."))?;
    if mappings.len() > MOST_MAPPINGS {
        return Err(ApiError::invalid("There are more than 10 role mappings."));
    }
    for (provider, mapping) in &mappings {
        mapping.check().map_err(|error| mapping_error(provider, error))?;
    }
    Ok(mappings)
}

fn mapping_error(provider: &str, error: MappingError) -> ApiError {
    let problem = match error {
        MappingError::NoResolution => "AmbiguousRoleResolution is required",
        MappingError::RulesMissing => "a mapping by rules has at least one of them",
        MappingError::TooManyRules => "a mapping has at most 25 rules",
        MappingError::RuleTooLong => "a claim has 1 to 64 characters, the value of a rule 1 to 128",
    };
    ApiError::invalid(format!("Role mapping of {provider}: {problem}."))
}
