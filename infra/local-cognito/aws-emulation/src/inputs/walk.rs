//! The walk over one input, which collects the violations of its constraints.

use serde_json::{Map, Value};

use super::model::Model;
use super::shape::{Kind, Shape};
use crate::error::ApiError;

/// Findings of a walk so far.
pub(super) struct Walk<'a> {
    model: &'a Model,
    /// Members and values that are not served.
    unserved: &'a [(&'a str, &'a str)],
    violations: Vec<String>,
    /// The first value that is not served, with its member.
    found: Option<(String, String)>,
}

/// A place in an input.
#[derive(Clone)]
struct Place {
    /// As errors name it, such as `userAttributes.1.member.name`.
    path: String,
    /// The name of the member; for an item that of its list.
    member: String,
}

impl<'a> Walk<'a> {
    pub(super) fn new(model: &'a Model, unserved: &'a [(&'a str, &'a str)]) -> Self {
        Self { model, unserved, violations: Vec::new(), found: None }
    }

    pub(super) fn visit_input(&mut self, shape: &Shape, input: &Value) -> Result<(), ApiError> {
        let root = Place { path: String::new(), member: String::new() };
        self.visit(shape, &root, input)
    }

    /// Violations come before values that are not served, as AWS checks them before all else.
    pub(super) fn into_result(self) -> Result<(), ApiError> {
        match (self.violations.as_slice(), self.found) {
            ([], None) => Ok(()),
            ([], Some((member, value))) => {
                Err(ApiError::not_served(&format!("The value {value} of {member}")))
            }
            (violations, _) => {
                let noun = if violations.len() == 1 { "error" } else { "errors" };
                Err(ApiError::invalid(format!(
                    "{} validation {noun} detected: {}",
                    violations.len(),
                    violations.join("; ")
                )))
            }
        }
    }

    fn visit(&mut self, shape: &Shape, place: &Place, value: &Value) -> Result<(), ApiError> {
        shape.check_type(&place.path, value)?;
        for rule in shape.broken_rules(value) {
            self.violations.push(shape.violation(&place.path, value, &rule));
        }
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(members)) => self.visit_members(shape, place, members),
            (Kind::List, Value::Array(items)) => self.visit_items(shape, place, value, items),
            (Kind::Map, Value::Object(entries)) => self.visit_entries(shape, place, value, entries),
            _ => {
                self.note_unserved(place, value);
                Ok(())
            }
        }
    }

    fn visit_members(
        &mut self,
        shape: &Shape,
        place: &Place,
        members: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        for (name, member) in &shape.members {
            let (inner, place) = (self.model.shape(Some(member))?, place.member(name));
            match members.get(name).filter(|value| !value.is_null()) {
                Some(value) => self.visit(inner, &place, value)?,
                None if shape.required.contains(name) => {
                    let rule = "Member must not be null";
                    self.violations.push(inner.violation(&place.path, &Value::Null, rule));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn visit_items(
        &mut self,
        shape: &Shape,
        place: &Place,
        list: &Value,
        items: &[Value],
    ) -> Result<(), ApiError> {
        let inner = self.model.shape(shape.member.as_ref())?;
        for (index, item) in items.iter().enumerate() {
            let item_place = place.item(index.saturating_add(1));
            if inner.kind == Kind::Structure {
                self.visit(inner, &item_place, item)?;
            } else {
                inner.check_type(&item_place.path, item)?;
                self.note_unserved(&item_place, item);
            }
        }
        if items.iter().any(|item| !inner.broken_rules(item).is_empty()) {
            let rule = format!("Member must satisfy constraint: [{}]", inner.rules());
            self.violations.push(inner.violation(&place.path, list, &rule));
        }
        Ok(())
    }

    fn visit_entries(
        &mut self,
        shape: &Shape,
        place: &Place,
        map: &Value,
        entries: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        let key = self.model.shape(shape.key.as_ref())?;
        let inner = self.model.shape(shape.value.as_ref())?;
        let (mut is_key_broken, mut is_value_broken) = (false, false);
        for (name, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
            let place = place.member(name);
            is_key_broken |= !key.broken_rules(&Value::from(name.as_str())).is_empty();
            if inner.kind == Kind::Structure {
                self.visit(inner, &place, value)?;
            } else {
                inner.check_type(&place.path, value)?;
                is_value_broken |= !inner.broken_rules(value).is_empty();
            }
        }
        for (noun, is_broken, rules) in
            [("keys", is_key_broken, key.rules()), ("value", is_value_broken, inner.rules())]
        {
            if is_broken {
                let rule = format!("Map {noun} must satisfy constraint: [{rules}]");
                self.violations.push(shape.violation(&place.path, map, &rule));
            }
        }
        Ok(())
    }

    fn note_unserved(&mut self, place: &Place, value: &Value) {
        if let Value::String(value) = value
            && self.unserved.contains(&(place.member.as_str(), value.as_str()))
        {
            self.found.get_or_insert_with(|| (place.member.clone(), value.clone()));
        }
    }
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let mut letters = name.chars();
        let first = letters.next().map(|first| first.to_ascii_lowercase());
        let own: String = first.into_iter().chain(letters).collect();
        let path = if self.path.is_empty() { own } else { format!("{}.{own}", self.path) };
        Self { path, member: name.to_owned() }
    }

    fn item(&self, number: usize) -> Self {
        Self { path: format!("{}.{number}.member", self.path), member: self.member.clone() }
    }
}
