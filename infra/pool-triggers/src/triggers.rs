//! Computes the triggers of a pool after attaching and after detaching.

use serde_json::{Map, Value};

/// Returns the triggers of a pool's description.
#[must_use]
pub fn triggers_of(pool: &Map<String, Value>) -> Map<String, Value> {
    match pool.get("LambdaConfig") {
        Some(Value::Object(triggers)) => triggers.clone(),
        _ => Map::new(),
    }
}

/// Returns the triggers that call another function than that of `functions`.
#[must_use]
pub fn taken(now: &Map<String, Value>, functions: &Map<String, Value>) -> Map<String, Value> {
    now.iter()
        .filter(|(name, value)| {
            !value.is_null() && functions.get(*name).is_some_and(|own| own != *value)
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Returns the triggers with those of `functions` put in; all others stay.
#[must_use]
pub fn attached(now: &Map<String, Value>, functions: &Map<String, Value>) -> Map<String, Value> {
    let mut triggers = now.clone();
    triggers.extend(functions.clone());
    triggers
}

/// Returns the triggers with each that still calls its function of `functions` set back to what
/// it called before, or to nothing; all others stay.
#[must_use]
pub fn detached(
    now: &Map<String, Value>,
    functions: &Map<String, Value>,
    before: &Map<String, Value>,
) -> Map<String, Value> {
    let mut triggers = now.clone();
    for (name, function) in functions {
        if now.get(name) != Some(function) {
            continue;
        }
        match before.get(name) {
            Some(earlier) => triggers.insert(name.clone(), earlier.clone()),
            None => triggers.remove(name),
        };
    }
    triggers
}

/// Returns the triggers now and then, a line each: unmarked if unchanged, `-` and `+` if not.
#[must_use]
pub fn comparison(now: &Map<String, Value>, then: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<&String> = now.keys().chain(then.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut lines = Vec::new();
    for name in names {
        let line = |mark: char, value: &Value| format!("{mark}  \"{name}\": {value}");
        match (now.get(name), then.get(name)) {
            (Some(now), Some(then)) if now == then => lines.push(line(' ', now)),
            (now, then) => {
                lines.extend(now.map(|now| line('-', now)));
                lines.extend(then.map(|then| line('+', then)));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{attached, comparison, detached, taken, triggers_of};

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// Triggers before, then after attaching `A` and `B`, then after detaching again.
    #[track_caller]
    fn check(before: Value, after: Value, again: Value) {
        let functions = object(json!({"A": "own-a", "B": "own-b"}));
        let before = object(before);
        let triggers = attached(&before, &functions);
        assert_eq!(Value::Object(triggers.clone()), after);
        assert_eq!(Value::Object(detached(&triggers, &functions, &before)), again);
    }

    #[test]
    fn detaching_undoes_attaching() {
        let own = json!({"A": "own-a", "B": "own-b"});
        check(json!({}), own.clone(), json!({}));
        check(json!({"A": "theirs"}), own.clone(), json!({"A": "theirs"}));
        check(own.clone(), own.clone(), own);
        let others = json!({
            "KMSKeyID": "key",
            "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": "sender", "New": null},
            "PreTokenGeneration": "claims",
            "PreTokenGenerationConfig": {"LambdaVersion": "V3_0", "LambdaArn": "claims"},
            "NewTrigger": {"Deep": [{"Arn": null}]},
            "UserMigration": null,
        });
        let mut after = object(others.clone());
        after.extend(object(json!({"A": "own-a", "B": "own-b"})));
        check(others.clone(), after.into(), others);
    }

    #[test]
    fn detaching_leaves_triggers_that_others_have_changed() {
        let functions = object(json!({"A": "own-a", "B": "own-b"}));
        let before = object(json!({"A": "theirs-a"}));
        for (now, then) in [
            (json!({"A": "own-a", "B": "own-b"}), json!({"A": "theirs-a"})),
            (json!({"A": "new-a", "B": "own-b"}), json!({"A": "new-a"})),
            (json!({"B": "own-b", "C": "new-c"}), json!({"C": "new-c"})),
            (
                json!({"A": "own-a", "B": {"Arn": "own-b"}}),
                json!({"A": "theirs-a", "B": {"Arn": "own-b"}}),
            ),
            (json!({}), json!({})),
        ] {
            assert_eq!(
                Value::Object(detached(&object(now.clone()), &functions, &before)),
                then,
                "{now}"
            );
        }
    }

    #[test]
    fn trigger_is_taken_if_it_calls_another_function() {
        let functions = object(json!({"A": "own-a", "B": "own-b"}));
        for (now, expected) in [
            (json!({}), json!({})),
            (json!({"A": "own-a", "C": "theirs-c"}), json!({})),
            (json!({"A": null}), json!({})),
            (json!({"A": "theirs-a", "B": "own-b"}), json!({"A": "theirs-a"})),
            (json!({"B": {"LambdaArn": "own-b"}}), json!({"B": {"LambdaArn": "own-b"}})),
        ] {
            assert_eq!(Value::Object(taken(&object(now.clone()), &functions)), expected, "{now}");
        }
    }

    #[test]
    fn comparison_marks_removed_and_added_triggers() {
        let now = object(json!({"A": "x", "B": "x", "C": "x"}));
        let then = object(json!({"A": "x", "B": "y", "D": "y"}));
        assert_eq!(
            comparison(&now, &then),
            [
                "   \"A\": \"x\"",
                "-  \"B\": \"x\"",
                "+  \"B\": \"y\"",
                "-  \"C\": \"x\"",
                "+  \"D\": \"y\""
            ],
        );
    }

    #[test]
    fn pool_without_triggers_has_none() {
        for pool in [json!({}), json!({"LambdaConfig": null}), json!({"LambdaConfig": {}})] {
            assert_eq!(triggers_of(&object(pool)), Map::new());
        }
    }
}
