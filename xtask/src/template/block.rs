//! Resources that follow from the functions: logs, permissions, metrics, alarms, the dashboard.

use std::fmt::Write;

use super::declared::{Alarm, Count, Function, Gap};

const LOGS: &str = include_str!("pieces/logs.yaml");
const TRIGGER_PERMISSION: &str = include_str!("pieces/trigger-permission.yaml");
const API_PERMISSION: &str = include_str!("pieces/api-permission.yaml");
const FAULTS: &str = include_str!("pieces/faults.yaml");
const REFUSALS: &str = include_str!("pieces/refusals.yaml");
const ERRORS: &str = include_str!("pieces/errors.yaml");
const ERRORS_LESS_REFUSALS: &str = include_str!("pieces/errors-less-refusals.yaml");
const THROTTLES: &str = include_str!("pieces/throttles.yaml");
const DURATION: &str = include_str!("pieces/duration.yaml");
const COUNT: &str = include_str!("pieces/count.yaml");
const GAP: &str = include_str!("pieces/gap.yaml");
const ALARM: &str = include_str!("pieces/alarm.yaml");
const DASHBOARD: &str = include_str!("pieces/dashboard.yaml");

/// Returns the text between the two lines that mark the generated block.
#[must_use]
pub fn text(functions: &[Function]) -> String {
    let mut text = String::new();
    for function in functions {
        text.push_str(&of_function(function));
    }
    text.push_str(&dashboard(functions));
    text
}

fn of_function(function: &Function) -> String {
    let mut text = format!("  # {}\n\n{LOGS}", function.name);
    if function.is_trigger {
        text.push_str(TRIGGER_PERMISSION);
    }
    for integration in &function.integrations {
        let permission = integration.id.replace("Integration", "Permission");
        let piece = API_PERMISSION.replace("<Permission>", &permission);
        text.push_str(&piece.replace("<Api>", &integration.api));
    }
    text.push_str(FAULTS);
    let (except, less) = match function.refuses {
        true => (", refusals left out", " - FILL(refusals, 0)"),
        false => ("", ""),
    };
    if function.refuses {
        text.push_str(REFUSALS);
    }
    text.push_str(&ERRORS.replace("<except>", except).replace("<less>", less));
    if function.refuses {
        text.push_str(ERRORS_LESS_REFUSALS);
    }
    text.push('\n');
    text.push_str(THROTTLES);
    text.push_str(&of_duration(function.timeout));
    for count in &function.counts {
        text.push_str(&of_count(count));
    }
    for alarm in &function.alarms {
        text.push_str(&of_alarm(alarm));
    }
    for gap in &function.gaps {
        text.push_str(&of_gap(gap));
    }
    text.replace("<Id>", &function.id).replace("<name>", &function.name)
}

/// Alarms on a duration near the deadline of a handler, or, for a function that waits with its
/// answer, on three quarters of its time-out.
fn of_duration(timeout: Option<u64>) -> String {
    let (limit, milliseconds) = match timeout {
        None => ("own deadline of 3.5".to_owned(), 3_000),
        Some(seconds) => (format!("time-out of {seconds}"), seconds * 750),
    };
    DURATION.replace("<limit>", &limit).replace("<milliseconds>", &milliseconds.to_string())
}

fn of_count(count: &Count) -> String {
    // Lines that say themselves what they count in need no filter.
    let filter = count
        .pattern
        .as_ref()
        .map(|pattern| COUNT.replace("<Metric>", &count.metric).replace("<Pattern>", pattern));
    let alarm = count.alarm.as_ref().map(of_alarm);
    filter.into_iter().chain(alarm).collect()
}

fn of_gap(gap: &Gap) -> String {
    let dimension = gap.dimension.as_ref().map(|(name, value)| {
        format!("\n              Dimensions: [{{Name: {name}, Value: {value}}}]")
    });
    GAP.replace("<Alarm>", &gap.name)
        .replace("<Description>", &gap.description)
        .replace("<Threshold>", &threshold(&gap.threshold))
        .replace("<Metric>", &gap.metric)
        .replace("<Less>", &gap.less)
        .replace("<Period>", &gap.period)
        .replace("<Dimension>", &dimension.unwrap_or_default())
}

/// A number, or the parameter that says it.
fn threshold(text: &str) -> String {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
    if is_number { text.to_owned() } else { format!("!Ref {text}") }
}

fn of_alarm(alarm: &Alarm) -> String {
    let mut details = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(details, "      {name}: {value}");
    };
    if let Some((name, value)) = &alarm.dimension {
        let function = if value.contains('.') { "!GetAtt" } else { "!Ref" };
        line("Dimensions", &format!("[{{Name: {name}, Value: {function} {value}}}]"));
    }
    line("Statistic", &alarm.statistic);
    if let Some(unit) = &alarm.unit {
        line("Unit", unit);
    }
    line("Period", &alarm.period);
    match &alarm.points {
        None => line("EvaluationPeriods", "1"),
        Some((above, looked_at)) => {
            line("EvaluationPeriods", looked_at);
            line("DatapointsToAlarm", above);
        }
    }
    let condition = alarm.condition.as_ref().map(|name| format!("    Condition: {name}\n"));
    ALARM
        .replace("<Alarm>", &alarm.name)
        .replace("<Condition>", &condition.unwrap_or_default())
        .replace("<Description>", &alarm.description)
        .replace("<Namespace>", &alarm.namespace)
        .replace("<Metric>", &alarm.metric)
        .replace("<Details>", &details)
        .replace("<Threshold>", &threshold(&alarm.threshold))
}

/// Fills the lines `<METRIC STATISTIC>` of the dashboard with that metric of every function.
fn dashboard(functions: &[Function]) -> String {
    let mut text = String::new();
    for line in DASHBOARD.split_inclusive('\n') {
        let place = line.trim_start().strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let Some(((metric, statistic), rest)) =
            place.and_then(|(words, rest)| Some((words.split_once(' ')?, rest)))
        else {
            text.push_str(line);
            continue;
        };
        let lines = functions.iter().map(|Function { name, .. }| {
            format!(
                "            [\"AWS/Lambda\",\"{metric}\",\"FunctionName\",\
                 \"${{AWS::StackName}}-{name}\",{{\"stat\":\"{statistic}\",\"label\":\"{name}\"}}]"
            )
        });
        text.push_str(&lines.collect::<Vec<_>>().join(",\n"));
        text.push_str(rest);
    }
    text
}
