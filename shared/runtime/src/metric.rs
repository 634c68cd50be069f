//! Metrics that CloudWatch reads out of a log line, in its embedded metric format.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::error::Error;
use std::fmt;

use serde_json::json;

/// A member of the log line that splits a metric.
///
/// Every combination of values is a metric of its own and is paid for, so only members with values
/// from the settings or from the code stand here: never one that a user could choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Name of the function.
    Service,
    /// App client, which is one of the settings wherever a reply counts.
    Client,
    /// Sign-in method.
    Method,
    /// Outcome of the reply.
    Outcome,
    /// Code of the refusal.
    Code,
}

impl Dimension {
    /// Returns the name of the member.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Client => "client",
            Self::Method => "method",
            Self::Outcome => "outcome",
            Self::Code => "code",
        }
    }
}

/// A metric that counts log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Name in CloudWatch, within the namespace of the stack.
    pub name: &'static str,
    /// Sets of dimensions; each of them makes metrics of its own, the empty one a single metric.
    pub by: &'static [&'static [Dimension]],
}

/// Refusals of the triggers by their code.
pub const REFUSALS: Metric =
    Metric { name: "Refusals", by: &[&[Dimension::Service, Dimension::Code]] };

/// Values of the dimensions in one log line; empty where the line has none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Values<'a> {
    pub(crate) service: &'a str,
    pub(crate) client: &'a str,
    pub(crate) method: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) code: &'a str,
}

impl<'a> Values<'a> {
    fn get(self, dimension: Dimension) -> &'a str {
        match dimension {
            Dimension::Service => self.service,
            Dimension::Client => self.client,
            Dimension::Method => self.method,
            Dimension::Outcome => self.outcome,
            Dimension::Code => self.code,
        }
    }

    /// Returns true if the line has the member: `-` stands for a value that is not shown.
    fn has(self, dimension: Dimension) -> bool {
        !matches!(self.get(dimension), "" | "-")
    }
}

/// Members of a log line that make metrics of it.
///
/// It travels as the error of a `tracing` event: that is the one kind of field with a type that the
/// formatter of the line can recognise, so no text can pass for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Embedded(String);

impl Embedded {
    /// Builds the members for metrics at a time in milliseconds since 1970; `None` if nothing is
    /// left of them. A set of dimensions with a member that the line lacks is left out, since
    /// CloudWatch would refuse the whole line.
    pub(crate) fn new(
        metrics: &[Metric],
        values: Values<'_>,
        namespace: &str,
        milliseconds: u64,
    ) -> Option<Self> {
        let (mut directives, mut counted) = (Vec::new(), String::new());
        for Metric { name, by } in metrics {
            let sets = by.iter().filter(|set| set.iter().all(|member| values.has(*member)));
            let sets: Vec<Vec<&str>> =
                sets.map(|set| set.iter().map(|member| member.name()).collect()).collect();
            if sets.is_empty() {
                continue;
            }
            directives.push(json!({
                "Namespace": namespace,
                "Dimensions": sets,
                "Metrics": [{"Name": name, "Unit": "Count"}],
            }));
            counted.push_str(&format!(",\"{name}\":1"));
        }
        let directives = (!directives.is_empty()).then_some(json!(directives))?;
        let text = format!(
            "\"_aws\":{{\"Timestamp\":{milliseconds},\"CloudWatchMetrics\":{directives}}}{counted}"
        );
        Some(Self(text))
    }

    /// Returns the members, without braces around them.
    pub(crate) fn members(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Embedded {}

/// Returns the namespace of the metrics of a function: that of its stack, if its name is that of the
/// stack and its own. `deployed` is the name that Lambda knows it by.
pub(crate) fn namespace(service: &str, deployed: Option<&str>) -> String {
    let stack = deployed.map(|name| {
        let stack = name.strip_suffix(service).and_then(|stack| stack.strip_suffix('-'));
        stack.unwrap_or(name)
    });
    match stack {
        Some(stack) if !stack.is_empty() => format!("Lifeguard/{stack}"),
        _ => "Lifeguard".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Dimension, Embedded, Metric, Values, namespace};

    const WHOLE: Metric = Metric { name: "Whole", by: &[&[]] };
    const BOTH: Metric =
        Metric { name: "Both", by: &[&[], &[Dimension::Client, Dimension::Method]] };
    const CLIENT: Metric = Metric { name: "ByClient", by: &[&[Dimension::Client]] };

    #[track_caller]
    fn check(metrics: &[Metric], client: &str, method: &str, expected: Option<&str>) {
        let values = Values { client, method, ..Values::default() };
        let embedded = Embedded::new(metrics, values, "Lifeguard/x", 1_764_452_307_123);
        assert_eq!(embedded.as_ref().map(Embedded::members), expected);
    }

    #[test]
    fn members_are_those_of_the_embedded_metric_format() {
        check(&[], "c", "m", None);
        check(
            &[WHOLE, BOTH],
            "c",
            "m",
            Some(concat!(
                r#""_aws":{"Timestamp":1764452307123,"CloudWatchMetrics":["#,
                r#"{"Dimensions":[[]],"Metrics":[{"Name":"Whole","Unit":"Count"}],"#,
                r#""Namespace":"Lifeguard/x"},"#,
                r#"{"Dimensions":[[],["client","method"]],"#,
                r#""Metrics":[{"Name":"Both","Unit":"Count"}],"Namespace":"Lifeguard/x"}]},"#,
                r#""Whole":1,"Both":1"#,
            )),
        );
    }

    #[test]
    fn set_with_a_member_that_the_line_lacks_is_left_out() {
        let whole = concat!(
            r#""_aws":{"Timestamp":1764452307123,"CloudWatchMetrics":[{"Dimensions":[[]],"#,
            r#""Metrics":[{"Name":"Both","Unit":"Count"}],"Namespace":"Lifeguard/x"}]},"Both":1"#,
        );
        for (client, method) in [("-", "m"), ("", "m"), ("c", "")] {
            check(&[BOTH], client, method, Some(whole));
        }
        check(&[CLIENT], "-", "m", None);
    }

    #[test]
    fn namespace_is_that_of_the_stack() {
        for (deployed, expected) in [
            (Some("prod-pre-sign-up"), "Lifeguard/prod"),
            (Some("pre-sign-up"), "Lifeguard/pre-sign-up"),
            (Some("other"), "Lifeguard/other"),
            (Some(""), "Lifeguard"),
            (None, "Lifeguard"),
        ] {
            assert_eq!(namespace("pre-sign-up", deployed), expected);
        }
    }
}
