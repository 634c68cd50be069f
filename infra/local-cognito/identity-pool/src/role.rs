//! Choice of a role by the role mappings of a pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Choice of a role by the tokens of one provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RoleMapping {
    #[serde(rename = "Type")]
    kind: MappingKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ambiguous_role_resolution: Option<AmbiguousResolution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules_configuration: Option<RulesConfiguration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum MappingKind {
    Token,
    Rules,
}

/// Outcome when no role follows from a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum AmbiguousResolution {
    AuthenticatedRole,
    Deny,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RulesConfiguration {
    rules: Vec<MappingRule>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MappingRule {
    claim: String,
    match_type: MatchType,
    value: String,
    #[serde(rename = "RoleARN")]
    role_arn: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum MatchType {
    Equals,
    Contains,
    StartsWith,
    NotEqual,
}

/// Role that follows for a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RoleChoice<'a> {
    Role(&'a str),
    /// The pool has no role for this.
    NoRole,
    /// The mapping denies access, or another role was asked for than follows.
    Denied,
}

/// Problem of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MappingError {
    NoResolution,
    RulesMissing,
    TooManyRules,
    RuleTooLong,
}

const MOST_RULES: usize = 25;

/// Mapping that applies, and the claims it applies to.
pub(crate) struct MappedClaims<'a> {
    pub(crate) mapping: &'a RoleMapping,
    pub(crate) claims: &'a Map<String, Value>,
}

impl RoleMapping {
    /// Checks the limits that AWS sets.
    pub(crate) fn check(&self) -> Result<(), MappingError> {
        if self.ambiguous_role_resolution.is_none() {
            return Err(MappingError::NoResolution);
        }
        match (self.kind, &self.rules_configuration) {
            (MappingKind::Token, _) => Ok(()),
            (MappingKind::Rules, None) => Err(MappingError::RulesMissing),
            (MappingKind::Rules, Some(rules)) => rules.check(),
        }
    }
}

impl RulesConfiguration {
    fn check(&self) -> Result<(), MappingError> {
        let fits = |text: &str, most: usize| (1..=most).contains(&text.chars().count());
        match self.rules.len() {
            0 => Err(MappingError::RulesMissing),
            1..=MOST_RULES => {
                let all_fit =
                    self.rules.iter().all(|rule| fits(&rule.claim, 64) && fits(&rule.value, 128));
                if all_fit { Ok(()) } else { Err(MappingError::RuleTooLong) }
            }
            _ => Err(MappingError::TooManyRules),
        }
    }
}

impl MappingRule {
    /// True if claims satisfy it; a rule about a missing claim never holds.
    fn holds(&self, claims: &Map<String, Value>) -> bool {
        let matches = |held: &str| match self.match_type {
            MatchType::Equals => held == self.value,
            MatchType::Contains => held.contains(&self.value),
            MatchType::StartsWith => held.starts_with(&self.value),
            MatchType::NotEqual => held != self.value,
        };
        match claims.get(&self.claim) {
            None | Some(Value::Null) => false,
            Some(Value::String(held)) => matches(held),
            Some(Value::Array(held)) => {
                let mut texts = held.iter().filter_map(Value::as_str);
                match self.match_type {
                    MatchType::NotEqual => texts.all(matches),
                    MatchType::Equals | MatchType::Contains | MatchType::StartsWith => {
                        texts.any(matches)
                    }
                }
            }
            Some(other) => matches(&other.to_string()),
        }
    }
}

/// Chooses the role: by the mapping if one applies, or else the pool's default.
pub(crate) fn choose<'a>(
    roles: &'a BTreeMap<String, String>,
    mapped: Option<MappedClaims<'a>>,
    default: &str,
    custom: Option<&'a str>,
) -> RoleChoice<'a> {
    let default = || roles.get(default).map_or(RoleChoice::NoRole, |role| RoleChoice::Role(role));
    let Some(MappedClaims { mapping, claims }) = mapped else {
        return only(default(), custom);
    };
    let found = match (mapping.kind, custom) {
        (MappingKind::Token, Some(custom)) => {
            let is_listed = claims
                .get("cognito:roles")
                .and_then(Value::as_array)
                .is_some_and(|roles| roles.iter().any(|role| role == custom));
            return if is_listed { RoleChoice::Role(custom) } else { RoleChoice::Denied };
        }
        (MappingKind::Token, None) => claims.get("cognito:preferred_role").and_then(Value::as_str),
        (MappingKind::Rules, _) => mapping
            .rules_configuration
            .as_ref()
            .and_then(|rules| rules.rules.iter().find(|rule| rule.holds(claims)))
            .map(|rule| rule.role_arn.as_str()),
    };
    let choice = match (found, mapping.ambiguous_role_resolution) {
        (Some(role), _) => RoleChoice::Role(role),
        (None, Some(AmbiguousResolution::AuthenticatedRole)) => default(),
        (None, Some(AmbiguousResolution::Deny) | None) => RoleChoice::Denied,
    };
    only(choice, custom)
}

