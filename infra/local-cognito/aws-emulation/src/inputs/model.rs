//! The part of AWS's API model that is kept: the inputs of all actions that are served.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::shape::Shape;
use crate::error::ApiError;

pub(super) static MODEL: LazyLock<Model> = LazyLock::new(Model::load);

/// The inputs of all actions that are served.
#[derive(Deserialize)]
pub(super) struct Model {
    /// The shape of the input by action.
    pub(super) actions: BTreeMap<String, String>,
    pub(super) shapes: BTreeMap<String, Shape>,
}

impl Model {
    #[expect(clippy::expect_used, reason = "the file is part of the program and read by tests")]
    fn load() -> Self {
        serde_json::from_str(include_str!("../inputs.json")).expect("inputs.json is a model")
    }

    pub(super) fn shape(&self, name: Option<&String>) -> Result<&Shape, ApiError> {
        name.and_then(|name| self.shapes.get(name)).ok_or_else(ApiError::internal)
    }
}
