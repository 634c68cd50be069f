//! Constraints on the inputs of actions, from AWS's API model, applied before any handler.
//!
//! `inputs.json` is written by `infra/api-model/model.py`. The texts are those that AWS answers;
//! a value that the model calls sensitive is left out of them.

mod model;
mod pattern;
pub mod samples;
mod shape;
mod walk;

use serde_json::Value;

use self::model::MODEL;
use self::walk::Walk;
use crate::error::ApiError;
use crate::input::Input;

/// Checks an input against the model, and its enum values against those that are not served,
/// which are pairs of a member's name and a value.
pub fn check(action: &str, input: &Input, unserved: &[(&str, &str)]) -> Result<(), ApiError> {
    let shape = MODEL.actions.get(action).and_then(|name| MODEL.shapes.get(name));
    let mut walk = Walk::new(&MODEL, unserved);
    walk.visit_input(shape.ok_or_else(ApiError::internal)?, &Value::Object(input.members()))?;
    walk.into_result()
}

#[cfg(test)]
mod tests;
