//! Places in a seed file, so that a mistake is reported where it is.

use serde_json::{Value, json};

use super::error::SeedError;

/// Value of the file, with the path to it.
pub(super) struct Place<'seed> {
    pub(super) path: String,
    pub(super) value: &'seed Value,
}

impl<'seed> Place<'seed> {
    pub(super) fn new(path: String, value: &'seed Value) -> Self {
        Self { path, value }
    }

    pub(super) fn field(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self::new(format!("{}.{name}", self.path), value))
    }

    pub(super) fn text(&self, name: &str) -> Result<&'seed str, SeedError> {
        let place = self.field(name).ok_or_else(|| self.error(format!("{name} is missing")))?;
        place.value.as_str().ok_or_else(|| place.wrong("text"))
    }

    pub(super) fn list(&self, name: &str) -> Result<Vec<Self>, SeedError> {
        let Some(place) = self.field(name) else {
            return Ok(Vec::new());
        };
        let items = place.value.as_array().ok_or_else(|| place.wrong("a list"))?;
        Ok(items
            .iter()
            .enumerate()
            .map(|(index, item)| Self::new(format!("{}[{index}]", place.path), item))
            .collect())
    }

    pub(super) fn settings(&self) -> Result<Value, SeedError> {
        match self.field("settings") {
            None => Ok(json!({})),
            Some(place) if place.value.is_object() => Ok(place.value.clone()),
            Some(place) => Err(place.wrong("an object")),
        }
    }

    /// Rejects members that are not among the known ones.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), SeedError> {
        let fields = self.value.as_object().ok_or_else(|| self.wrong("an object"))?;
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                Err(self.error(format!("{name} is not known; known are {}", known.join(", "))))
            }
        }
    }

    pub(super) fn wrong(&self, expected: &str) -> SeedError {
        self.error(format!("{expected} is expected"))
    }

    pub(super) fn error(&self, problem: String) -> SeedError {
        SeedError::Wrong { path: self.path.clone(), problem }
    }
}
