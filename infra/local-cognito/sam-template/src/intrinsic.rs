//! Intrinsic functions, resolved.

use serde_json::{Map, Value};

use super::complaint::{Complaint, TemplateError};
use super::parameters::{is_list, items, texted, value};
use super::properties::Stack;

impl Stack<'_> {
    /// A value with every intrinsic function in it resolved; `None` where `AWS::NoValue` stands.
    pub(super) fn resolve(
        &self,
        value: &Value,
        path: &str,
    ) -> Result<Option<Value>, TemplateError> {
        if let Some((function, argument)) = single_member(value)
            && (function == "Ref" || function.starts_with("Fn::"))
        {
            return self.call(function, argument, &format!("{path}/{function}"));
        }
        match value {
            Value::Array(list) => {
                let mut items = Vec::new();
                for (index, item) in list.iter().enumerate() {
                    items.extend(self.resolve(item, &format!("{path}/{index}"))?);
                }
                Ok(Some(Value::Array(items)))
            }
            Value::Object(members) => {
                let mut object = Map::new();
                for (name, member) in members {
                    if let Some(member) = self.resolve(member, &format!("{path}/{name}"))? {
                        object.insert(name.clone(), member);
                    }
                }
                Ok(Some(Value::Object(object)))
            }
            plain => Ok(Some(plain.clone())),
        }
    }

    fn call(
        &self,
        function: &str,
        argument: &Value,
        path: &str,
    ) -> Result<Option<Value>, TemplateError> {
        match (function, argument) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => Ok(None),
            ("Ref", Value::String(name)) => self.reference(name, path).map(Some),
            ("Fn::GetAtt", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(resource), Value::String(attribute)] => {
                    self.attribute(resource, attribute, path).map(|text| Some(text.into()))
                }
                _ => Err(Complaint::Expected("a resource and an attribute").at(path)),
            },
            ("Fn::Sub", Value::String(text)) => {
                self.substitute(text, &Map::new(), path).map(|text| Some(text.into()))
            }
            ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(text), Value::Object(own)] => {
                    self.substitute(text, own, path).map(|text| Some(text.into()))
                }
                _ => Err(Complaint::Expected("a text and its variables").at(path)),
            },
            ("Fn::If", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(condition), then, otherwise] => {
                    let chosen = if self.holds(condition, path)? { then } else { otherwise };
                    self.resolve(chosen, path)
                }
                _ => Err(Complaint::Expected("a condition and two values").at(path)),
            },
            ("Fn::Join", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(between), list] => {
                    Ok(Some(self.texts(list, path)?.join(between).into()))
                }
                _ => Err(Complaint::Expected("a text and a list").at(path)),
            },
            ("Fn::Select", Value::Array(parts)) => match parts.as_slice() {
                [index, list] => {
                    let index = index.as_u64().or_else(|| index.as_str()?.parse().ok());
                    let chosen = index
                        .and_then(|index| usize::try_from(index).ok())
                        .zip(Some(self.texts(list, path)?))
                        .and_then(|(index, texts)| texts.into_iter().nth(index));
                    match chosen {
                        Some(text) => Ok(Some(text.into())),
                        None => Err(Complaint::Expected("an index of the list").at(path)),
                    }
                }
                _ => Err(Complaint::Expected("an index and a list").at(path)),
            },
            ("Fn::Split", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(between), text] => {
                    let text = self.text(text, path)?;
                    Ok(Some(text.split(between.as_str()).map(Value::from).collect()))
                }
                _ => Err(Complaint::Expected("a text and a text").at(path)),
            },
            _ => Err(Complaint::Unknown(function.to_owned()).at(path)),
        }
    }

    fn reference(&self, name: &str, path: &str) -> Result<Value, TemplateError> {
        if let Some(text) = self.deployment.pseudo_parameter(name) {
            return Ok(text.into());
        }
        if let Some(declared) = self.document.parameters.get(name) {
            return self.parameter(name, declared, path);
        }
        self.id(name, path).map(Value::from)
    }

    fn parameter(&self, name: &str, declared: &Value, path: &str) -> Result<Value, TemplateError> {
        match value(name, declared, self.deployment) {
            None => Err(Complaint::NoValue(name.to_owned()).at(path)),
            Some(Value::String(text)) if is_list(declared) => {
                let items = items(text).into_iter().filter(|item| !item.is_empty());
                Ok(items.map(Value::from).collect())
            }
            Some(value) => Ok(texted(value.clone())),
        }
    }

    /// Fills in `${Name}` and `${Name.Attribute}`; `${!Name}` becomes a plain `${Name}`.
    fn substitute(
        &self,
        text: &str,
        own: &Map<String, Value>,
        path: &str,
    ) -> Result<String, TemplateError> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${") {
            let Some((name, after)) = behind.split_once('}') else {
                return Err(Complaint::Expected("a closing brace").at(path));
            };
            filled.push_str(before);
            if let Some(literal) = name.strip_prefix('!') {
                filled.push_str("${");
                filled.push_str(literal);
                filled.push('}');
            } else if let Some(value) = own.get(name) {
                filled.push_str(&self.text(value, path)?);
            } else if let Some((resource, attribute)) = name.split_once('.') {
                filled.push_str(&self.attribute(resource, attribute, path)?);
            } else {
                let value = self.reference(name, path)?;
                let text = value.as_str().ok_or_else(|| Complaint::Expected("a text").at(path))?;
                filled.push_str(text);
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// The only member of an object that has one.
pub(super) fn single_member(value: &Value) -> Option<(&str, &Value)> {
    let mut members = value.as_object()?.iter();
    match (members.next(), members.next()) {
        (Some((name, member)), None) => Some((name, member)),
        _ => None,
    }
}
