//! Maps of strings as Cognito sends them: user attributes and client metadata.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A map of strings, read leniently: `null` is empty, and a member that is not a string is left
/// out, because an event must never fail to parse over something we do not need.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// The value under `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether the value under `name` is the text `true`, which is how Cognito writes a boolean.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = match Value::deserialize(deserializer)? {
            Value::Object(members) => members,
            _ => return Ok(Self::default()),
        };
        let strings = members.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            _ => None,
        });
        Ok(Self(strings.collect()))
    }
}

/// Attributes are personal data: only their number is shown.
impl std::fmt::Debug for Attributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} attributes]", self.0.len())
    }
}

/// Reads a member that may be absent, `null` or of another type as its default.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Attributes;
    use serde_json::json;

    #[test]
    fn null_and_members_that_are_not_text_are_left_out() {
        let read = |value| serde_json::from_value::<Attributes>(value).unwrap();
        assert_eq!(read(json!(null)), Attributes::default());
        assert_eq!(read(json!(["a"])), Attributes::default());
        let attributes = read(json!({"email": "a@b.example", "age": 3, "x": null}));
        assert_eq!(attributes.get("email"), Some("a@b.example"));
        assert_eq!(attributes.names().count(), 1);
    }

    #[test]
    fn debug_shows_no_value() {
        let attributes: Attributes =
            serde_json::from_value(json!({"email": "a@b.example"})).unwrap();
        assert_eq!(format!("{attributes:?}"), "[1 attributes]");
    }
}
