//! The rules of CloudWatch's embedded metric format, after its specification and JSON schema.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use serde_json::{Map, Value};

/// The units that the schema knows and that are used here.
const UNITS: [&str; 2] = ["Count", "Milliseconds"];
/// Timestamps in seconds or microseconds are outside: years 2001 to 2286 in milliseconds.
const MILLISECONDS: std::ops::Range<u64> = 1_000_000_000_000..10_000_000_000_000;

/// Returns the names of the metrics of a log line; none for a line that is only a log line.
///
/// # Errors
/// The rule that the line breaks.
pub(crate) fn check(line: &Map<String, Value>) -> Result<Vec<String>, String> {
    let Some(metadata) = line.get("_aws") else { return Ok(Vec::new()) };
    only(metadata, &["Timestamp", "CloudWatchMetrics"])?;
    let time = metadata["Timestamp"].as_u64().ok_or("Timestamp is no integer")?;
    require(MILLISECONDS.contains(&time), "Timestamp is not in milliseconds")?;
    let mut names = Vec::new();
    for directive in list(&metadata["CloudWatchMetrics"])? {
        only(directive, &["Namespace", "Dimensions", "Metrics"])?;
        let namespace = directive["Namespace"].as_str().unwrap_or_default();
        require((1..=1024).contains(&namespace.len()), "length of Namespace")?;
        let sets = list(&directive["Dimensions"])?;
        require(!sets.is_empty(), "Dimensions has no set")?;
        for set in sets {
            let set = list(set)?;
            require(set.len() <= 30, "a set has more than 30 dimensions")?;
            for member in set {
                let member = member.as_str().unwrap_or_default();
                require((1..=250).contains(&member.len()), "length of a dimension")?;
                let value = line.get(member).and_then(Value::as_str).unwrap_or_default();
                require((1..=1024).contains(&value.len()), "a dimension is no text of the line")?;
            }
        }
        let metrics = list(&directive["Metrics"])?;
        require((1..=100).contains(&metrics.len()), "number of metrics")?;
        for metric in metrics {
            only(metric, &["Name", "Unit"])?;
            let name = metric["Name"].as_str().unwrap_or_default();
            require((1..=1024).contains(&name.len()), "length of Name")?;
            let unit = metric["Unit"].as_str().unwrap_or_default();
            require(UNITS.contains(&unit), "Unit is not known")?;
            let value = line.get(name).is_some_and(Value::is_number);
            require(value, "a metric is no number of the line")?;
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Returns the dimensions of the metrics of a log line, with their values.
pub(crate) fn dimensions(line: &Map<String, Value>) -> Vec<(String, String)> {
    let directives = line.get("_aws").and_then(|metadata| metadata["CloudWatchMetrics"].as_array());
    let sets = directives.into_iter().flatten().filter_map(|one| one["Dimensions"].as_array());
    let members = sets.flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    members
        .map(|name| (name.to_owned(), line[name].as_str().unwrap_or_default().to_owned()))
        .collect()
}

fn only(object: &Value, members: &[&str]) -> Result<(), String> {
    let mut names: Vec<&str> =
        object.as_object().ok_or("no object")?.keys().map(String::as_str).collect();
    let mut members = members.to_vec();
    names.sort_unstable();
    members.sort_unstable();
    require(names == members, "an object has other members")
}

fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| "no array".to_owned())
}

fn require(holds: bool, rule: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}
