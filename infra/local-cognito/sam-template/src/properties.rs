//! The resources of a template, and their properties by name.

use serde_json::{Map, Value};

use super::complaint::{Complaint, TemplateError};
use super::document::Document;
use super::physical::Deployment;

/// A template together with what a deployment gives it.
pub(super) struct Stack<'a> {
    pub(super) document: &'a Document,
    pub(super) deployment: &'a Deployment,
    resources: Vec<Resource<'a>>,
}

/// A resource that the stack creates.
#[derive(Clone, Copy)]
pub(super) struct Resource<'a> {
    pub(super) logical_id: &'a str,
    pub(super) kind: &'a str,
    properties: Option<&'a Value>,
}

impl<'a> Stack<'a> {
    /// Leaves out the resources with a condition that does not hold.
    pub(super) fn new(
        document: &'a Document,
        deployment: &'a Deployment,
    ) -> Result<Self, TemplateError> {
        let mut stack = Self { document, deployment, resources: Vec::new() };
        let mut resources = Vec::new();
        for (logical_id, resource) in &document.resources {
            let path = format!("Resources/{logical_id}");
            let condition = resource.get("Condition").and_then(Value::as_str);
            if let Some(condition) = condition
                && !stack.holds(condition, &path)?
            {
                continue;
            }
            let kind = resource
                .get("Type")
                .and_then(Value::as_str)
                .ok_or_else(|| Complaint::Missing.at(&format!("{path}/Type")))?;
            resources.push(Resource { logical_id, kind, properties: resource.get("Properties") });
        }
        stack.resources = resources;
        Ok(stack)
    }

    /// The resources of a type.
    pub(super) fn all(&self, kind: &str) -> impl Iterator<Item = Resource<'a>> {
        self.resources.iter().filter(move |resource| resource.kind == kind).copied()
    }

    /// Every resource.
    pub(super) fn every(&self) -> impl Iterator<Item = Resource<'a>> {
        self.resources.iter().copied()
    }

    /// The one resource of a type.
    pub(super) fn the(&self, kind: &'static str) -> Result<Resource<'a>, TemplateError> {
        let mut found = self.all(kind);
        match (found.next(), found.next()) {
            (Some(resource), None) => Ok(resource),
            (None, _) => Err(Complaint::NoSuch(kind.to_owned()).at("Resources")),
            (Some(_), Some(_)) => Err(Complaint::Several(kind).at("Resources")),
        }
    }

    /// The properties of a resource, all of them resolved.
    pub(super) fn properties(&self, resource: Resource<'_>) -> Result<Properties, TemplateError> {
        let path = format!("Resources/{}/Properties", resource.logical_id);
        let resolved = match resource.properties {
            Some(properties) => self.resolve(properties, &path)?,
            None => None,
        };
        Properties::new(path, resolved.unwrap_or_else(|| Value::Object(Map::new())))
    }

    /// One property of a resource, resolved; the others need not be readable.
    pub(super) fn property(
        &self,
        resource: Resource<'_>,
        name: &str,
    ) -> Result<Option<Value>, TemplateError> {
        let path = format!("Resources/{}/Properties/{name}", resource.logical_id);
        match resource.properties.and_then(|properties| properties.get(name)) {
            Some(property) => self.resolve(property, &path),
            None => Ok(None),
        }
    }

    /// Returns one property of a resource as the text has it.
    pub(super) fn unresolved(&self, resource: Resource<'a>, name: &str) -> Option<&'a Value> {
        resource.properties?.get(name)
    }

    /// Returns the value of `!Ref` of a resource.
    pub(super) fn id(&self, logical_id: &str, path: &str) -> Result<String, TemplateError> {
        let resource = self.resource(logical_id, path)?;
        // Some may be given a name of their own.
        let own_name = match resource.kind {
            "AWS::Serverless::Function" | "AWS::Lambda::Function" => Some("FunctionName"),
            "AWS::DynamoDB::Table" => Some("TableName"),
            "AWS::Logs::LogGroup" => Some("LogGroupName"),
            _ => None,
        };
        let own_name = own_name.and_then(|member| resource.properties?.get(member));
        match own_name {
            Some(name) => self.text(name, &format!("Resources/{logical_id}/Properties")),
            None => Ok(self.deployment.id(logical_id, resource.kind)),
        }
    }

    /// Returns the value of `!GetAtt` of a resource.
    pub(super) fn attribute(
        &self,
        logical_id: &str,
        attribute: &str,
        path: &str,
    ) -> Result<String, TemplateError> {
        let kind = self.resource(logical_id, path)?.kind;
        let id = self.id(logical_id, path)?;
        self.deployment
            .attribute(&id, kind, attribute)
            .ok_or_else(|| Complaint::Unknown(format!("{logical_id}.{attribute}")).at(path))
    }

    /// A value that has to come to a text.
    pub(super) fn text(&self, value: &Value, path: &str) -> Result<String, TemplateError> {
        match self.resolve(value, path)? {
            Some(Value::String(text)) => Ok(text),
            _ => Err(Complaint::Expected("a text").at(path)),
        }
    }

    /// A value that has to come to a list of texts.
    pub(super) fn texts(&self, value: &Value, path: &str) -> Result<Vec<String>, TemplateError> {
        as_texts(self.resolve(value, path)?.as_ref(), path)
    }

    fn resource(&self, logical_id: &str, path: &str) -> Result<Resource<'a>, TemplateError> {
        self.resources
            .iter()
            .find(|resource| resource.logical_id == logical_id)
            .copied()
            .ok_or_else(|| Complaint::NoSuch(logical_id.to_owned()).at(path))
    }
}

/// The resolved properties of one resource, or of a part of it.
pub(super) struct Properties {
    pub(super) path: String,
    members: Map<String, Value>,
}

impl Properties {
    /// Takes a resolved value, which has to be a map.
    pub(super) fn new(path: String, value: Value) -> Result<Self, TemplateError> {
        match value {
            Value::Object(members) => Ok(Self { path, members }),
            _ => Err(Complaint::Expected("a map").at(&path)),
        }
    }

    /// Refuses members that are not read here.
    pub(super) fn allow_only(&self, known: &[&str]) -> Result<(), TemplateError> {
        match self.members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Complaint::Unknown(name.clone()).at(&self.path)),
            None => Ok(()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// A member that has to be there.
    pub(super) fn need(&self, name: &str) -> Result<&Value, TemplateError> {
        self.get(name).ok_or_else(|| Complaint::Missing.at(&self.path(name)))
    }

    /// A text that has to be there.
    pub(super) fn text(&self, name: &str) -> Result<&str, TemplateError> {
        let expected = || Complaint::Expected("a text").at(&self.path(name));
        self.need(name)?.as_str().ok_or_else(expected)
    }

    /// A list of texts; none if it is not there.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, TemplateError> {
        match self.get(name) {
            None => Ok(Vec::new()),
            list => as_texts(list, &self.path(name)),
        }
    }

    /// The members of a member.
    pub(super) fn part(&self, name: &str) -> Result<Self, TemplateError> {
        Self::new(self.path(name), self.need(name)?.clone())
    }

    /// All of them.
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.members)
    }
}

fn as_texts(value: Option<&Value>, path: &str) -> Result<Vec<String>, TemplateError> {
    value
        .and_then(Value::as_array)
        .and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect())
        .ok_or_else(|| Complaint::Expected("a list of texts").at(path))
}
