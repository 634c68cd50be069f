//! One shape of the API model and its own constraints.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::pattern::compile;
use crate::error::ApiError;

/// A type of the API model with its constraints.
#[derive(Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    /// The least length, or the least value of a number.
    pub(super) min: Option<i64>,
    /// The greatest length, or the greatest value of a number.
    pub(super) max: Option<i64>,
    pub(super) pattern: Option<String>,
    #[serde(rename = "enum", default)]
    pub(super) values: Vec<String>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    /// True if errors must not show the value.
    #[serde(default)]
    pub(super) sensitive: bool,
    /// Shapes of a structure's members by name.
    #[serde(default)]
    pub(super) members: BTreeMap<String, String>,
    /// The shape of a list's items.
    pub(super) member: Option<String>,
    /// The shape of a map's keys.
    pub(super) key: Option<String>,
    /// The shape of a map's values.
    pub(super) value: Option<String>,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Boolean,
    Integer,
    List,
    Map,
    String,
    Structure,
}

impl Shape {
    /// Refuses a value of another JSON type.
    pub(super) fn check_type(&self, path: &str, value: &Value) -> Result<(), ApiError> {
        let expected = match (self.kind, value) {
            (Kind::Boolean, Value::Bool(_))
            | (Kind::List, Value::Array(_))
            | (Kind::Map | Kind::Structure, Value::Object(_))
            | (Kind::String, Value::String(_)) => return Ok(()),
            (Kind::Integer, Value::Number(number)) if number.as_i64().is_some() => return Ok(()),
            (Kind::Boolean, _) => "a boolean",
            (Kind::Integer, _) => "a whole number",
            (Kind::List, _) => "a list",
            (Kind::Map, _) => "a map",
            (Kind::String, _) => "a string",
            (Kind::Structure, _) => "a structure",
        };
        Err(ApiError::serialization(format!("{path} must be {expected}.")))
    }

    /// Returns AWS's words for each own constraint that a value breaks.
    pub(super) fn broken_rules(&self, value: &Value) -> Vec<String> {
        let size = match value {
            Value::String(text) => i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
            Value::Array(items) => i64::try_from(items.len()).unwrap_or(i64::MAX),
            Value::Object(entries) => i64::try_from(entries.len()).unwrap_or(i64::MAX),
            Value::Number(number) => number.as_i64().unwrap_or(i64::MAX),
            Value::Bool(_) | Value::Null => return Vec::new(),
        };
        let mut broken = Vec::new();
        broken.extend(self.max.filter(|max| size > *max).map(|max| self.at_most(max)));
        broken.extend(self.min.filter(|min| size < *min).map(|min| self.at_least(min)));
        if let Value::String(text) = value {
            if !self.values.is_empty() && !self.values.iter().any(|known| known == text) {
                broken.push(self.one_of());
            }
            if let Some(pattern) = &self.pattern
                && !self.is_match(pattern, text)
            {
                broken.push(matching(pattern));
            }
        }
        broken
    }

    /// Returns AWS's words for all own constraints.
    pub(super) fn rules(&self) -> String {
        let mut rules = Vec::new();
        rules.extend(self.max.map(|max| self.at_most(max)));
        rules.extend(self.min.map(|min| self.at_least(min)));
        rules.extend((!self.values.is_empty()).then(|| self.one_of()));
        rules.extend(self.pattern.as_deref().map(matching));
        rules.join(", ")
    }

    /// Returns AWS's words for a value that breaks a rule.
    pub(super) fn violation(&self, path: &str, value: &Value, rule: &str) -> String {
        let shown = match value {
            _ if self.sensitive => String::new(),
            Value::Null => " null".to_owned(),
            Value::String(text) => format!(" '{text}'"),
            Value::Number(number) => format!(" '{number}'"),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                format!(" '[{}]'", items.join(", "))
            }
            Value::Array(_) | Value::Object(_) | Value::Bool(_) => String::new(),
        };
        format!("Value{shown} at '{path}' failed to satisfy constraint: {rule}")
    }

    fn is_match(&self, pattern: &str, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile(pattern));
        compiled.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }

    fn measure(&self) -> &'static str {
        if self.kind == Kind::Integer { "value" } else { "length" }
    }

    fn at_most(&self, max: i64) -> String {
        format!("Member must have {} less than or equal to {max}", self.measure())
    }

    fn at_least(&self, min: i64) -> String {
        format!("Member must have {} greater than or equal to {min}", self.measure())
    }

    fn one_of(&self) -> String {
        format!("Member must satisfy enum value set: [{}]", self.values.join(", "))
    }
}

fn matching(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}
