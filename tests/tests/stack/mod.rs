//! The template as data: as much of CloudFormation as it takes to read settings and properties.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use serde_norway::Value as Yaml;

/// The template with values for its parameters.
pub(crate) struct Stack {
    template: Value,
    parameters: Map<String, Value>,
}

/// One function as the template declares it.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// The names of the variables of its own.
    pub(crate) variables: BTreeSet<String>,
    /// The source that may invoke it, if a permission names one.
    pub(crate) permission: Option<Value>,
    pub(crate) memory: String,
    pub(crate) timeout: String,
}

impl Stack {
    /// The template with these parameters; the required ones are given.
    pub(crate) fn new(parameters: &Value) -> Self {
        let text = include_str!("../../../infra/template.yaml");
        let template = json(serde_norway::from_str(text).unwrap());
        let mut all = given();
        all.extend(parameters.as_object().unwrap().clone());
        Self { template, parameters: all }
    }

    /// Returns the value at a pointer, with every intrinsic function in it resolved.
    pub(crate) fn resolved(&self, pointer: &str) -> Value {
        let value = self.template.pointer(pointer);
        self.resolve(value.unwrap_or_else(|| panic!("there is no {pointer}"))).unwrap()
    }

    /// The functions by their names without that of the stack.
    pub(crate) fn functions(&self) -> BTreeMap<String, Function> {
        let resources = self.template["Resources"].as_object().unwrap();
        let functions = resources
            .iter()
            .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
        functions.map(|(id, _)| self.function(id)).collect()
    }

    /// The properties of every resource of a type, by its logical id.
    pub(crate) fn of_type(&self, kind: &str) -> BTreeMap<String, Value> {
        let resources = self.template["Resources"].as_object().unwrap().iter();
        resources
            .filter(|(_, resource)| resource["Type"] == kind)
            .map(|(id, resource)| (id.clone(), self.resolve(&resource["Properties"]).unwrap()))
            .collect()
    }

    /// True if a resource exists with these parameters.
    pub(crate) fn makes(&self, id: &str) -> bool {
        let condition = &self.template["Resources"][id]["Condition"];
        condition.as_str().is_none_or(|condition| self.holds(condition))
    }

    /// The resources that a resource waits for by name.
    pub(crate) fn depends_on(&self, id: &str) -> BTreeSet<String> {
        let waits = self.template.pointer(&format!("/Resources/{id}/DependsOn"));
        waits.map(texts).unwrap_or_default().into_iter().collect()
    }

    /// The name of a function without that of the stack.
    pub(crate) fn function_name(&self, id: &str) -> String {
        self.function(id).0
    }

    fn function(&self, id: &str) -> (String, Function) {
        let at = |pointer: &str| self.template.pointer(&format!("/Resources/{id}{pointer}"));
        let general = |name: &str| {
            let own = at(&format!("/Properties/{name}"));
            let value = own.unwrap_or(&self.template["Globals"]["Function"][name]);
            self.text(value)
        };
        let name = self.text(at("/Properties/FunctionName").unwrap());
        let variables = at("/Properties/Environment/Variables").and_then(Value::as_object);
        let function = Function {
            variables: variables.into_iter().flat_map(Map::keys).cloned().collect(),
            permission: self.template["Resources"].get(format!("{id}Permission")).cloned(),
            memory: general("MemorySize"),
            timeout: general("Timeout"),
        };
        (name.strip_prefix("stack-").unwrap().to_owned(), function)
    }

    fn text(&self, value: &Value) -> String {
        match self.resolve(value).unwrap() {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            other => panic!("{other} is no text"),
        }
    }

