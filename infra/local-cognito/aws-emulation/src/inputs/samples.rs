//! Inputs that the API model accepts, for tests of the actions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::model::MODEL;
use super::shape::{Kind, Shape};

/// Texts of which each pattern of the model takes at least one.
const SAMPLES: [&str; 9] = [
    "a",
    "aa",
    "eu-west-1_a",
    "a@b",
    "arn:aws:iam::000000000000:role/r",
    "{####}",
    "{##a##}",
    "Level1",
    "eu-west-1_0a",
];

/// Returns an input of an action that breaks no constraint, with the required members only; null
/// for an action without a model.
#[must_use]
pub fn sample_input(action: &str) -> Value {
    MODEL
        .actions
        .get(action)
        .and_then(|name| MODEL.shapes.get(name))
        .and_then(sample)
        .unwrap_or_default()
}

/// Returns the members of inputs that take a value of an enum, at any depth, each with every value.
#[must_use]
pub fn enum_values() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (name, shape) in MODEL.shapes.values().flat_map(|shape| &shape.members) {
        let shape = MODEL.shapes.get(shape);
        let item = shape.and_then(|shape| MODEL.shapes.get(shape.member.as_ref()?));
        let values = item.or(shape).into_iter().flat_map(|shape| &shape.values);
        found.extend(values.map(|value| (name.clone(), value.clone())));
    }
    found
}

/// Returns a value of a shape that breaks no constraint, with the required members only.
pub(super) fn sample(shape: &Shape) -> Option<Value> {
    let inner = |name: &Option<String>| sample(MODEL.shapes.get(name.as_ref()?)?);
    let least = usize::try_from(shape.min.unwrap_or(0)).unwrap_or(0);
    Some(match shape.kind {
        Kind::Boolean => json!(true),
        Kind::Integer => json!(shape.min.unwrap_or(0)),
        Kind::List => json!(vec![inner(&shape.member)?; least.max(1)]),
        Kind::Map => Value::from_iter([(inner(&shape.key)?.as_str()?, inner(&shape.value)?)]),
        Kind::Structure => shape
            .required
            .iter()
            .map(|name| Some((name.clone(), inner(&shape.members.get(name).cloned())?)))
            .collect::<Option<Value>>()?,
        Kind::String => match shape.values.first() {
            Some(first) => json!(first),
            None => {
                let texts = SAMPLES.iter().map(|text| (*text).to_owned());
                let mut long = texts.clone().chain(texts.map(|text| text.repeat(least.max(1))));
                json!(long.find(|text| shape.broken_rules(&json!(text)).is_empty())?)
            }
        },
    })
}
