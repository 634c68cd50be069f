//! Which role does somebody get?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How the tokens of one provider choose a role.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RoleMapping {
    #[serde(rename = "Type")]
    kind: MappingKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ambiguous_role_resolution: Option<Ambiguous>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules_configuration: Option<RulesConfiguration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum MappingKind {
    Token,
    Rules,
}

/// What happens when no role follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Ambiguous {
    AuthenticatedRole,
    Deny,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RulesConfiguration {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
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

/// The outcome.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    Role(&'a str),
    /// The pool has no role for this.
    NoRole,
    /// The mapping says no, or another role was asked for than follows.
    Denied,
}

/// What is wrong with a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MappingFault {
    NoResolution,
    RulesMissing,
    TooManyRules,
    RuleTooLong,
}

const MOST_RULES: usize = 25;

/// A mapping that applies, and the claims it applies to.
pub(crate) struct Mapped<'a> {
    pub(crate) mapping: &'a RoleMapping,
    pub(crate) claims: &'a Map<String, Value>,
}

impl RoleMapping {
    /// What AWS would refuse of it.
    pub(crate) fn check(&self) -> Result<(), MappingFault> {
        if self.ambiguous_role_resolution.is_none() {
            return Err(MappingFault::NoResolution);
        }
        match (self.kind, &self.rules_configuration) {
            (MappingKind::Token, _) => Ok(()),
            (MappingKind::Rules, None) => Err(MappingFault::RulesMissing),
            (MappingKind::Rules, Some(rules)) => rules.check(),
        }
    }
}

impl RulesConfiguration {
    fn check(&self) -> Result<(), MappingFault> {
        let fits = |text: &str, most: usize| (1..=most).contains(&text.chars().count());
        match self.rules.len() {
            0 => Err(MappingFault::RulesMissing),
            1..=MOST_RULES => {
                let all_fit =
                    self.rules.iter().all(|rule| fits(&rule.claim, 64) && fits(&rule.value, 128));
                if all_fit { Ok(()) } else { Err(MappingFault::RuleTooLong) }
            }
            _ => Err(MappingFault::TooManyRules),
        }
    }
}

impl Rule {
    /// Whether it holds; a rule about a claim that is not there never does.
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
    mapped: Option<Mapped<'a>>,
    default: &str,
    custom: Option<&'a str>,
) -> Choice<'a> {
    let default = || roles.get(default).map_or(Choice::NoRole, |role| Choice::Role(role));
    let Some(Mapped { mapping, claims }) = mapped else {
        return only(default(), custom);
    };
    let found = match (mapping.kind, custom) {
        (MappingKind::Token, Some(custom)) => {
            let is_theirs = claims
                .get("cognito:roles")
                .and_then(Value::as_array)
                .is_some_and(|roles| roles.iter().any(|role| role == custom));
            return if is_theirs { Choice::Role(custom) } else { Choice::Denied };
        }
        (MappingKind::Token, None) => claims.get("cognito:preferred_role").and_then(Value::as_str),
        (MappingKind::Rules, _) => mapping
            .rules_configuration
            .as_ref()
            .and_then(|rules| rules.rules.iter().find(|rule| rule.holds(claims)))
            .map(|rule| rule.role_arn.as_str()),
    };
    let choice = match (found, mapping.ambiguous_role_resolution) {
        (Some(role), _) => Choice::Role(role),
        (None, Some(Ambiguous::AuthenticatedRole)) => default(),
        (None, Some(Ambiguous::Deny) | None) => Choice::Denied,
    };
    only(choice, custom)
}

/// The choice, unless another role was asked for.
fn only<'a>(choice: Choice<'a>, custom: Option<&str>) -> Choice<'a> {
    match (choice, custom) {
        (Choice::Role(role), Some(custom)) if role != custom => Choice::Denied,
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
    fn check(mapping: &RoleMapping, claims: Value, custom: Option<&str>, expected: Choice<'_>) {
        let roles = BTreeMap::from([("authenticated".to_owned(), "default".to_owned())]);
        let claims = claims.as_object().unwrap().clone();
        let mapped = Mapped { mapping, claims: &claims };
        assert_eq!(choose(&roles, Some(mapped), "authenticated", custom), expected, "{claims:?}");
    }

    #[test]
    fn without_a_mapping_the_default_is_the_only_role() {
        let roles = BTreeMap::from([("authenticated".to_owned(), "default".to_owned())]);
        let chosen = |kind, custom| choose(&roles, None, kind, custom);
        assert_eq!(chosen("authenticated", None), Choice::Role("default"));
        assert_eq!(chosen("authenticated", Some("default")), Choice::Role("default"));
        assert_eq!(chosen("authenticated", Some("admin")), Choice::Denied);
        assert_eq!(chosen("unauthenticated", None), Choice::NoRole);
    }

    #[test]
    fn a_token_grants_only_the_roles_it_lists() {
        let token = mapping("Token", "AuthenticatedRole", json!([]));
        let claims = json!({"cognito:roles": ["a", "b"], "cognito:preferred_role": "b"});
        check(&token, claims.clone(), None, Choice::Role("b"));
        check(&token, claims.clone(), Some("a"), Choice::Role("a"));
        check(&token, claims, Some("c"), Choice::Denied);
        check(&token, json!({}), None, Choice::Role("default"));
        check(&mapping("Token", "Deny", json!([])), json!({}), None, Choice::Denied);
    }

    #[test]
    fn the_first_rule_that_holds_decides() {
        for (kind, holding, failing) in [
            ("Equals", "staff", "staffing"),
            ("Contains", "my staff!", "guests"),
            ("StartsWith", "staffing", "a staff"),
            ("NotEqual", "guests", "staff"),
        ] {
            let rules = mapping("Rules", "Deny", rule("team", kind, "staff"));
            check(&rules, json!({"team": holding}), None, Choice::Role("ruled"));
            check(&rules, json!({"team": [holding]}), None, Choice::Role("ruled"));
            check(&rules, json!({"team": failing}), None, Choice::Denied);
            check(&rules, json!({}), None, Choice::Denied);
            check(&rules, json!({"team": holding}), Some("admin"), Choice::Denied);
        }
    }

    #[test]
    fn a_mapping_has_a_resolution_and_one_to_25_short_rules() {
        let rules = |count: usize| Value::Array(vec![rule("a", "Equals", "b")[0].clone(); count]);
        assert_eq!(mapping("Rules", "Deny", rules(25)).check(), Ok(()));
        assert_eq!(mapping("Rules", "Deny", rules(26)).check(), Err(MappingFault::TooManyRules));
        assert_eq!(mapping("Rules", "Deny", rules(0)).check(), Err(MappingFault::RulesMissing));
        let long = mapping("Rules", "Deny", rule(&"c".repeat(65), "Equals", "b"));
        assert_eq!(long.check(), Err(MappingFault::RuleTooLong));
        let bare: RoleMapping = serde_json::from_value(json!({"Type": "Token"})).unwrap();
        assert_eq!(bare.check(), Err(MappingFault::NoResolution));
    }
}
