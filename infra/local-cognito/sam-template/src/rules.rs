//! The section `Rules` of a template: combinations of parameters that it refuses.
//!
//! CloudFormation permits few functions there, and nothing else is judged here: no condition of
//! the template, no length, no part of a text.
//! Contract: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html>

use serde_json::Value;

use super::complaint::{Complaint, TemplateError};
use super::document::Document;
use super::intrinsic::single_member;
use super::parameters::{is_list, items, text, value};
use super::physical::Deployment;

/// Checks every assertion of each rule that applies.
pub(super) fn check(document: &Document, deployment: &Deployment) -> Result<(), TemplateError> {
    let given = Given { document, deployment };
    for (name, rule) in &document.rules {
        let path = format!("Rules/{name}");
        let applies = match rule.get("RuleCondition") {
            None => true,
            Some(condition) => given.judge(condition, &format!("{path}/RuleCondition"))?,
        };
        let assertions = rule.get("Assertions").and_then(Value::as_array);
        let assertions =
            assertions.ok_or_else(|| Complaint::Missing.at(&format!("{path}/Assertions")))?;
        for assertion in assertions {
            let member = |name: &str| {
                assertion.get(name).ok_or_else(|| Complaint::Missing.at(&format!("{path}/{name}")))
            };
            let (assert, description) = (member("Assert")?, member("AssertDescription")?);
            if !given.judge(assert, &path)? && applies {
                return Err(Complaint::Broken(text(description, &path)?).at(&path));
            }
        }
    }
    Ok(())
}

/// Parameters that a rule may look at.
struct Given<'a> {
    document: &'a Document,
    deployment: &'a Deployment,
}

impl Given<'_> {
    fn judge(&self, assertion: &Value, path: &str) -> Result<bool, TemplateError> {
        let Some((function, Value::Array(list))) = single_member(assertion) else {
            return Err(Complaint::Expected("a function with a list").at(path));
        };
        let all =
            || list.iter().map(|inner| self.judge(inner, path)).collect::<Result<Vec<_>, _>>();
        let texts = |value: &Value| self.texts(value, path);
        match (function, list.as_slice()) {
            ("Fn::And", [_, _, ..]) => Ok(all()?.into_iter().all(|holds| holds)),
            ("Fn::Or", [_, _, ..]) => Ok(all()?.into_iter().any(|holds| holds)),
            ("Fn::Not", [inner]) => Ok(!self.judge(inner, path)?),
            ("Fn::Equals", [one, other]) => Ok(texts(one)? == texts(other)?),
            ("Fn::Contains", [list, value]) => {
                let (list, value) = (texts(list)?, texts(value)?);
                Ok(value.iter().all(|value| list.contains(value)))
            }
            ("Fn::EachMemberEquals", [list, value]) => {
                let value = texts(value)?;
                Ok(texts(list)?.iter().all(|item| value.iter().eq([item])))
            }
            ("Fn::EachMemberIn", [list, all]) => {
                let all = texts(all)?;
                Ok(texts(list)?.iter().all(|item| all.contains(item)))
            }
            _ => Err(Complaint::Unknown(function.to_owned()).at(path)),
        }
    }

    /// Returns the texts of a value: one, or those of a list.
    fn texts(&self, value: &Value, path: &str) -> Result<Vec<String>, TemplateError> {
        match (value, single_member(value)) {
            (Value::Array(list), _) => {
                let texts: Result<Vec<_>, _> =
                    list.iter().map(|item| self.texts(item, path)).collect();
                Ok(texts?.into_iter().flatten().collect())
            }
            (_, Some(("Ref", Value::String(name)))) => self.parameter(name, path),
            (plain, None) => text(plain, path).map(|text| vec![text]),
            (_, Some((function, _))) => Err(Complaint::Unknown(function.to_owned()).at(path)),
        }
    }

    fn parameter(&self, name: &str, path: &str) -> Result<Vec<String>, TemplateError> {
        if let Some(text) = self.deployment.pseudo_parameter(name) {
            return Ok(vec![text.to_owned()]);
        }
        let declared = self.document.parameters.get(name);
        let declared = declared.ok_or_else(|| Complaint::NoSuch(name.to_owned()).at(path))?;
        match value(name, declared, self.deployment) {
            None => Err(Complaint::NoValue(name.to_owned()).at(path)),
            Some(Value::Array(list)) => list.iter().map(|item| text(item, path)).collect(),
            Some(value) if is_list(declared) => Ok(items(&text(value, path)?)),
            Some(value) => text(value, path).map(|text| vec![text]),
        }
    }
}
