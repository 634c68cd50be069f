//! Dimensions of the metrics that log lines make by themselves.

use anyhow::Context;
use serde_json::Value;

/// Members of a log line, each with the values that it may have; those of `client` and `method`
/// follow from the deployment.
pub type DimensionSet = Vec<(String, Vec<String>)>;

/// Reads the sets in `By` of a count; there are none if it has none.
///
/// # Errors
/// A member may have any value, or its values are not listed.
pub(super) fn read(count: &Value) -> anyhow::Result<Vec<DimensionSet>> {
    let values = |list: &str| -> anyhow::Result<Vec<String>> {
        let values = count.get(list).and_then(Value::as_array);
        let values = values.with_context(|| format!("there is no {list}"))?.iter();
        Ok(values.filter_map(|value| value.as_str().map(str::to_owned)).collect())
    };
    let sets = count.get("By").and_then(Value::as_array).into_iter().flatten();
    sets.map(|set| {
        let members = set.as_array().context("By is no list of lists")?.iter();
        let members = members.map(|member| {
            let values = match member.as_str() {
                Some("service" | "client" | "method") => Vec::new(),
                Some("outcome") => values("Outcomes")?,
                Some("code") => values("Codes")?,
                _ => anyhow::bail!("By has {member}, a member without bounds"),
            };
            Ok((member.as_str().unwrap_or_default().to_owned(), values))
        });
        members.collect()
    })
    .collect()
}
