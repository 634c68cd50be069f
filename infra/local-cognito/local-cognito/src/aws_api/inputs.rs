//! Constraints on the inputs of actions, from AWS's API model, applied before any handler.
//!
//! `inputs.json` is written by `infra/api-model/model.py`. The texts are those that AWS answers;
//! a value that the model calls sensitive is left out of them.

mod pattern;
mod shape;
mod walk;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use self::shape::Shape;
use self::walk::Walk;
use super::ApiError;
use super::input::Input;

static MODEL: LazyLock<Model> = LazyLock::new(Model::load);

/// The inputs of all actions that are served.
#[derive(Deserialize)]
struct Model {
    /// The shape of the input by action.
    actions: BTreeMap<String, String>,
    shapes: BTreeMap<String, Shape>,
}

/// Checks an input against the model, and its enum values against those that are not served,
/// which are pairs of a member's name and a value.
pub(crate) fn check(
    action: &str,
    input: &Input,
    unserved: &[(&str, &str)],
) -> Result<(), ApiError> {
    let shape = MODEL.actions.get(action).and_then(|name| MODEL.shapes.get(name));
    let mut walk = Walk::new(&MODEL, unserved);
    walk.visit_input(shape.ok_or_else(ApiError::internal)?, &Value::Object(input.members()))?;
    walk.into_result()
}

impl Model {
    #[expect(clippy::expect_used, reason = "the file is part of the program and read by tests")]
    fn load() -> Self {
        serde_json::from_str(include_str!("inputs.json")).expect("inputs.json is a model")
    }

    fn shape(&self, name: Option<&String>) -> Result<&Shape, ApiError> {
        name.and_then(|name| self.shapes.get(name)).ok_or_else(ApiError::internal)
    }
}

#[cfg(test)]
pub(crate) mod tests;
