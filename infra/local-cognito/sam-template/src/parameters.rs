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
const TOLD: [&str; 4] = ["ConstraintDescription", "Default", "Description", "NoEcho"];

/// Checks the value of every parameter that has one, its default included. A parameter without a
/// value is refused where it is used.
///
/// A value that is a list is the program's own, such as the pages that `--origin` names:
/// CloudFormation takes texts, and texts alone are judged.
pub(super) fn check(document: &Document, deployment: &Deployment) -> Result<(), TemplateError> {
    for (name, declared) in &document.parameters {
        let path = format!("Parameters/{name}");
        let items = match value(name, declared, deployment) {
            None | Some(Value::Array(_)) => continue,
            Some(value) if is_list(declared) => items(&text(value, &path)?),
            Some(value) => vec![text(value, &path)?],
        };
        let members = declared.as_object().ok_or_else(|| Complaint::Expected("a map").at(&path))?;
        for (constraint, limit) in members.iter().filter(|(name, _)| !TOLD.contains(&name.as_str()))
        {
            for item in &items {
                if !admits(constraint, limit, item).map_err(|complaint| complaint.at(&path))? {
                    return Err(Complaint::Refused(constraint.clone()).at(&path));
                }
            }
        }
    }
    Ok(())
}

/// Returns the value of a declared parameter: that of the deployment, or else the default.
pub(super) fn value<'a>(
    name: &str,
    declared: &'a Value,
    deployment: &'a Deployment,
) -> Option<&'a Value> {
    deployment.parameters.get(name).or_else(|| declared.get("Default"))
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
    match texted(value.clone()) {
        Value::String(text) => Ok(text),
        _ => Err(Complaint::Expected("a text").at(path)),
    }
}

/// Returns a number or a flag as the text that a parameter has, and any other value as it is.
pub(super) fn texted(value: Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::Bool(flag) => flag.to_string().into(),
        other => other,
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
            Ok(allowed.iter().any(|value| texted(value.clone()) == item))
        }
        "Type" => Ok(limit != "Number" || number(item).is_some()),
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
