//! The conditions of a statement.

use serde_json::Value;

use super::complaint::{Complaint, PolicyError};
use super::context::{self, Context};
use super::member::{members, texts};
use super::pattern::{Pattern, Wildcards};

/// One key of one operator: its values must fit one of the patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    key: String,
    reach: Reach,
    patterns: Vec<Pattern>,
}

/// Number of values of the key that have to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The key has one value, and it fits.
    TheOnly,
    /// The same, and the key need not be set.
    IfSet,
    /// None fails to fit; that is so as well where the key is not set, in AWS as here.
    All,
    /// One of them fits.
    Any,
}

impl Condition {
    /// Reads a `Condition` block, each key of each operator for itself.
    pub(super) fn read_all(block: &Value, path: &str) -> Result<Vec<Self>, PolicyError> {
        let mut conditions = Vec::new();
        for (operator, keys) in members(block, path)? {
            let path = format!("{path}/{operator}");
            let (reach, wildcards) =
                read_operator(operator).ok_or_else(|| Complaint::UnknownOperator.at(&path))?;
            for (key, values) in members(keys, &path)? {
                let path = format!("{path}/{key}");
                if !context::is_key(key) {
                    return Err(Complaint::UnknownKey.at(&path));
                }
                let patterns = texts(values, &path)?
                    .into_iter()
                    .map(|text| Pattern::parse(text, wildcards).map_err(|error| error.at(&path)))
                    .collect::<Result<_, _>>()?;
                conditions.push(Self { key: key.clone(), reach, patterns });
            }
        }
        Ok(conditions)
    }

    pub(super) fn holds(&self, context: &Context) -> bool {
        let fits = |value: &String| self.patterns.iter().any(|each| each.fits(value, context));
        let values = context.values(&self.key);
        match self.reach {
            Reach::TheOnly => matches!(values, [value] if fits(value)),
            Reach::IfSet => values.is_empty() || matches!(values, [value] if fits(value)),
            Reach::All => values.iter().all(fits),
            Reach::Any => values.iter().any(fits),
        }
    }
}

fn read_operator(operator: &str) -> Option<(Reach, Wildcards)> {
    let (reach, comparison) = match operator.split_once(':') {
        Some(("ForAllValues", comparison)) => (Reach::All, comparison),
        Some(("ForAnyValue", comparison)) => (Reach::Any, comparison),
        Some(_) => return None,
        None => match operator.strip_suffix("IfExists") {
            Some(comparison) => (Reach::IfSet, comparison),
            None => (Reach::TheOnly, operator),
        },
    };
    match comparison {
        "StringEquals" => Some((reach, Wildcards::Literal)),
        "StringLike" => Some((reach, Wildcards::Honoured)),
        _ => None,
    }
}
