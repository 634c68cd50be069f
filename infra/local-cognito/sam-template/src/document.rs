//! The text of a template as JSON, with intrinsic functions in their long form.

use serde_json::{Map, Number, Value};
use serde_norway::Value as Yaml;

use super::complaint::{Complaint, TemplateError};

/// The sections of a template that are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub(super) parameters: Map<String, Value>,
    /// Assertions about the parameters.
    pub(super) rules: Map<String, Value>,
    pub(super) conditions: Map<String, Value>,
    /// Properties that every function has unless it names them itself.
    pub(super) function_globals: Map<String, Value>,
    pub(super) resources: Map<String, Value>,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        let yaml = serde_norway::from_str(text).map_err(TemplateError::Yaml)?;
        let Value::Object(mut sections) = to_json(yaml, "")? else {
            return Err(Complaint::Expected("a map").at("(the template)"));
        };
        let mut section = |name: &str| match sections.remove(name) {
            None => Ok(Map::new()),
            Some(Value::Object(members)) => Ok(members),
            Some(_) => Err(Complaint::Expected("a map").at(name)),
        };
        Ok(Self {
            parameters: section("Parameters")?,
            rules: section("Rules")?,
            conditions: section("Conditions")?,
            function_globals: match section("Globals")?.remove("Function") {
                Some(Value::Object(members)) => members,
                _ => Map::new(),
            },
            resources: section("Resources")?,
        })
    }
}

fn to_json(yaml: Yaml, path: &str) -> Result<Value, TemplateError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(flag),
        Yaml::Number(number) => {
            let whole = number.as_u64().map(Number::from).or(number.as_i64().map(Number::from));
            whole
                .or_else(|| number.as_f64().and_then(Number::from_f64))
                .map_or(Value::Null, Value::Number)
        }
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(list) => {
            let items = list.into_iter().enumerate();
            let items = items.map(|(index, item)| to_json(item, &format!("{path}/{index}")));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(members) => {
            let mut object = Map::new();
            for (name, member) in members {
                let Yaml::String(name) = name else {
                    return Err(Complaint::Expected("a text as the name of a member").at(path));
                };
                let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                let member = to_json(member, &path)?;
                object.insert(name, member);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            let value = to_json(tagged.value, path)?;
            long_form(tagged.tag.to_string().trim_start_matches('!'), value)
        }
    })
}

/// `!Sub x` as `{"Fn::Sub": x}`.
fn long_form(tag: &str, value: Value) -> Value {
    let (name, value) = match (tag, value) {
        ("Ref" | "Condition", value) => (tag.to_owned(), value),
        ("GetAtt", Value::String(text)) => {
            let parts = text.splitn(2, '.').map(|part| Value::String(part.to_owned()));
            ("Fn::GetAtt".to_owned(), parts.collect())
        }
        (_, value) => (format!("Fn::{tag}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}
