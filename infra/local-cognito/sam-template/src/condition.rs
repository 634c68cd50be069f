//! The conditions of a template.

use serde_json::Value;

use super::complaint::{Complaint, TemplateError};
use super::intrinsic::single_member;
use super::parameters::texted;
use super::properties::Stack;

impl Stack<'_> {
    /// Returns true if the condition of that name holds.
    pub(super) fn holds(&self, name: &str, path: &str) -> Result<bool, TemplateError> {
        match self.document.conditions.get(name) {
            Some(condition) => self.judge(condition, &format!("Conditions/{name}")),
            None => Err(Complaint::NoSuch(name.to_owned()).at(path)),
        }
    }

    fn judge(&self, condition: &Value, path: &str) -> Result<bool, TemplateError> {
        let Some((function, argument)) = single_member(condition) else {
            return Err(Complaint::Expected("a condition").at(path));
        };
        let path = format!("{path}/{function}");
        match (function, argument) {
            ("Condition", Value::String(name)) => self.holds(name, &path),
            ("Fn::Not", Value::Array(list)) => match list.as_slice() {
                [inner] => Ok(!self.judge(inner, &path)?),
                _ => Err(Complaint::Expected("one condition").at(&path)),
            },
            ("Fn::And", Value::Array(list)) => {
                let judged: Result<Vec<_>, _> =
                    list.iter().map(|inner| self.judge(inner, &path)).collect();
                Ok(judged?.into_iter().all(|holds| holds))
            }
            ("Fn::Or", Value::Array(list)) => {
                let judged: Result<Vec<_>, _> =
                    list.iter().map(|inner| self.judge(inner, &path)).collect();
                Ok(judged?.into_iter().any(|holds| holds))
            }
            ("Fn::Equals", Value::Array(list)) => match list.as_slice() {
                [one, other] => {
                    let (one, other) = (self.resolve(one, &path)?, self.resolve(other, &path)?);
                    Ok(one.map(texted) == other.map(texted))
                }
                _ => Err(Complaint::Expected("two values").at(&path)),
            },
            _ => Err(Complaint::Unknown(function.to_owned()).at(&path)),
        }
    }
}
