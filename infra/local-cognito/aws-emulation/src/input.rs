//! An action's JSON input, read the way AWS's front end reads it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::ApiError;

/// Texts by name: user attributes, metadata, challenge responses.
pub type Texts = BTreeMap<String, String>;

/// The members of an input; null counts as absent.
pub struct Input(Map<String, Value>);

impl Input {
    /// Returns the members of an input.
    ///
    /// # Errors
    /// A value that is neither an object nor null.
    pub fn new(input: Value) -> Result<Self, ApiError> {
        match input {
            Value::Object(members) => Ok(Self(members)),
            Value::Null => Ok(Self(Map::new())),
            _ => Err(ApiError::serialization("Unexpected input: not an object.")),
        }
    }

    /// A member of any type.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// All members as they came, nulls left out.
    pub fn members(&self) -> Map<String, Value> {
        self.0
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Returns a text.
    ///
    /// # Errors
    /// A member of another type.
    pub fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(mistyped(name, "a string")),
        }
    }

    /// A text that must be there and not be empty.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        match self.text(name)? {
            None => Err(constraint("null", name, "Member must not be null")),
            Some("") => {
                Err(constraint("''", name, "Member must have length greater than or equal to 1"))
            }
            Some(text) => Ok(text),
        }
    }

    /// Returns a flag; an absent one is false.
    ///
    /// # Errors
    /// A member of another type.
    pub fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(mistyped(name, "a boolean")),
        }
    }

    /// A whole number within the bounds.
    pub fn number(&self, name: &str, low: u64, high: u64) -> Result<Option<u64>, ApiError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let number = value.as_i64().ok_or_else(|| mistyped(name, "a number"))?;
        match u64::try_from(number) {
            Ok(number) if number > high => Err(constraint(
                &format!("'{number}'"),
                name,
                &format!("Member must have value less than or equal to {high}"),
            )),
            Ok(number) if number >= low => Ok(Some(number)),
            _ => Err(constraint(
                &format!("'{number}'"),
                name,
                &format!("Member must have value greater than or equal to {low}"),
            )),
        }
    }

    /// A map of texts, such as `ClientMetadata` or `AuthParameters`.
    pub fn texts(&self, name: &str) -> Result<Option<Texts>, ApiError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let map = value.as_object().ok_or_else(|| mistyped(name, "a map"))?;
        map.iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| {
                let text = value.as_str().ok_or_else(|| mistyped(name, "a map of strings"))?;
                Ok((key.clone(), text.to_owned()))
            })
            .collect::<Result<Texts, _>>()
            .map(Some)
    }

    /// Returns `ClientMetadata`.
    ///
    /// # Errors
    /// A member of another type.
    pub fn metadata(&self) -> Result<Option<Texts>, ApiError> {
        self.texts("ClientMetadata")
    }

    /// A list of texts.
    pub fn list(&self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let list = value.as_array().ok_or_else(|| mistyped(name, "a list"))?;
        list.iter()
            .map(|item| item.as_str().map(ToOwned::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(Some)
            .ok_or_else(|| mistyped(name, "a list of strings"))
    }
}

/// AWS's wording of a violated constraint.
pub fn constraint(value: &str, name: &str, rule: &str) -> ApiError {
    let mut letters = name.chars();
    let member: String =
        letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
    ApiError::invalid(format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: \
         {rule}"
    ))
}

/// AWS's wording of a parameter that is missing from a map.
pub fn parameter<'a>(parameters: &'a Texts, name: &str) -> Result<&'a str, ApiError> {
    parameters
        .get(name)
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| ApiError::invalid(format!("Missing required parameter {name}")))
}

fn mistyped(name: &str, expected: &str) -> ApiError {
    ApiError::serialization(format!("{name} must be {expected}."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_missing_member_is_named_in_camel_case() {
        let input = Input::new(json!({"ClientId": null})).unwrap();
        assert_eq!(
            input.required("ClientId").unwrap_err().message,
            "1 validation error detected: Value null at 'clientId' failed to satisfy constraint: \
             Member must not be null"
        );
    }

    #[test]
    fn a_number_outside_its_bounds_is_refused() {
        let input = Input::new(json!({"AuthSessionValidity": 16, "Limit": -1})).unwrap();
        assert!(input.number("AuthSessionValidity", 3, 15).is_err());
        assert!(input.number("Limit", 1, 60).is_err());
        assert_eq!(input.number("AuthSessionValidity", 3, 16), Ok(Some(16)));
    }

    #[test]
    fn a_wrong_type_is_a_serialization_error() {
        let input = Input::new(json!({"ClientId": 7, "ClientMetadata": {"a": 1}})).unwrap();
        assert_eq!(input.text("ClientId").unwrap_err().kind, "SerializationException");
        assert_eq!(input.metadata().unwrap_err().kind, "SerializationException");
    }
}
