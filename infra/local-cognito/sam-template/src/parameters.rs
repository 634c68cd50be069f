//! The values of a template's parameters, held against what the template admits.
//!
//! CloudFormation refuses a deployment with another value before it makes anything.
//! Contract: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>

use regex::Regex;
use serde_json::Value;

use super::complaint::{Complaint, TemplateError};
use super::document::Document;
use super::physical::Deployment;

/// Members that say nothing about the value.
const TOLD: [&str; 5] = ["ConstraintDescription", "Default", "Description", "NoEcho", "Type"];

/// Checks the value of every parameter that has one, its default included. A parameter without a
/// value is refused where it is used.
///
/// A value that is a list is the program's own, such as the pages that `--origin` names:
/// CloudFormation takes texts, and texts alone are judged.
pub(super) fn check(document: &Document, deployment: &Deployment) -> Result<(), TemplateError> {
    for (name, declared) in &document.parameters {
        let path = format!("Parameters/{name}");
        let value = deployment.parameters.get(name).or_else(|| declared.get("Default"));
        let items = match value {
            None | Some(Value::Array(_)) => continue,
            Some(value) if is_list(declared) => items(&text(value, &path)?),
            Some(value) => vec![text(value, &path)?],
        };
        let members = declared.as_object().ok_or(Complaint::Expected("a map"));
        for (constraint, limit) in members.map_err(|complaint| complaint.at(&path))? {
            for item in &items {
                if !TOLD.contains(&constraint.as_str()) {
                    let holds = admits(constraint, limit, item);
                    let holds = holds.map_err(|complaint| complaint.at(&path))?;
                    if !holds {
                        return Err(Complaint::Refused(constraint.clone()).at(&path));
                    }
                }
            }
        }
        let is_number = declared.get("Type").and_then(Value::as_str) == Some("Number");
        if is_number && items.iter().any(|item| number(item).is_none()) {
            return Err(Complaint::Refused("Type".to_owned()).at(&path));
        }
    }
    Ok(())
}

/// True if the value of a parameter is a list.
pub(super) fn is_list(declared: &Value) -> bool {
    let kind = declared.get("Type").and_then(Value::as_str).unwrap_or_default();
    kind == "CommaDelimitedList" || kind.starts_with("List<")
}

/// Returns the items of a list, each without the space around it. The empty text is one empty item.
pub(super) fn items(text: &str) -> Vec<String> {
    text.split(',').map(|item| item.trim().to_owned()).collect()
}

/// Returns a value as the text that CloudFormation takes.
pub(super) fn text(value: &Value, path: &str) -> Result<String, TemplateError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Complaint::Expected("a text").at(path))
        }
    }
}

/// True if a constraint admits a value, or one item of a list.
fn admits(constraint: &str, limit: &Value, item: &str) -> Result<bool, Complaint> {
    let bound = || match limit {
        Value::String(text) => number(text),
        other => other.as_f64(),
    };
    let compare = |value: Option<f64>, holds: fn(f64, f64) -> bool| {
        let bound = bound().ok_or(Complaint::Expected("a number as a limit"))?;
        Ok(value.is_some_and(|value| holds(value, bound)))
    };
    let length = u32::try_from(item.chars().count()).ok().map(f64::from);
    match constraint {
        "AllowedPattern" => {
            let pattern = limit.as_str().unwrap_or_default();
            let whole = Regex::new(&format!("^(?:{pattern})$"));
            whole.map(|whole| whole.is_match(item)).map_err(|_| Complaint::Expected("a pattern"))
        }
        "AllowedValues" => {
            let allowed = limit.as_array().ok_or(Complaint::Expected("a list"))?;
            let mut texts = allowed.iter().map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            Ok(texts.any(|text| text == item))
        }
        "MinLength" => compare(length, |length, bound| length >= bound),
        "MaxLength" => compare(length, |length, bound| length <= bound),
        "MinValue" => compare(number(item), |value, bound| value >= bound),
        "MaxValue" => compare(number(item), |value, bound| value <= bound),
        other => Err(Complaint::Unknown(other.to_owned())),
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
