//! Members of a policy document, by their JSON type.

use serde_json::{Map, Value};

use super::complaint::{Complaint, PolicyError};

/// Returns the members of an object.
pub(super) fn members<'a>(
    value: &'a Value,
    path: &str,
) -> Result<&'a Map<String, Value>, PolicyError> {
    value.as_object().ok_or_else(|| Complaint::NotAnObject.at(path))
}

/// Returns the texts of a text, or of a list of at least one.
pub(super) fn texts<'a>(value: &'a Value, path: &str) -> Result<Vec<&'a str>, PolicyError> {
    let texts: Option<Vec<&str>> = match value {
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        single => single.as_str().map(|text| vec![text]),
    };
    texts.filter(|texts| !texts.is_empty()).ok_or_else(|| Complaint::NotTexts.at(path))
}
