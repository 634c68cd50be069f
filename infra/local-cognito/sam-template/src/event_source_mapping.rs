//! The event source mapping from the stream of a table to a function.
//!
//! Contract: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html>

use std::time::Duration;

use serde_json::Value;

use super::complaint::{Complaint, TemplateError};
use super::deployed_function::short;
use super::properties::{Properties, Stack};

const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
const KNOWN: [&str; 12] = [
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionName",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "StartingPosition",
];

/// Records that a mapping begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingPosition {
    /// The oldest that the stream still has.
    TrimHorizon,
    /// Those that are written after the mapping has begun.
    Latest,
}

/// An event source mapping; members that the template leaves out have AWS's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSourceMapping {
    /// Name of the function without that of the stack.
    pub function: String,
    /// Records that it begins with.
    pub starting_position: StartingPosition,
    /// Most records of one invocation.
    pub batch_size: usize,
    /// Number of batches of a shard that are under way at once.
    pub parallelization_factor: usize,
    /// True if the function's answer names the records that failed.
    pub partial_failures: bool,
    /// True if a batch that fails as a whole is cut in two.
    pub bisects: bool,
    /// Most tries after the first; without it there is no limit.
    pub retries: Option<u32>,
    /// Age from which on a record is given up; without it there is none.
    pub record_age: Option<Duration>,
    /// ARN of the place for records that were given up; without it they are dropped.
    pub on_failure: Option<String>,
}

/// Reads the mapping; `None` if the template has none.
pub(super) fn read(stack: &Stack<'_>) -> Result<Option<EventSourceMapping>, TemplateError> {
    if stack.all(MAPPING).next().is_none() {
        return Ok(None);
    }
    let properties = stack.properties(stack.the(MAPPING)?)?;
    properties.allow_only(&KNOWN)?;
    let flag = |name: &str| properties.get(name) == Some(&Value::Bool(true));
    let types = properties.texts("FunctionResponseTypes")?;
    let on_failure = properties.get("DestinationConfig");
    let on_failure = on_failure.and_then(|config| config.pointer("/OnFailure/Destination"));
    Ok(Some(EventSourceMapping {
        function: short(properties.text("FunctionName")?),
        starting_position: match properties.text("StartingPosition")? {
            "TRIM_HORIZON" => StartingPosition::TrimHorizon,
            "LATEST" => StartingPosition::Latest,
            other => {
                let path = properties.path("StartingPosition");
                return Err(Complaint::Unknown(other.to_owned()).at(&path));
            }
        },
        batch_size: number(&properties, "BatchSize", 100)?,
        parallelization_factor: number(&properties, "ParallelizationFactor", 1)?,
        partial_failures: types.iter().any(|name| name == "ReportBatchItemFailures"),
        bisects: flag("BisectBatchOnFunctionError"),
        retries: limit(&properties, "MaximumRetryAttempts")?,
        record_age: limit(&properties, "MaximumRecordAgeInSeconds")?.map(Duration::from_secs),
        on_failure: on_failure.and_then(Value::as_str).map(str::to_owned),
    }))
}

/// Reads a number of at least 1.
fn number(properties: &Properties, name: &str, default: usize) -> Result<usize, TemplateError> {
    let number = match properties.get(name) {
        None => Some(default),
        Some(value) => whole(value).and_then(|number| usize::try_from(number).ok()),
    };
    let number = number.filter(|number| *number > 0);
    number.ok_or_else(|| Complaint::Expected("a number of at least 1").at(&properties.path(name)))
}

/// Reads a number of which -1, the default, means that there is no limit.
fn limit<T: TryFrom<i64>>(properties: &Properties, name: &str) -> Result<Option<T>, TemplateError> {
    let number = match properties.get(name) {
        None => Some(-1),
        Some(value) => whole(value),
    };
    match number {
        Some(-1) => return Ok(None),
        Some(number) => T::try_from(number).ok(),
        None => None,
    }
    .map(Some)
    .ok_or_else(|| Complaint::Expected("a number or -1").at(&properties.path(name)))
}

/// Reads a number, which a parameter makes a text.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        number => number.as_i64(),
    }
}