    /// `None` stands for `AWS::NoValue`.
    fn resolve(&self, value: &Value) -> Option<Value> {
        let call = value.as_object().filter(|members| members.len() == 1);
        let call = call.and_then(|members| members.iter().next());
        match (call.map(|(name, argument)| (name.as_str(), argument)), value) {
            (Some(("Ref", name)), _) => self.reference(name.as_str().unwrap()),
            (Some(("Fn::GetAtt", parts)), _) => Some(texts(parts).join(".").into()),
            (Some(("Fn::If", parts)), _) => {
                let chosen = if self.holds(parts[0].as_str().unwrap()) { 1 } else { 2 };
                self.resolve(&parts[chosen])
            }
            (Some(("Fn::Join", parts)), _) => {
                let list = self.resolve(&parts[1]).unwrap();
                Some(texts(&list).join(parts[0].as_str().unwrap()).into())
            }
            (Some(("Fn::Select", parts)), _) => {
                let index = usize::try_from(parts[0].as_u64().unwrap()).unwrap();
                Some(self.resolve(&parts[1]).unwrap()[index].clone())
            }
            (Some(("Fn::Sub", Value::String(text))), _) => Some(self.fill(text, &Value::Null)),
            (Some(("Fn::Sub", parts)), _) => Some(self.fill(parts[0].as_str().unwrap(), &parts[1])),
            (_, Value::Array(list)) => {
                Some(list.iter().filter_map(|item| self.resolve(item)).collect())
            }
            (_, Value::Object(members)) => {
                let members = members.iter();
                let members = members.filter_map(|(name, member)| {
                    self.resolve(member).map(|member| (name.clone(), member))
                });
                Some(Value::Object(members.collect()))
            }
            (_, plain) => Some(plain.clone()),
        }
    }

    fn reference(&self, name: &str) -> Option<Value> {
        let declared = &self.template["Parameters"][name];
        let value = self.parameters.get(name).unwrap_or(&declared["Default"]);
        match (name, declared["Type"].as_str()) {
            ("AWS::NoValue", _) => None,
            ("AWS::StackName", _) => Some("stack".into()),
            ("UserPool", _) => Some("eu-west-1_New".into()),
            ("IdentityPool", _) => Some("eu-west-1:11111111-2222-4333-8444-555555555555".into()),
            (_, Some("CommaDelimitedList")) => {
                let items = value.as_str().unwrap().split(',').filter(|item| !item.is_empty());
                Some(items.map(Value::from).collect())
            }
            (_, Some("Number")) => Some(value.to_string().into()),
            (_, Some(_)) => Some(value.clone()),
            (_, None) => Some(name.replace("::", "").into()),
        }
    }

    fn fill(&self, text: &str, own: &Value) -> Value {
        let mut parts = text.split("${");
        let mut filled = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap();
            match (name.strip_prefix('!'), own.get(name)) {
                (Some(literal), _) => filled.push_str(&format!("${{{literal}}}")),
                (None, Some(value)) => filled.push_str(&self.text(value)),
                (None, None) => filled.push_str(self.reference(name).unwrap().as_str().unwrap()),
            }
            filled.push_str(rest);
        }
        filled.into()
    }

    fn holds(&self, condition: &str) -> bool {
        self.judge(&self.template["Conditions"][condition])
    }

    fn judge(&self, condition: &Value) -> bool {
        let (name, argument) = condition.as_object().unwrap().iter().next().unwrap();
        let list = || argument.as_array().unwrap().iter();
        match name.as_str() {
            "Condition" => self.holds(argument.as_str().unwrap()),
            "Fn::Not" => !self.judge(&argument[0]),
            "Fn::And" => list().all(|inner| self.judge(inner)),
            "Fn::Or" => list().any(|inner| self.judge(inner)),
            "Fn::Equals" => self.text(&argument[0]) == self.text(&argument[1]),
            other => panic!("{other} is no condition"),
        }
    }
}

fn given() -> Map<String, Value> {
    let given = [
        ("WebOrigins", "https://app.example.com,https://admin.example.com"),
        ("LinkRedirects", "https://app.example.com/,https://app.example.com/sign-in"),
        ("MailFrom", "no-reply@example.com"),
        ("MailIdentity", "example.com"),
    ];
    given.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect()
}

/// A text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        other => panic!("{other} is no list of texts"),
    }
}

/// YAML as JSON, with functions in their long form.
fn json(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let (tag, value) = (tag.trim_start_matches('!'), json(tagged.value));
            let name = match tag {
                "Ref" | "Condition" => tag.to_owned(),
                tag => format!("Fn::{tag}"),
            };
            let value = match (tag, value) {
                ("GetAtt", Value::String(text)) => text.split('.').map(Value::from).collect(),
                (_, value) => value,
            };
            Value::Object(Map::from_iter([(name, value)]))
        }
        Yaml::Sequence(list) => list.into_iter().map(json).collect(),
        Yaml::Mapping(members) => {
            let members = members.into_iter();
            let members =
                members.map(|(name, member)| (name.as_str().unwrap().to_owned(), json(member)));
            Value::Object(members.collect())
        }
        plain => serde_json::to_value(plain).unwrap(),
    }
}