/// Returns the choice, unless another role was asked for.
fn only<'a>(choice: RoleChoice<'a>, custom: Option<&str>) -> RoleChoice<'a> {
    match (choice, custom) {
        (RoleChoice::Role(role), Some(custom)) if role != custom => RoleChoice::Denied,
        (choice, _) => choice,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(kind: &str, ambiguous: &str, rules: Value) -> RoleMapping {
        serde_json::from_value(json!({
            "Type": kind,
            "AmbiguousRoleResolution": ambiguous,
            "RulesConfiguration": {"Rules": rules},
        }))
        .unwrap()
    }

    fn rule(claim: &str, kind: &str, value: &str) -> Value {
        json!([{"Claim": claim, "MatchType": kind, "Value": value, "RoleARN": "ruled"}])
    }

    #[track_caller]
    fn check(mapping: &RoleMapping, claims: Value, custom: Option<&str>, expected: RoleChoice<'_>) {
        let roles = BTreeMap::from([("authenticated".to_owned(), "default".to_owned())]);
        let claims = claims.as_object().unwrap().clone();
        let mapped = MappedClaims { mapping, claims: &claims };
        assert_eq!(choose(&roles, Some(mapped), "authenticated", custom), expected, "{claims:?}");
    }

    #[test]
    fn role_without_mapping_is_the_default() {
        let roles = BTreeMap::from([("authenticated".to_owned(), "default".to_owned())]);
        let chosen = |kind, custom| choose(&roles, None, kind, custom);
        assert_eq!(chosen("authenticated", None), RoleChoice::Role("default"));
        assert_eq!(chosen("authenticated", Some("default")), RoleChoice::Role("default"));
        assert_eq!(chosen("authenticated", Some("admin")), RoleChoice::Denied);
        assert_eq!(chosen("unauthenticated", None), RoleChoice::NoRole);
    }

    #[test]
    fn token_grants_only_roles_that_it_lists() {
        let token = mapping("Token", "AuthenticatedRole", json!([]));
        let claims = json!({"cognito:roles": ["a", "b"], "cognito:preferred_role": "b"});
        check(&token, claims.clone(), None, RoleChoice::Role("b"));
        check(&token, claims.clone(), Some("a"), RoleChoice::Role("a"));
        check(&token, claims, Some("c"), RoleChoice::Denied);
        check(&token, json!({}), None, RoleChoice::Role("default"));
        check(&mapping("Token", "Deny", json!([])), json!({}), None, RoleChoice::Denied);
    }

    #[test]
    fn first_rule_that_holds_chooses_the_role() {
        for (kind, holding, failing) in [
            ("Equals", "staff", "staffing"),
            ("Contains", "my staff!", "guests"),
            ("StartsWith", "staffing", "a staff"),
            ("NotEqual", "guests", "staff"),
        ] {
            let rules = mapping("Rules", "Deny", rule("team", kind, "staff"));
            check(&rules, json!({"team": holding}), None, RoleChoice::Role("ruled"));
            check(&rules, json!({"team": [holding]}), None, RoleChoice::Role("ruled"));
            check(&rules, json!({"team": failing}), None, RoleChoice::Denied);
            check(&rules, json!({}), None, RoleChoice::Denied);
            check(&rules, json!({"team": holding}), Some("admin"), RoleChoice::Denied);
        }
    }

    #[test]
    fn mapping_has_a_resolution_and_1_to_25_short_rules() {
        let rules = |count: usize| Value::Array(vec![rule("a", "Equals", "b")[0].clone(); count]);
        assert_eq!(mapping("Rules", "Deny", rules(25)).check(), Ok(()));
        assert_eq!(mapping("Rules", "Deny", rules(26)).check(), Err(MappingError::TooManyRules));
        assert_eq!(mapping("Rules", "Deny", rules(0)).check(), Err(MappingError::RulesMissing));
        let long = mapping("Rules", "Deny", rule(&"c".repeat(65), "Equals", "b"));
        assert_eq!(long.check(), Err(MappingError::RuleTooLong));
        let bare: RoleMapping = serde_json::from_value(json!({"Type": "Token"})).unwrap();
        assert_eq!(bare.check(), Err(MappingError::NoResolution));
    }
}
