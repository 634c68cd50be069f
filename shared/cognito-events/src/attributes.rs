//! Maps of strings as Cognito sends them: user attributes and client metadata.
//!
//! Names are compared exactly: the pool's schema is, and `email_verified` and `Email_Verified` are
//! two attributes. A flag is read as Cognito reads it, see [`Attributes::is_true`].

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A map of strings, read leniently, because an event must never fail to parse over something we
/// do not need: `null` is empty, a boolean is the text that Cognito writes for it, and a member of
/// another type is left out, since no API takes such a value for an attribute.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// The value under `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// True if the value under `name` is the text `true` in any letter case.
    ///
    /// Cognito writes `true`, and keeps the `True` that an administrator's tool gave it: such an
    /// address counts as verified there (aws-amplify/amplify-js issue 8205), and AWS's own pages
    /// spell the value of `email_verified` both ways. Nothing else is a yes: no number, no spaces
    /// around it, no other word.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
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
        let read = members.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Bool(flag) => Some((name, flag.to_string())),
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        });
        Ok(Self(read.collect()))
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
    use proptest::prelude::{prop_assert_eq, proptest};
    use serde_json::{Value, json};

    fn read(value: Value) -> Attributes {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn boolean_is_text_and_other_types_are_left_out() {
        for empty in [json!(null), json!(["a"]), json!("email"), json!(true)] {
            assert_eq!(read(empty), Attributes::default());
        }
        let attributes = read(json!({
            "email": "a@b.example", "empty": "", "flag": false, "x": null,
            "age": 3, "list": ["a"], "map": {"a": "b"},
        }));
        for (name, value) in [
            ("email", Some("a@b.example")),
            ("empty", Some("")),
            ("flag", Some("false")),
            ("x", None),
            ("age", None),
            ("list", None),
            ("map", None),
            ("absent", None),
        ] {
            assert_eq!(attributes.get(name), value, "{name}");
        }
        assert_eq!(attributes.names().collect::<Vec<_>>(), ["email", "empty", "flag"]);
    }

    #[test]
    fn flag_is_true_in_any_letter_case_and_in_no_other_word() {
        for yes in [json!("true"), json!("True"), json!("TRUE"), json!("tRuE"), json!(true)] {
            assert!(read(json!({"email_verified": yes})).is_true("email_verified"), "{yes}");
        }
        for no in [
            json!("false"),
            json!("False"),
            json!(false),
            json!(""),
            json!(" true"),
            json!("true "),
            json!("true\n"),
            json!("\"true\""),
            json!("true,true"),
            json!("t"),
            json!("yes"),
            json!("on"),
            json!("1"),
            json!(1),
            json!("verified"),
            json!("tr\u{fc}e"),
            json!("tru\u{435}"),
            json!("\u{ff54}\u{ff52}\u{ff55}\u{ff45}"),
            json!(null),
            json!(["true"]),
            json!({"true": true}),
        ] {
            assert!(!read(json!({"email_verified": no})).is_true("email_verified"), "{no}");
        }
        assert!(!read(json!({})).is_true("email_verified"));
    }

    #[test]
    fn name_in_another_letter_case_is_another_attribute() {
        for other in
            ["Email_Verified", "EMAIL_VERIFIED", "email_verified ", "custom:email_verified"]
        {
            let attributes = read(json!({other: "true"}));
            assert!(!attributes.is_true("email_verified"), "{other}");
            assert_eq!(
                (attributes.get("email_verified"), attributes.get(other)),
                (None, Some("true"))
            );
        }
        let aliases = read(json!({"Cognito:Email_Alias": "a@b.example"}));
        assert_eq!(aliases.get("cognito:email_alias"), None);
    }

    #[test]
    fn debug_shows_no_value() {
        let attributes = read(json!({"email": "a@b.example"}));
        assert_eq!(format!("{attributes:?}"), "[1 attributes]");
    }

    proptest! {
        #[test]
        fn text_is_true_only_by_its_four_letters(text in "[tTrRuUeE\u{435} ]{3,5}") {
            let attributes = read(json!({"email_verified": text}));
            let letters: Vec<char> = text.chars().map(|letter| letter.to_ascii_lowercase()).collect();
            prop_assert_eq!(attributes.is_true("email_verified"), letters == ['t', 'r', 'u', 'e']);
        }
    }
}
