//! Any value of a template, resolved, for checks of the template.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::complaint::{Complaint, TemplateError};
use super::document::Document;
use super::parameters;
use super::physical::Deployment;
use super::properties::Stack;
use super::rules;

/// A template as one deployment resolves it: every resource of the stack, also those that the local
/// Cognito does not play.
#[derive(Clone, Debug)]
pub struct ResolvedTemplate {
    document: Document,
    deployment: Deployment,
}

impl ResolvedTemplate {
    /// Parses the text of a template.
    ///
    /// # Errors
    /// A text that is no template, or parameters that it refuses.
    pub fn parse(text: &str, deployment: Deployment) -> Result<Self, TemplateError> {
        let document = Document::parse(text)?;
        parameters::check(&document, &deployment)?;
        rules::check(&document, &deployment)?;
        Stack::new(&document, &deployment)?;
        Ok(Self { document, deployment })
    }

    /// Returns a constraint of a parameter, such as its `AllowedPattern`.
    #[must_use]
    pub fn constraint(&self, parameter: &str, constraint: &str) -> Option<&Value> {
        self.document.parameters.get(parameter)?.get(constraint)
    }

    /// Returns the names of the rules for its parameters.
    #[must_use]
    pub fn rules(&self) -> BTreeSet<String> {
        self.document.rules.keys().cloned().collect()
    }

    /// Returns the properties of every resource of a type, by its logical id.
    ///
    /// # Errors
    /// The first property that cannot be resolved.
    pub fn of_type(&self, kind: &str) -> Result<BTreeMap<String, Value>, TemplateError> {
        let stack = self.stack()?;
        let resources = stack.all(kind).map(|resource| {
            let properties = stack.properties(resource)?.into_value();
            Ok((resource.logical_id.to_owned(), properties))
        });
        resources.collect()
    }

    /// Returns the properties of a resource.
    ///
    /// # Errors
    /// The stack has no such resource, or a property of it cannot be resolved.
    pub fn properties(&self, logical_id: &str) -> Result<Value, TemplateError> {
        let stack = self.stack()?;
        let found = stack.every().find(|resource| resource.logical_id == logical_id);
        let missing = || Complaint::NoSuch(logical_id.to_owned()).at("Resources");
        stack.properties(found.ok_or_else(missing)?).map(|properties| properties.into_value())
    }

    /// True if the stack has a resource: its condition holds.
    ///
    /// # Errors
    /// A condition that cannot be judged.
    pub fn has(&self, logical_id: &str) -> Result<bool, TemplateError> {
        Ok(self.stack()?.every().any(|resource| resource.logical_id == logical_id))
    }

    /// Returns the resources that a resource waits for by name.
    #[must_use]
    pub fn depends_on(&self, logical_id: &str) -> BTreeSet<String> {
        let resource = self.document.resources.get(logical_id);
        match resource.and_then(|resource| resource.get("DependsOn")) {
            Some(Value::String(name)) => [name.clone()].into(),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// Returns a variable that every function has.
    ///
    /// # Errors
    /// There is no such variable, or it is no text.
    pub fn variable(&self, name: &str) -> Result<String, TemplateError> {
        let path = format!("Globals/Function/Environment/Variables/{name}");
        let environment = self.document.function_globals.get("Environment");
        let value = environment.and_then(|environment| environment.get("Variables")?.get(name));
        self.stack()?.text(value.ok_or_else(|| Complaint::Missing.at(&path))?, &path)
    }

    fn stack(&self) -> Result<Stack<'_>, TemplateError> {
        Stack::new(&self.document, &self.deployment)
    }
}
