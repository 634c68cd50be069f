//! Differences between two JSON objects, named by their paths.

use serde_json::{Map, Value};

/// Returns a line for each difference. A null counts as absent, as in the API's protocol.
pub(crate) fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let mut lines = Vec::new();
    compare_members("", before, after, &mut lines);
    lines
}

fn compare_members(
    path: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    lines: &mut Vec<String>,
) {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        compare(&path, present(before.get(name)), present(after.get(name)), lines);
    }
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, lines: &mut Vec<String>) {
    match (before, after) {
        (None, None) => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            compare_members(path, before, after, lines);
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                let path = format!("{path}[{index}]");
                compare(&path, present(Some(before)), present(Some(after)), lines);
            }
        }
        (before, after) if before == after => {}
        (before, after) => {
            lines.push(format!("  {path}: {}, then {}", shown(before), shown(after)));
        }
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::differences;

    #[track_caller]
    fn check(before: Value, after: Value, expected: &[&str]) {
        let lines = differences(before.as_object().unwrap(), after.as_object().unwrap());
        assert_eq!(lines, expected, "{before} and {after}");
    }

    #[test]
    fn differences_are_named_by_path() {
        check(json!({"A": 1}), json!({"A": 1}), &[]);
        check(json!({"A": 1}), json!({"A": 2}), &["  A: 1, then 2"]);
        check(json!({"A": 1}), json!({"A": "1"}), &["  A: 1, then \"1\""]);
        check(json!({}), json!({"A": false}), &["  A: absent, then false"]);
        check(json!({"A": {"B": [1]}}), json!({}), &["  A: {\"B\":[1]}, then absent"]);
        check(
            json!({"A": {"B": {"C": 1}, "D": 2}}),
            json!({"A": {"B": {"C": 3}, "D": 4}}),
            &["  A.B.C: 1, then 3", "  A.D: 2, then 4"],
        );
        check(json!({"A": [{"B": 1}, 2]}), json!({"A": [{"B": 2}, 2]}), &["  A[0].B: 1, then 2"]);
        check(json!({"A": [1]}), json!({"A": [1, 2]}), &["  A: [1], then [1,2]"]);
        check(json!({"A": {}}), json!({}), &["  A: {}, then absent"]);
    }

    #[test]
    fn null_counts_as_absent_at_every_depth() {
        check(json!({"A": null}), json!({}), &[]);
        check(json!({"A": {"B": null}}), json!({"A": {}}), &[]);
        check(json!({"A": [{"B": null}]}), json!({"A": [{}]}), &[]);
        check(json!({"A": null}), json!({"A": 0}), &["  A: absent, then 0"]);
    }
}
